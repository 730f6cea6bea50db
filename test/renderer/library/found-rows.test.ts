import { expect, test } from 'vitest';
import type { FoundLine, SearchAnswer } from '../../../preload/contract-search.ts';
import {
  describeUnsearched,
  momentOf,
  splitLine,
  toFoundRows,
} from '../../../renderer/library/found-rows.ts';
import { recording } from '../../fakes/recording-info.ts';

const LINE: FoundLine = { timeMicros: 5, text: '  an error here', place: { from: 5, to: 10 } };
const ANSWER: SearchAnswer = {
  recordings: [
    { recordingId: 'a', lines: [LINE, { ...LINE, timeMicros: 9 }], lineCount: 7 },
    { recordingId: 'gone', lines: [LINE], lineCount: 1 },
  ],
  hasMore: true,
  unsearched: { encrypted: 0, waiting: 0, unreadable: 0 },
};
const KNOWN = new Map([['a', recording({ recordingId: 'a' })]]);

test('each recording has its lines under it, and what is not listed is counted', () => {
  const rows = toFoundRows(ANSWER, KNOWN);
  expect(rows.map(({ kind }) => kind)).toEqual(['recording', 'line', 'line', 'rest', 'more']);
  expect(rows[3]).toMatchObject({ count: 5 });
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
});

test('a row leads to its line, a recording to its first, the lines not listed to the last that is', () => {
  const moments = toFoundRows(ANSWER, KNOWN).map((row) => momentOf(row, 'error')?.timeMicros);
  expect(moments).toEqual([5, 5, 9, 9, undefined]);
});

test('a hit far to the right is brought into sight', () => {
  expect(splitLine(LINE)).toEqual(['an ', 'error', ' here']);
  const far = `${'x'.repeat(300)}error`;
  const [before, hit] = splitLine({ timeMicros: 0, text: far, place: { from: 300, to: 305 } });
  expect(before.length).toBeLessThan(60);
  expect(before.startsWith('…')).toBe(true);
  expect(hit).toBe('error');
});

test('what was not searched is said, and nothing where all was', () => {
  expect(describeUnsearched(undefined)).toBe('');
  expect(describeUnsearched({ encrypted: 0, waiting: 0, unreadable: 0 })).toBe('');
  expect(describeUnsearched({ encrypted: 2, waiting: 1, unreadable: 3 })).toBe(
    '1 recording still being read · 2 encrypted, not searched · 3 unreadable',
  );
});
