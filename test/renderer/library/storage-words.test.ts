import { expect, test } from 'vitest';
import { describeStorage, storageLimitsOf } from '../../../renderer/library/storage-words.ts';

const USE = { recordings: 3, recordingBytes: 2e9, cacheBytes: 0, freeBytes: 50e9 };
const LIMITS = { mostBytes: 20e9, keptFreeBytes: 5e8 };

test('what they take is told of the quota, else of the limit, else alone', () => {
  expect(describeStorage({ ...USE, quotaBytes: 4e9 }, LIMITS)).toEqual({
    line: '3 recordings take 2.0 GB of 4.0 GB, 50.0 GB are free',
    share: 0.5,
    tone: 'quiet',
  });
  expect(describeStorage(USE, LIMITS).line).toContain('2.0 GB of 20.0 GB');
  const any = describeStorage({ ...USE, recordings: 1 }, { mostBytes: 0, keptFreeBytes: 0 });
  expect(any).toEqual({ line: '1 recording takes 2.0 GB, 50.0 GB are free', tone: 'quiet' });
});

test.each([
  ['a disk that is too full', { freeBytes: 4e8 }, 'The disk is too full: nothing is recorded.'],
  ['a disk that nearly is', { freeBytes: 5.2e8 }, 'The disk is nearly too full to record.'],
  ['the limit', { recordingBytes: 20e9 }, 'The limit is reached: nothing is recorded.'],
  ['nearly the limit', { recordingBytes: 19e9 }, 'The limit is nearly reached: nothing is recorded then.'],
  ['nearly the quota', { quotaBytes: 2.1e9 }, 'The quota is nearly reached: the oldest go then.'],
  ['more than the quota', { quotaBytes: 1e9 }, 'More than the quota: the oldest go within the hour'],
])('%s is warned of', (_name, changes, warning) => {
  const words = describeStorage({ ...USE, ...changes }, LIMITS);
  expect(words.tone).toBe('owed');
  expect(words.warning).toContain(warning);
});

test('the limits are those of recording', () => {
  expect(storageLimitsOf({ recordingLibraryMiB: 2, recordingFreeMiB: 0 })).toEqual({
    mostBytes: 2_097_152,
    keptFreeBytes: 0,
  });
});
