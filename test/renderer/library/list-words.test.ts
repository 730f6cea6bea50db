import { expect, test } from 'vitest';
import { describeCount, describeSelection, removableOf } from '../../../renderer/library/list-words.ts';
import { recording } from '../../fakes/recording-info.ts';

const live = recording({ recordingId: 'live', state: 'live', bytes: 500 });
const closed = recording({ recordingId: 'closed', bytes: 1_500 });

test('what is being recorded cannot be deleted', () => {
  expect(removableOf([live, closed])).toEqual([closed]);
});

test('a selection is counted and summed up', () => {
  expect(describeSelection([live, closed])).toBe('2 selected, 2.0 kB');
});

test('a count tells of how many, where some are left out', () => {
  expect([describeCount(1, 1), describeCount(3, 3), describeCount(1, 3)]).toEqual([
    '1 recording',
    '3 recordings',
    '1 of 3 recordings',
  ]);
});
