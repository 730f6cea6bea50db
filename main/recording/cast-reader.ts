import { type FileHandle, open } from 'node:fs/promises';
import { AppError, systemCode, toAppError } from '../base/errors.ts';
import { type CastEvent, type CastHeader, parseEvent, parseHeader } from './cast.ts';
import { createLineSplitter, type Line } from './line-splitter.ts';

/** A part of a cast, in the file's order. Offsets are bytes; `nextOffset` is where the next part begins. */
export type CastItem = { readonly offset: number; readonly nextOffset: number } & (
  | { readonly kind: 'header'; readonly header: CastHeader }
  | { readonly kind: 'event'; readonly event: CastEvent }
  /** A damaged line within the cast: what it held is missing. */
  | { readonly kind: 'gap'; readonly reason: string }
  /** The last item where the writer died within a line, or is writing it right now. */
  | { readonly kind: 'torn' }
);

export interface CastRange {
  /** Start of a line; 0, and with it the header, by default. */
  readonly fromOffset?: number | undefined;
  /** The first byte that is not read; the file's end by default. */
  readonly toOffset?: number | undefined;
}

/** Larger lines are gaps. Ours are under 512 KiB; asciinema's are as large as what one read gave it. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/**
 * Reads a cast of any length in bounded memory. Throws `recording-unreadable` where there is no header,
 * `recording-not-found` where there is no file; damage after the header is told by items.
 */
export async function* readCast(
  path: string,
  {
    fromOffset = 0,
    toOffset = Number.POSITIVE_INFINITY,
    signal,
  }: CastRange & { readonly signal: AbortSignal },
): AsyncGenerator<CastItem> {
  const file = await openForReading(path);
  try {
    const splitter = createLineSplitter(fromOffset, MAX_LINE_BYTES);
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let position = fromOffset;
    while (position < toOffset) {
      signal.throwIfAborted();
      const length = Math.min(CHUNK_BYTES, toOffset - position);
      const { bytesRead } = await file.read(chunk, 0, length, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      for (const line of splitter.push(chunk.subarray(0, bytesRead))) {
        const item = readLine(line);
        if (item) yield item;
      }
    }
    const rest = splitter.rest();
    const last = rest && readRest(rest);
    if (last) yield last;
    if (position === 0)
      throw new AppError('recording-unreadable', 'the recording cannot be read: it is empty');
  } finally {
    await file.close();
  }
}

/** Throws as `readCast` does. */
export async function readCastHeader(
  path: string,
  options: { readonly signal: AbortSignal },
): Promise<CastHeader> {
  for await (const item of readCast(path, options)) {
    if (item.kind === 'header') return item.header;
  }
  throw createEmptyError();
}

/** The last whole event of a cast, read from its end; absent where it has none. */
export async function readLastEvent(path: string): Promise<CastEvent | undefined> {
  const file = await openForReading(path);
  try {
    const { size } = await file.stat();
    for (let length = TAIL_BYTES; ; length = Math.min(length * 8, LONGEST_TAIL_BYTES)) {
      const start = Math.max(0, size - length);
      const event = await findLastEvent(file, start, size);
      if (event || start === 0 || length === LONGEST_TAIL_BYTES) return event;
    }
  } finally {
    await file.close();
  }
}

/** Enough for the last line of nearly every cast. */
const TAIL_BYTES = 64 * 1024;
/** Room for one line of the largest size behind another. */
const LONGEST_TAIL_BYTES = 2 * MAX_LINE_BYTES;

async function findLastEvent(file: FileHandle, start: number, end: number): Promise<CastEvent | undefined> {
  const bytes = Buffer.alloc(end - start);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
  const splitter = createLineSplitter(start, MAX_LINE_BYTES);
  const lines = splitter.push(bytes.subarray(0, bytesRead));
  const rest = splitter.rest();
  if (rest) lines.push(rest);
  // The first line is the header, or was cut by where we began.
  for (const line of lines.slice(1).reverse()) {
    const item = readLine(line);
    if (item?.kind === 'event') return item.event;
  }
  return undefined;
}

function readLine(line: Line): CastItem | undefined {
  const { offset, nextOffset } = line;
  if (line.isTooLong) {
    if (offset > 0) return { kind: 'gap', offset, nextOffset, reason: `a line over ${MAX_LINE_BYTES} bytes` };
    throw new AppError('recording-unreadable', 'the recording cannot be read: its first line has no end');
  }
  const text = Buffer.from(line.bytes.buffer, line.bytes.byteOffset, line.bytes.length).toString('utf8');
  if (offset === 0) return { kind: 'header', offset, nextOffset, header: parseHeader(text) };
  if (isIgnorable(text)) return undefined;
  try {
    return { kind: 'event', offset, nextOffset, event: parseEvent(text) };
  } catch (error) {
    return { kind: 'gap', offset, nextOffset, reason: toAppError(error).message };
  }
}

/** A last line that lacks its line end only is as good as any; less than that is torn. */
function readRest(line: Line): CastItem | undefined {
  const item = readLine(line);
  return item?.kind === 'gap' ? { kind: 'torn', offset: line.offset, nextOffset: line.nextOffset } : item;
}

/** Blank lines and, as asciicast v3 has them, comments. */
function isIgnorable(text: string): boolean {
  return text.startsWith('#') || text.trim() === '';
}

function createEmptyError(): AppError {
  return new AppError('recording-unreadable', 'the recording cannot be read: it is empty');
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'ENOENT')
      throw new AppError('recording-not-found', `there is no recording ${path}`, { cause });
    throw new AppError('recording-unreadable', `the recording ${path} could not be opened: ${code}`, {
      cause,
    });
  }
}
