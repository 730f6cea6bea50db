import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RECORDING_STATES } from '../../../main/library/recording.ts';
import { type Candidate, findProtection, planRetention } from '../../../main/library/retention.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1_000 * DAY_MS;

function candidate(recordingId: string, ageDays: number, more: Partial<Candidate> = {}): Candidate {
  return { recordingId, state: 'closed', totalBytes: 100, lastWrittenMs: NOW_MS - ageDays * DAY_MS, ...more };
}

const candidates = fc.uniqueArray(
  fc.record(
    {
      recordingId: fc.string({ minLength: 1, maxLength: 3 }),
      state: fc.constantFrom(...RECORDING_STATES),
      totalBytes: fc.nat(1_000),
      // Some are from the future: clocks are set back.
      lastWrittenMs: fc.integer({ min: NOW_MS - 20 * DAY_MS, max: NOW_MS + 2 * DAY_MS }),
      isPinned: fc.constant(true as const),
      isOwed: fc.constant(true as const),
      annotationProblem: fc.constant('why'),
    },
    { requiredKeys: ['recordingId', 'state', 'totalBytes', 'lastWrittenMs'] },
  ),
  { selector: ({ recordingId }) => recordingId, maxLength: 30 },
) as fc.Arbitrary<Candidate[]>;
const rules = fc.record({ days: fc.nat(15), quotaBytes: fc.nat(8_000) });

function sum(all: readonly { readonly totalBytes: number }[]): number {
  return all.reduce((total, { totalBytes }) => total + totalBytes, 0);
}

function compareAge(a: Candidate, b: Candidate): number {
  return a.lastWrittenMs - b.lastWrittenMs || (a.recordingId < b.recordingId ? -1 : 1);
}

test('nothing that is live, pinned or owed goes, nor what may be: whatever the rules', () => {
  fc.assert(
    fc.property(candidates, rules, (all, wanted) => {
      const byId = new Map(all.map((one) => [one.recordingId, one]));
      for (const { recordingId } of planRetention(all, wanted, NOW_MS).drops) {
        const dropped = byId.get(recordingId);
        expect(dropped?.state).toMatch(/^(closed|recovered|damaged)$/);
        expect(dropped?.isPinned ?? dropped?.isOwed ?? dropped?.annotationProblem).toBeUndefined();
      }
    }),
  );
});

test('the oldest go first, and nothing that may go is older than what went', () => {
  fc.assert(
    fc.property(candidates, rules, (all, wanted) => {
      const { drops } = planRetention(all, wanted, NOW_MS);
      const droppable = all.filter((one) => !findProtection(one)).sort(compareAge);
      expect(drops.map(({ recordingId }) => recordingId)).toEqual(
        droppable.slice(0, drops.length).map(({ recordingId }) => recordingId),
      );
    }),
  );
});

test('all that is too old goes; the quota takes as much as it must and no more', () => {
  fc.assert(
    fc.property(candidates, rules, (all, wanted) => {
      const { drops, excessBytes } = planRetention(all, wanted, NOW_MS);
      const gone = new Set(drops.map(({ recordingId }) => recordingId));
      const left = all.filter(({ recordingId }) => !gone.has(recordingId));
      const droppable = left.filter((one) => !findProtection(one));
      if (wanted.days > 0) {
        for (const { lastWrittenMs } of droppable)
          expect(NOW_MS - lastWrittenMs <= wanted.days * DAY_MS).toBe(true);
      }
      if (wanted.quotaBytes === 0) {
        expect(excessBytes).toBe(0);
        expect(drops.every(({ rule }) => rule === 'age')).toBe(true);
        return;
      }
      expect(excessBytes).toBe(Math.max(0, sum(left) - wanted.quotaBytes));
      if (excessBytes > 0) expect(droppable).toEqual([]);
      const last = drops.at(-1);
      if (last?.rule === 'quota') expect(sum(left) + last.totalBytes).toBeGreaterThan(wanted.quotaBytes);
    }),
  );
});

test('without rules nothing goes', () => {
  fc.assert(
    fc.property(candidates, (all) => {
      const plan = planRetention(all, { days: 0, quotaBytes: 0 }, NOW_MS);
      expect(plan).toEqual({ drops: [], kept: [], excessBytes: 0 });
    }),
  );
});

test('what stays though a rule names it is told, with why', () => {
  const all = [
    candidate('young', 1),
    candidate('old', 40),
    candidate('pinned', 50, { isPinned: true }),
    candidate('live', 60, { state: 'live' }),
    candidate('elsewhere', 70, { state: 'cut' }),
    candidate('owed', 80, { isOwed: true }),
  ];
  expect(planRetention(all, { days: 30, quotaBytes: 500 }, NOW_MS)).toEqual({
    drops: [{ recordingId: 'old', rule: 'age', totalBytes: 100 }],
    kept: [
      { recordingId: 'owed', rule: 'age', protection: 'owed' },
      { recordingId: 'elsewhere', rule: 'age', protection: 'unfinished' },
      { recordingId: 'live', rule: 'age', protection: 'live' },
      { recordingId: 'pinned', rule: 'age', protection: 'pinned' },
    ],
    excessBytes: 0,
  });
});

test('a quota that what is pinned exceeds is told by how much', () => {
  const all = [
    candidate('a', 3, { isPinned: true }),
    candidate('b', 2),
    candidate('c', 1, { isPinned: true }),
  ];
  const plan = planRetention(all, { days: 0, quotaBytes: 150 }, NOW_MS);
  expect(plan.drops).toEqual([{ recordingId: 'b', rule: 'quota', totalBytes: 100 }]);
  expect(plan.excessBytes).toBe(50);
});

test('exactly as old as the rule says is not too old', () => {
  expect(planRetention([candidate('a', 7)], { days: 7, quotaBytes: 0 }, NOW_MS).drops).toEqual([]);
  expect(planRetention([candidate('a', 7)], { days: 7, quotaBytes: 0 }, NOW_MS + 1).drops).toHaveLength(1);
});

test('what the policy keeps longer stays though a rule names it, and goes afterwards', () => {
  const all = [
    candidate('kept', 20, { keptUntilMs: NOW_MS + 1 }),
    candidate('due', 20, { keptUntilMs: NOW_MS }),
    candidate('free', 20),
  ];
  for (const wanted of [
    { days: 10, quotaBytes: 0 },
    { days: 0, quotaBytes: 1 },
  ]) {
    const { drops, kept } = planRetention(all, wanted, NOW_MS);
    expect(drops.map(({ recordingId }) => recordingId)).toEqual(['due', 'free']);
    expect(kept).toMatchObject([{ recordingId: 'kept', protection: 'policy' }]);
  }
});
