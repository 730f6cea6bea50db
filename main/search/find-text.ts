import { findFolded, foldText, type TextSpan } from './folded-text.ts';
import { toSignatureQuery } from './text-signature.ts';
import type { StoredText, TextStore } from './text-store.ts';

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
  store: Pick<TextStore, 'candidates' | 'readFolded' | 'read'>,
  { text, recordingIds, maxRecordings, maxLines }: TextQuery,
  { signal }: { readonly signal: AbortSignal },
): Promise<TextAnswer> {
  const folded = foldText(text.toWellFormed());
  // It would be found from one line to the next.
  if (folded.includes('\n')) return { recordings: [], hasMore: false };
  const needle = Buffer.from(folded);
  const blocksOf = store.candidates(toSignatureQuery(needle));
  const recordings: FoundRecording[] = [];
  let sliceStart = performance.now();
  for (const recordingId of recordingIds) {
    const found: FoundLine[] = [];
    let lineCount = 0;
    for (const blockId of blocksOf.get(recordingId) ?? []) {
      if (lineCount >= MAX_COUNTED) break;
      const numbers = linesWith(store.readFolded(blockId), needle, MAX_COUNTED - lineCount);
      lineCount += numbers.length;
      const shown = numbers.slice(0, maxLines - found.length);
      if (shown.length > 0) found.push(...describeLines(store.read(blockId), shown, folded));
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

/** The lines of a text that hold another, as numbers from 0 on. As bytes: most texts do not, and are soon read. */
function linesWith(folded: Uint8Array, needle: Buffer, maxCount: number): readonly number[] {
  const all = Buffer.from(folded.buffer, folded.byteOffset, folded.length);
  const numbers: number[] = [];
  let line = 0;
  let counted = 0;
  for (let place = all.indexOf(needle); place >= 0 && numbers.length < maxCount; ) {
    for (
      let end = all.indexOf(LINE_FEED, counted);
      end >= 0 && end < place;
      end = all.indexOf(LINE_FEED, counted)
    ) {
      line += 1;
      counted = end + 1;
    }
    numbers.push(line);
    const next = all.indexOf(LINE_FEED, place);
    place = next < 0 ? -1 : all.indexOf(needle, next);
  }
  return numbers;
}

function describeLines(
  { text, times }: StoredText,
  numbers: readonly number[],
  folded: string,
): readonly FoundLine[] {
  const lines = text.split('\n');
  return numbers.flatMap((number) => {
    const line = lines[number] ?? '';
    const place = findFolded(line, folded);
    const [before, after] = [lines[number - 1], lines[number + 1]];
    return place
      ? {
          timeMicros: times[number] ?? 0,
          ...cutAround(line, place),
          ...(before !== undefined && { before: before.slice(0, MAX_LINE_CHARS) }),
          ...(after !== undefined && { after: after.slice(0, MAX_LINE_CHARS) }),
        }
      : [];
  });
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

const LINE_FEED = 0x0a;
