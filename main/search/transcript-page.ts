/** The text of one recording in the order of time, a part at a time. */
import type { ShownLine } from './shown-lines.ts';
import type { StoredBlock, TextStore } from './text-store.ts';

export interface PageQuery {
  readonly recordingId: string;
  /** A line, counted from 0 on, or what was shown last at a time. */
  readonly at: { readonly line: number } | { readonly timeMicros: number };
}

/** Lines that stand beside each other; some thousands at most. */
export interface TranscriptPage {
  /** Of all the recording, as far as it has been read. */
  readonly lineCount: number;
  /** The first of these, from 0 on. */
  readonly fromLine: number;
  readonly lines: readonly ShownLine[];
  /** When the line after these was shown; absent where they are the last. */
  readonly nextMicros?: number;
}

/** Empty where nothing of it has been read. */
export function readTranscriptPage(
  store: Pick<TextStore, 'blocks' | 'read'>,
  { recordingId, at }: PageQuery,
): TranscriptPage {
  const blocks = store.blocks(recordingId);
  const lineCount = blocks.reduce((sum, { lines }) => sum + lines, 0);
  const index = 'line' in at ? blockOfLine(blocks, at.line) : blockOfTime(store, blocks, at.timeMicros);
  const block = blocks[index];
  if (!block) return { lineCount, fromLine: 0, lines: [] };
  const fromLine = blocks.slice(0, index).reduce((sum, { lines }) => sum + lines, 0);
  const next = blocks[index + 1];
  return {
    lineCount,
    fromLine,
    lines: linesOf(store, block),
    ...(next && { nextMicros: firstMicros(store, next) }),
  };
}

/** The last one for a line behind all. */
function blockOfLine(blocks: readonly StoredBlock[], line: number): number {
  let before = 0;
  const found = blocks.findIndex(({ lines }) => {
    before += lines;
    return line < before;
  });
  return found < 0 ? blocks.length - 1 : found;
}

/** The last block that has begun by then; the first where none has. Blocks are in the order of time. */
function blockOfTime(
  store: Pick<TextStore, 'read'>,
  blocks: readonly StoredBlock[],
  timeMicros: number,
): number {
  let [low, high] = [0, blocks.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const block = blocks[middle];
    if (block && firstMicros(store, block) <= timeMicros) low = middle;
    else high = middle - 1;
  }
  return low;
}

function firstMicros(store: Pick<TextStore, 'read'>, { blockId }: StoredBlock): number {
  return store.read(blockId).times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
}

/** Lines are stored as they were told: one that stood for a while, after others that came and went. */
function linesOf(store: Pick<TextStore, 'read'>, { blockId }: StoredBlock): readonly ShownLine[] {
  const { text, times } = store.read(blockId);
  if (times.length === 0) return [];
  return text
    .split('\n')
    .map((line, index): ShownLine => ({ text: line, timeMicros: times[index] ?? 0 }))
    .sort((a, b) => a.timeMicros - b.timeMicros);
}
