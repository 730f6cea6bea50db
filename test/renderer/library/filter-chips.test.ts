import { expect, test } from 'vitest';
import { parseRecordingQuery } from '../../../preload/recording-query-text.ts';
import { type FilterChip, filterChips, withoutChip } from '../../../renderer/library/filter-chips.ts';

const chipsOf = (text: string): readonly FilterChip[] =>
  filterChips(text, parseRecordingQuery(text, { nowMs: 0 }).problems);

test('each filter that holds is one, free words and what is wrong are none', () => {
  const chips = chipsOf('free pod:"a b" -tag:x exit:maybe nope:1 -word since:7d');
  expect(chips.map(({ isExcluded, name, value }) => `${isExcluded ? 'not ' : ''}${name} ${value}`)).toEqual([
    'pod a b',
    'not tag x',
    'since 7d',
  ]);
});

test('one that is taken out leaves all other words as they were written', () => {
  const text = 'free  pod:"a b"  -tag:x   more';
  const [pod, tag] = chipsOf(text);
  expect(pod && withoutChip(text, pod)).toBe('free -tag:x   more');
  expect(tag && withoutChip(text, tag)).toBe('free  pod:"a b" more');
  expect(withoutChip('pod:a', { from: 0, to: 5 })).toBe('');
});
