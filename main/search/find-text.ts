import { findFolded, foldText, type TextSpan } from './folded-text.ts';
import { toSignatureQuery } from './text-signature.ts';
import type { TextStore } from './text-store.ts';

export interface TextQuery {
  readonly text: string;
  /** Those that are searched, in the order in which they are answered. */
  readonly recordingIds: readonly string[];
  /** Recordings in the answer. */
  readonly maxRecordings: number;
  /** Lines of each. */
  readonly maxLines: number;
}

export interface TextAnswer {
  readonly recordings: readonly FoundRecording[];
  /** There are others behind the last one. */
  readonly hasMore: boolean;
}

export interface FoundRecording {
  readonly recordingId: string;
  /** The first ones that were told, by time. */
  readonly lines: readonly FoundLine[];
  /** All in this recording, up to a thousand. */
  readonly lineCount: number;
}

export interface FoundLine {
  /** When all of it stood on the screen, since the recording's start. */
  readonly timeMicros: number;
  /** Long ones are cut around the place. */
  readonly text: string;
  readonly place: TextSpan;
  /** The lines that were told before and after it; absent at the ends. */
  readonly before?: string;
  readonly after?: string;
}

/** More lines than this nobody looks through in one recording. */
const MAX_COUNTED = 1_000;
const MAX_LINE_CHARS = 400;
/** Then messages are looked at, such as one that says that nobody wants the answer any more. */
const SLICE_MS = 10;

/** Rejects with the signal's reason when it is aborted. */
export async function findText(
  store: Pick<TextStore, 'candidates' | 'read'>,
  { text, recordingIds, maxRecordings, maxLines }: TextQuery,
  { signal }: { readonly signal: AbortSignal },
): Promise<TextAnswer> {
  const folded = foldText(text);
  const blocksOf = groupCandidates(store, folded);
  const recordings: FoundRecording[] = [];
  let sliceStart = performance.now();
  for (const recordingId of recordingIds) {
    const found: FoundLine[] = [];
    let lineCount = 0;
    for (const blockId of blocksOf.get(recordingId) ?? []) {
      if (lineCount >= MAX_COUNTED) break;
      const wanted = { lines: maxLines - found.length, count: MAX_COUNTED - lineCount };
      const inBlock = findInBlock(store, blockId, folded, wanted);
      found.push(...inBlock.lines);
      lineCount += inBlock.count;
      if (performance.now() - sliceStart > SLICE_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
        sliceStart = performance.now();
      }
    }
    if (lineCount === 0) continue;
    if (recordings.length === maxRecordings) return { recordings, hasMore: true };
    recordings.push({ recordingId, lines: found.sort((a, b) => a.timeMicros - b.timeMicros), lineCount });
  }
  return { recordings, hasMore: false };
}

function groupCandidates(
  store: Pick<TextStore, 'candidates'>,
  folded: string,
): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  for (const { recordingId, blockId } of store.candidates(toSignatureQuery(encoder.encode(folded)))) {
    const group = groups.get(recordingId);
    if (group) group.push(blockId);
    else groups.set(recordingId, [blockId]);
  }
  return groups;
}

function findInBlock(
  store: Pick<TextStore, 'read'>,
  blockId: number,
  folded: string,
  wanted: { readonly lines: number; readonly count: number },
): { readonly lines: readonly FoundLine[]; readonly count: number } {
  const { text, times } = store.read(blockId);
  const all = foldText(text);
  // Where folding has made something longer, places in it are not those in the text: each line is looked at.
  const indexes = all.length === text.length ? linesWith(all, folded) : text.split('\n').keys();
  let lines: readonly string[] | undefined;
  const found: FoundLine[] = [];
  let count = 0;
  for (const index of indexes) {
    if (count === wanted.count) break;
    lines ??= text.split('\n');
    const line = lines[index] ?? '';
    const place = findFolded(line, folded);
    if (!place) continue;
    count += 1;
    if (found.length >= wanted.lines) continue;
    const [before, after] = [lines[index - 1], lines[index + 1]];
    found.push({
      timeMicros: times[index] ?? 0,
      ...cutAround(line, place),
      ...(before !== undefined && { before: before.slice(0, MAX_LINE_CHARS) }),
      ...(after !== undefined && { after: after.slice(0, MAX_LINE_CHARS) }),
    });
  }
  return { lines: found, count };
}

/** The lines of a text that hold another, as numbers from 0 on. */
function* linesWith(all: string, folded: string): Generator<number> {
  let line = 0;
  let counted = 0;
  for (let place = all.indexOf(folded); place >= 0; ) {
    for (let end = all.indexOf('\n', counted); end >= 0 && end < place; end = all.indexOf('\n', counted)) {
      line += 1;
      counted = end + 1;
    }
    yield line;
    const next = all.indexOf('\n', place);
    place = next < 0 ? -1 : all.indexOf(folded, next);
  }
}

function cutAround(
  text: string,
  { from, to }: TextSpan,
): { readonly text: string; readonly place: TextSpan } {
  if (text.length <= MAX_LINE_CHARS) return { text, place: { from, to } };
  const start = Math.max(0, Math.min(from - MAX_LINE_CHARS / 4, text.length - MAX_LINE_CHARS));
  const end = Math.max(to, start + MAX_LINE_CHARS);
  const [head, tail] = [start > 0 ? '…' : '', end < text.length ? '…' : ''];
  const shift = head.length - start;
  return {
    text: `${head}${text.slice(start, end)}${tail}`,
    place: { from: from + shift, to: to + shift },
  };
}

const encoder = new TextEncoder();
