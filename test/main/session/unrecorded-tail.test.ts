import { expect, test } from 'vitest';
import { createUnrecordedTail } from '../../../main/session/unrecorded-tail.ts';

test('keeps the latest output and no more than its limit', () => {
  const tail = createUnrecordedTail();
  for (let index = 0; index < 1_000; index += 1) {
    tail.push({ kind: 'output', timeMicros: index, bytes: new Uint8Array(1024) });
  }
  expect(tail.records.at(-1)?.timeMicros).toBe(999);
  expect(tail.records.length).toBeLessThanOrEqual(256);
  expect(tail.records.length).toBeGreaterThan(240);
});
