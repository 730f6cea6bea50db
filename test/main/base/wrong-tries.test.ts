import { expect, test } from 'vitest';
import { createWrongTries } from '../../../main/base/wrong-tries.ts';

test('twenty within a minute are too many, and are forgotten after it', () => {
  let nowMs = 0;
  const tries = createWrongTries({ clock: { nowMs: () => nowMs } });
  for (let tried = 0; tried < 19; tried += 1) tries.count();
  expect(tries.areTooMany()).toBe(false);
  nowMs = 30_000;
  tries.count();
  expect(tries.areTooMany()).toBe(true);
  nowMs = 60_000;
  expect(tries.areTooMany()).toBe(false);
});
