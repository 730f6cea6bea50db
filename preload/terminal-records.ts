/**
 * What a terminal is shown, as bytes in order: used by the streams `sessions.view` and `library.play`.
 * A record: kind (1 byte), time in microseconds since the session's start (8 bytes, big-endian double),
 * payload length (4 bytes, big-endian), payload.
 */
import type { TerminalSize } from './contract.ts';

export type TerminalRecord =
  /** Bytes as the pod sent them; a character may be cut between two records. */
  | { readonly kind: 'output'; readonly timeMicros: number; readonly bytes: Uint8Array }
  | { readonly kind: 'resize'; readonly timeMicros: number; readonly size: TerminalSize }
  | { readonly kind: 'marker'; readonly timeMicros: number; readonly label: string }
  /** The last one of a session that exited. */
  | { readonly kind: 'exit'; readonly timeMicros: number; readonly exitCode: number }
  /** All that was recorded up to now has been sent: what follows is live. */
  | { readonly kind: 'caught-up'; readonly timeMicros: number }
  /**
   * What was sent is what the last stretch up to the wanted moment leaves on an empty screen. All of it follows, to be
   * shown on an empty one again, as soon as it is known.
   */
  | { readonly kind: 'glimpse'; readonly timeMicros: number };

/**
 * Largest payload of one record. A reader holds at most one unfinished record, so this bounds its memory
 * whatever the length field says.
 */
export const MAX_PAYLOAD_BYTES: number = 1024 * 1024;

/** Bytes that are no record. The stream they came from cannot be read any further. */
export class RecordFormatError extends Error {
  readonly code: 'protocol-error';

  constructor(message: string) {
    super(message);
    this.name = 'RecordFormatError';
    this.code = 'protocol-error';
  }
}

export interface RecordDecoder {
  /**
   * The records that these bytes complete. Output shares memory with the pushed bytes: leave those unchanged.
   * Throws `RecordFormatError` at the first byte that fits no record, and at every call after that.
   */
  push(bytes: Uint8Array): TerminalRecord[];
  /** To be called when the stream has ended in order: throws where a record was cut. */
  finish(): void;
}

/** Throws `RangeError` for a record that its reader would refuse; `encodeOutput` splits long output instead. */
export function encodeRecord(record: TerminalRecord): Uint8Array {
  const { code, payload } = encodePayload(record);
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw new RangeError(`a ${record.kind} record of ${payload.length} bytes is over ${MAX_PAYLOAD_BYTES}`);
  }
  if (!isTime(record.timeMicros)) throw new RangeError(`${record.timeMicros} is no time since a start`);
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, code);
  view.setFloat64(1, record.timeMicros);
  view.setUint32(9, payload.length);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/** Output of any length as as many records as it takes; none for no bytes. */
export function* encodeOutput(timeMicros: number, bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += MAX_PAYLOAD_BYTES) {
    const part = bytes.subarray(start, start + MAX_PAYLOAD_BYTES);
    yield encodeRecord({ kind: 'output', timeMicros, bytes: part });
  }
}

export function createRecordDecoder(): RecordDecoder {
  const header = new Uint8Array(HEADER_BYTES);
  let headerLength = 0;
  let open: OpenRecord | undefined;
  let failure: RecordFormatError | undefined;

  /** Reads from `bytes` at `start` until a record is complete or they are used up; says where it stopped. */
  function step(
    bytes: Uint8Array,
    start: number,
  ): { readonly next: number; readonly record?: TerminalRecord } {
    let next = start;
    if (!open) {
      const taken = Math.min(HEADER_BYTES - headerLength, bytes.length - next);
      header.set(bytes.subarray(next, next + taken), headerLength);
      headerLength += taken;
      next += taken;
      if (headerLength < HEADER_BYTES) return { next };
      open = openRecord(header);
      headerLength = 0;
    }
    const missing = open.length - open.filled;
    // The usual case, a record within one chunk, is not copied.
    if (open.filled === 0 && bytes.length - next >= missing) {
      const record = decodePayload(open, bytes.subarray(next, next + missing));
      open = undefined;
      return { next: next + missing, record };
    }
    open.payload ??= new Uint8Array(open.length);
    const part = bytes.subarray(next, next + missing);
    open.payload.set(part, open.filled);
    open.filled += part.length;
    next += part.length;
    if (open.filled < open.length) return { next };
    const record = decodePayload(open, open.payload);
    open = undefined;
    return { next, record };
  }

  return {
    push(bytes) {
      if (failure) throw failure;
      const records: TerminalRecord[] = [];
      try {
        for (let next = 0; next < bytes.length; ) {
          const result = step(bytes, next);
          next = result.next;
          if (result.record) records.push(result.record);
        }
      } catch (error) {
        if (error instanceof RecordFormatError) failure = error;
        throw error;
      }
      return records;
    },
    finish() {
      if (failure) throw failure;
      if (open || headerLength > 0) throw new RecordFormatError('the stream ended inside a terminal record');
    },
  };
}

