import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  describeDone,
  describeKept,
  describePreview,
  draftOf,
  isSameRules,
  rulesOf,
} from '../../../renderer/settings/retention-words.ts';
import type { PruneReport } from '../../../renderer/store-keeping.ts';

function report(changes: Partial<PruneReport>): PruneReport {
  const rules = { days: 30, quotaBytes: 0 };
  return { rules, drops: [], kept: [], failures: [], freedBytes: 0, excessBytes: 0, ...changes };
}
const drop = { recordingId: 'a', rule: 'age', totalBytes: 1_000 } as const;

test('rules are what their fields say, to the megabyte', () => {
  const rules = fc.record({
    days: fc.nat(36_500),
    quotaBytes: fc.nat(1_000_000_000).map((megabytes) => megabytes * 1e6),
  });
  fc.assert(
    fc.property(rules, (kept) => {
      const read = rulesOf(draftOf(kept));
      expect(read && isSameRules(read, kept)).toBe(true);
    }),
  );
});

test('an empty field is no rule, a comma is a point, and what is no number is refused', () => {
  expect(rulesOf({ days: ' ', gigabytes: '' })).toEqual({ days: 0, quotaBytes: 0 });
  expect(rulesOf({ days: '7', gigabytes: '1,5' })).toEqual({ days: 7, quotaBytes: 1.5e9 });
  for (const days of ['-1', '1.5', 'x', '36501']) expect(rulesOf({ days, gigabytes: '0' })).toBeUndefined();
  for (const gigabytes of ['-1', 'x', '1e9', 'NaN'])
    expect(rulesOf({ days: '0', gigabytes })).toBeUndefined();
});

test('a preview tells what goes, or that nothing does', () => {
  expect(describePreview(report({ rules: { days: 0, quotaBytes: 0 } }))).toBe('Nothing goes by itself.');
  expect(describePreview(report({}))).toBe('Nothing would go now.');
  expect(describePreview(report({ drops: [drop], freedBytes: 1_000 }))).toBe(
    '1 recording would go, 1.0 kB in all.',
  );
  expect(describePreview(report({ excessBytes: 5_000 }))).toContain('5.0 kB more than the quota');
});

test('what stays is counted by why', () => {
  const stays = (protection: PruneReport['kept'][number]['protection']) =>
    ({ recordingId: 'a', rule: 'age', protection }) as const;
  expect(describeKept([stays('pinned'), stays('live'), stays('pinned')])).toBe('2 pinned, 1 being recorded');
  expect(describeKept([])).toBe('');
});

test('what was done is told with what was not', () => {
  expect(describeDone(report({}))).toBe('Nothing was deleted.');
  const failures = [{ recordingId: 'b', message: 'it could not be deleted: EACCES' }];
  expect(describeDone(report({ drops: [drop], freedBytes: 1_000, failures }))).toBe(
    '1 recording deleted, 1.0 kB in all. 1 recording could not be: it could not be deleted: EACCES.',
  );
});
