import { AppError } from '../base/errors.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import { createUtf8Decoder } from '../recording/cast/utf8.ts';
import type { ImportPart, ImportReport } from './import-part.ts';

/** Seconds, microseconds and length, each of 32 bits, the low byte first (ttyrec 1.0.8, ttyrec.h and io.c). */
export const TTYREC_HEADER_BYTES = 12;
/** One is what one read of a terminal gave: a few KiB. */
const MAX_RECORD_BYTES = 16 * 1024 * 1024;
/** The format knows none; players show it in the window that they have. */
const DEFAULT_SIZE: TerminalSize = { cols: 80, rows: 24 };

/** Whether a file may begin so: there is nothing else to know it by. */
export function isTtyrecHeader(start: Buffer): boolean {
  if (start.length < TTYREC_HEADER_BYTES) return false;
  const header = readHeader(start);
  return isSane(header) && header.length > 0;
}

/**
 * A record that is cut off is left out and told; one that cannot be ends it, as nothing tells where the next begins.
 * Throws `recording-unreadable` where the second cannot be: then it was another format's file.
 */
export async function* readTtyrec(
  bytes: AsyncIterable<Uint8Array>,
  report: ImportReport,
): AsyncGenerator<ImportPart> {
  report.format = 'ttyrec';
  const decoder = createUtf8Decoder();
  let zeroMicros: number | undefined;
  let timeMicros = 0;
  for await (const record of readRecords(bytes, report)) {
    const { atMicros, data } = record;
    if (zeroMicros === undefined) {
      zeroMicros = atMicros;
      const startedAtSeconds = Math.floor(atMicros / 1_000_000);
      const size = findSize(data) ?? DEFAULT_SIZE;
      yield { kind: 'header', header: { size, ...(startedAtSeconds > 0 && { startedAtSeconds }) } };
    }
    timeMicros = Math.max(timeMicros, atMicros - zeroMicros);
    const text = decoder.decode(data);
    if (text !== '') yield { kind: 'event', event: { kind: 'output', timeMicros, text } };
  }
  const rest = decoder.finish();
  if (rest !== '') yield { kind: 'event', event: { kind: 'output', timeMicros, text: rest } };
  report.invalidBytes = decoder.invalidBytes;
  if (zeroMicros === undefined) throw createNoTtyrecError();
}

function createNoTtyrecError(): AppError {
  return new AppError(
    'recording-unreadable',
    'the recording cannot be read: it is neither asciicast nor ttyrec',
  );
}

interface RecordHeader {
  readonly atMicros: number;
  readonly micros: number;
  readonly length: number;
}

async function* readRecords(
  bytes: AsyncIterable<Uint8Array>,
  report: ImportReport,
): AsyncGenerator<{ readonly atMicros: number; readonly data: Buffer }> {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let needed = TTYREC_HEADER_BYTES;
  let records = 0;
  let isBroken = false;
  for await (const chunk of bytes) {
    // Read to its end all the same: the whole file is hashed.
    if (isBroken) continue;
    waiting.push(Buffer.from(chunk));
    waitingBytes += chunk.length;
    if (waitingBytes < needed) continue;
    let buffer = Buffer.concat(waiting);
    needed = TTYREC_HEADER_BYTES;
    while (buffer.length >= TTYREC_HEADER_BYTES) {
      const header = readHeader(buffer);
      if (!isSane(header)) {
        if (records < 2) throw createNoTtyrecError();
        report.isTorn = true;
        isBroken = true;
        break;
      }
      const end = TTYREC_HEADER_BYTES + header.length;
      if (buffer.length < end) {
        needed = end;
        break;
      }
      records += 1;
      yield { atMicros: header.atMicros, data: buffer.subarray(TTYREC_HEADER_BYTES, end) };
      buffer = buffer.subarray(end);
    }
    waiting = [buffer];
    waitingBytes = buffer.length;
  }
  if (waitingBytes > 0) report.isTorn = true;
}

function readHeader(bytes: Buffer): RecordHeader {
  const micros = bytes.readUInt32LE(4);
  return { atMicros: bytes.readUInt32LE(0) * 1_000_000 + micros, micros, length: bytes.readUInt32LE(8) };
}

function isSane({ micros, length }: RecordHeader): boolean {
  return micros < 1_000_000 && length <= MAX_RECORD_BYTES;
}

/** Some recorders (termrec, nethack's servers) begin with the sequence that sets a window's size. */
function findSize(data: Buffer): TerminalSize | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  const match = /\x1b\[8;(\d{1,5});(\d{1,5})t/.exec(data.toString('latin1', 0, 4_096));
  const [rows, cols] = [Number(match?.[1]), Number(match?.[2])];
  return cols >= 1 && rows >= 1 && cols <= 0xffff && rows <= 0xffff ? { cols, rows } : undefined;
}