const HEADER_BYTES = 13;
const RESIZE_BYTES = 4;
const EXIT_BYTES = 4;
const CODES = {
  output: 0x6f,
  resize: 0x72,
  marker: 0x6d,
  exit: 0x78,
  'caught-up': 0x63,
  glimpse: 0x67,
} as const;
const KINDS: ReadonlyMap<number, TerminalRecord['kind']> = new Map(
  Object.entries(CODES).map(([kind, code]) => [code, kind as TerminalRecord['kind']]),
);

interface OpenRecord {
  readonly kind: TerminalRecord['kind'];
  readonly timeMicros: number;
  readonly length: number;
  filled: number;
  payload?: Uint8Array;
}

function encodePayload(record: TerminalRecord): { readonly code: number; readonly payload: Uint8Array } {
  const code = CODES[record.kind];
  switch (record.kind) {
    case 'output':
      return { code, payload: record.bytes };
    case 'resize': {
      const { cols, rows } = record.size;
      if (!isExtent(cols) || !isExtent(rows)) throw new RangeError(`${cols}x${rows} is no terminal size`);
      const payload = new Uint8Array(RESIZE_BYTES);
      const view = new DataView(payload.buffer);
      view.setUint16(0, cols);
      view.setUint16(2, rows);
      return { code, payload };
    }
    case 'marker':
      return { code, payload: new TextEncoder().encode(record.label) };
    case 'exit': {
      if (!Number.isInteger(record.exitCode) || Math.abs(record.exitCode) > 0x7fff_ffff) {
        throw new RangeError(`${record.exitCode} is no exit code`);
      }
      const payload = new Uint8Array(EXIT_BYTES);
      new DataView(payload.buffer).setInt32(0, record.exitCode);
      return { code, payload };
    }
    case 'caught-up':
    case 'glimpse':
      return { code, payload: new Uint8Array(0) };
  }
}

function openRecord(header: Uint8Array): OpenRecord {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const code = view.getUint8(0);
  const kind = KINDS.get(code);
  const timeMicros = view.getFloat64(1);
  const length = view.getUint32(9);
  if (!kind) throw new RecordFormatError(`a terminal record of unknown kind ${code}`);
  if (!isTime(timeMicros))
    throw new RecordFormatError(`a ${kind} record at the impossible time ${timeMicros}`);
  if (!isLength(kind, length)) throw new RecordFormatError(`a ${kind} record of ${length} bytes`);
  return { kind, timeMicros, length, filled: 0 };
}

function isLength(kind: TerminalRecord['kind'], length: number): boolean {
  if (kind === 'resize') return length === RESIZE_BYTES;
  if (kind === 'exit') return length === EXIT_BYTES;
  if (kind === 'caught-up' || kind === 'glimpse') return length === 0;
  return length <= MAX_PAYLOAD_BYTES;
}

function decodePayload({ kind, timeMicros }: OpenRecord, payload: Uint8Array): TerminalRecord {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  switch (kind) {
    case 'output':
      return { kind, timeMicros, bytes: payload };
    case 'resize': {
      const size = { cols: view.getUint16(0), rows: view.getUint16(2) };
      if (!isExtent(size.cols) || !isExtent(size.rows)) {
        throw new RecordFormatError(`a resize record to ${size.cols}x${size.rows}`);
      }
      return { kind, timeMicros, size };
    }
    case 'marker':
      return { kind, timeMicros, label: decodeText(payload) };
    case 'exit':
      return { kind, timeMicros, exitCode: view.getInt32(0) };
    case 'caught-up':
    case 'glimpse':
      return { kind, timeMicros };
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RecordFormatError('a marker record whose label is not UTF-8');
  }
}

function isTime(micros: number): boolean {
  return Number.isFinite(micros) && micros >= 0;
}

function isExtent(cells: number): boolean {
  return Number.isInteger(cells) && cells >= 1 && cells <= 0xffff;
}
