import { AppError, toAppError } from '../../base/errors.ts';
import { type CastEvent, type CastHeader, parseEvent, parseHeader } from './cast.ts';
import {
  type CastKeys,
  type CastSource,
  openCastSource,
  type SourcePart,
  type SourceRange,
} from './cast-source.ts';
import { createLineSplitter, type Line, type LineSplitter } from './line-splitter.ts';

/**
 * A part of a cast, in the file's order. Offsets are bytes of its lines, before encryption where it is encrypted;
 * `nextOffset` is where the next part begins.
 */
export type CastItem = { readonly offset: number; readonly nextOffset: number } & (
  | { readonly kind: 'header'; readonly header: CastHeader }
  | { readonly kind: 'event'; readonly event: CastEvent }
  /** A damaged line within the cast, or encrypted block of lines: what it held is missing. */
  | { readonly kind: 'gap'; readonly reason: string }
  /** The last item where the writer died within a line or block, or is writing it right now. */
  | { readonly kind: 'torn' }
);

export interface CastRange {
  /** Start of a line; 0, and with it the header, by default. */
  readonly fromOffset?: number | undefined;
  /** The first byte that is not read; the file's end by default. */
  readonly toOffset?: number | undefined;
}

/** What reading takes besides the path. Without keys an encrypted cast is locked. */
export interface ReadingOptions {
  readonly keys?: CastKeys | undefined;
  readonly signal: AbortSignal;
}

/** Larger lines are gaps. Ours are under 512 KiB; asciinema's are as large as what one read gave it. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/**
 * Reads a cast of any length in bounded memory. Throws `recording-unreadable` where there is no header,
 * `recording-not-found` where there is no file, `recording-locked` where the key is missing; damage after the header
 * is told by items.
 */
export async function* readCast(
  path: string,
  { fromOffset = 0, toOffset = Number.POSITIVE_INFINITY, keys, signal }: CastRange & ReadingOptions,
): AsyncGenerator<CastItem> {
  const source = await openCastSource(path, keys);
  try {
    yield* readSource(source, { fromOffset, toOffset, signal });
  } finally {
    await source.close();
  }
}

async function* readSource(source: CastSource, range: SourceRange): AsyncGenerator<CastItem> {
  let splitter = createLineSplitter(range.fromOffset, MAX_LINE_BYTES);
  let isEmpty = true;
  for await (const part of source.read(range)) {
    isEmpty = false;
    yield* readPart(part, splitter);
    // What was broken off by damage is no line, and none begins before the next block.
    if (part.kind !== 'bytes') splitter = createLineSplitter(part.nextOffset, MAX_LINE_BYTES);
  }
  const rest = splitter.rest();
  const last = rest && readRest(rest);
  if (last) yield last;
  if (isEmpty && range.fromOffset === 0) throw createEmptyError();
}

/**
 * Where the last line begins whose time is not after that one, or one a little before it: found by halves, since times
 * never fall in a cast. Of one in which they do, it is somewhere. 0 where the cast begins later. Throws as `readCast`.
 */
export async function findMoment(
  path: string,
  timeMicros: number,
  { keys, signal }: ReadingOptions,
): Promise<number> {
  const source = await openCastSource(path, keys);
  try {
    let [before, behind] = [0, await source.size({ signal })];
    while (behind - before > NEAR_BYTES) {
      const middle = Math.floor((before + behind) / 2);
      // One that begins before `behind` may end far behind it.
      const toOffset = behind + MAX_LINE_BYTES;
      const event = await findNextEvent(source, { fromOffset: middle, toOffset, signal });
      if (event && event.offset <= behind && event.timeMicros <= timeMicros) before = event.offset;
      else behind = middle;
    }
    return before;
  } finally {
    await source.close();
  }
}

/** Less than one read is not looked through any closer. */
const NEAR_BYTES = 64 * 1024;

/** The first one that begins behind that offset. */
async function findNextEvent(
  source: CastSource,
  range: SourceRange,
): Promise<{ readonly offset: number; readonly timeMicros: number } | undefined> {
  for await (const item of readSource(source, range)) {
    // What begins there was cut by where we began.
    if (item.kind === 'event' && item.offset > range.fromOffset) {
      return { offset: item.offset, timeMicros: item.event.timeMicros };
    }
  }
  return undefined;
}

function* readPart(part: SourcePart, splitter: LineSplitter): Generator<CastItem> {
  if (part.kind === 'bytes') {
    for (const line of splitter.push(part.bytes)) {
      const item = readLine(line);
      if (item) yield item;
    }
    return;
  }
  if (part.offset === 0) throw createNoStartError();
  const broken = splitter.rest();
  if (broken) yield { ...placeOf(broken), kind: 'gap', reason: 'a line whose end is damaged' };
  yield part;
}

/** Throws as `readCast` does. */
export async function readCastHeader(path: string, options: ReadingOptions): Promise<CastHeader> {
  for await (const item of readCast(path, options)) {
    if (item.kind === 'header') return item.header;
  }
  throw createEmptyError();
}

/** The last whole event of a cast, read from its end; absent where it has none. */
export async function readLastEvent(
  path: string,
  { keys, signal = new AbortController().signal }: Partial<ReadingOptions> = {},
): Promise<CastEvent | undefined> {
  const source = await openCastSource(path, keys);
  try {
    const size = await source.size({ signal });
    for (let length = TAIL_BYTES; ; length = Math.min(length * 8, LONGEST_TAIL_BYTES)) {
      const start = Math.max(0, size - length);
      const event = await findLastEvent(source, start, { signal });
      if (event || start === 0 || length === LONGEST_TAIL_BYTES) return event;
    }
  } finally {
    await source.close();
  }
}

/** Microseconds up to the last whole event; 0 where there is none, or none that can be read. */
export async function readDuration(path: string, options: Partial<ReadingOptions> = {}): Promise<number> {
  const last = await readLastEvent(path, options).catch(() => undefined);
  return last?.timeMicros ?? 0;
}

/** Enough for the last line of nearly every cast. */
const TAIL_BYTES = 64 * 1024;
/** Room for one line of the largest size behind another. */
const LONGEST_TAIL_BYTES = 2 * MAX_LINE_BYTES;

async function findLastEvent(
  source: CastSource,
  fromOffset: number,
  { signal }: ReadingOptions,
): Promise<CastEvent | undefined> {
  let last: CastEvent | undefined;
  let isWithinLine = fromOffset > 0;
  let splitter = createLineSplitter(fromOffset, MAX_LINE_BYTES);
  function look(line: Line): void {
    // The first line is the header, or was cut by where we began.
    if (!isWithinLine && line.offset > 0) {
      const item = readLine(line);
      if (item?.kind === 'event') last = item.event;
    }
    isWithinLine = false;
  }
  for await (const part of source.read({ fromOffset, toOffset: Number.POSITIVE_INFINITY, signal })) {
    if (part.kind === 'bytes') splitter.push(part.bytes).forEach(look);
    else {
      splitter = createLineSplitter(part.nextOffset, MAX_LINE_BYTES);
      isWithinLine = false;
    }
  }
  const rest = splitter.rest();
  if (rest) look(rest);
  return last;
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

function createNoStartError(): AppError {
  return new AppError('recording-unreadable', 'the recording cannot be read: its first block is damaged');
}

function placeOf({ offset, nextOffset }: Line): { readonly offset: number; readonly nextOffset: number } {
  return { offset, nextOffset };
}
