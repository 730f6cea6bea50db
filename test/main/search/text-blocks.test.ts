import { expect, test } from 'vitest';
import type { ShownLine } from '../../../main/search/shown-lines.ts';
import { createTextBlocks } from '../../../main/search/text-blocks.ts';

const LINES: readonly ShownLine[] = Array.from({ length: 5_000 }, (_, number) => ({
  text: `line ${number} of a recording, with some more to it`,
  timeMicros: number,
}));

test('the same lines make the same blocks, whenever they are taken', () => {
  const atOnce = createTextBlocks();
  for (const line of LINES) atOnce.add(line);
  const expected = atOnce.take([]);
  const piecemeal = createTextBlocks();
  const last = new Map<number, unknown>();
  for (const [index, line] of LINES.entries()) {
    piecemeal.add(line);
    if (index % 700 === 0) for (const block of piecemeal.take([])) last.set(block.number, block);
  }
  for (const block of piecemeal.take([])) last.set(block.number, block);
  expect(expected.length).toBeGreaterThan(3);
  expect([...last.values()]).toEqual(expected);
});

test('lines that may still change are in the last block, and leave it again', () => {
  const blocks = createTextBlocks();
  blocks.add({ text: 'done', timeMicros: 1 });
  const texts = (pending: readonly ShownLine[]): string[] =>
    blocks.take(pending).map(({ text }) => Buffer.from(text).toString());
  expect(texts([{ text: '$ typ', timeMicros: 2 }])).toEqual(['done\n$ typ']);
  expect(texts([])).toEqual(['done']);
});
