import { expect, test } from 'vitest';
import { AppError } from '../../../../main/base/errors.ts';
import { recorderError } from '../../../../main/upload/recorder/recorder-error.ts';
import { createRecorderGates } from '../../../../main/upload/recorder/recorder-gates.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const ONE = { kind: 'tsrecorder', url: '127.0.0.1:1' } as const;
const OTHER = { kind: 'tsrecorder', url: '127.0.0.1:2' } as const;
const AWAY = { hasBegun: false };

function makeGates() {
  const clock = createManualClock();
  return { clock, gates: createRecorderGates({ clock, random: () => 1 - Number.EPSILON }) };
}

test('one delivery at a time goes to a recorder', () => {
  const { gates } = makeGates();
  const leave = gates.enter(ONE);
  expect([gates.isBusy(ONE), gates.isBusy(OTHER), gates.enter(ONE)]).toEqual([true, false, undefined]);
  leave?.();
  expect([gates.isBusy(ONE), gates.enter(ONE)]).toEqual([false, expect.any(Function)]);
});

test('a recorder that is away is left alone, longer each time, until it took one', async () => {
  const { clock, gates } = makeGates();
  const gone = new AppError('recorder-unreachable', 'away');
  gates.hold(ONE, gone, AWAY);
  expect([gates.isHeld(ONE), gates.isHeld(OTHER)]).toEqual([true, false]);
  expect(gates.heldUntilMs(ONE) - clock.nowMs()).toBe(10_000);
  await clock.advance(10_000);
  expect([gates.isHeld(ONE), gates.heldUntilMs(ONE)]).toEqual([false, 0]);
  gates.hold(ONE, gone, AWAY);
  expect(gates.heldUntilMs(ONE) - clock.nowMs()).toBe(20_000);
  gates.open(ONE);
  expect(gates.isHeld(ONE)).toBe(false);
  gates.hold(ONE, gone, AWAY);
  expect(gates.heldUntilMs(ONE) - clock.nowMs()).toBe(10_000);
});

test('one that failed with a recording midway is asked again within a minute', () => {
  const { clock, gates } = makeGates();
  const lost = new AppError('recorder-lost', 'cut');
  for (let count = 0; count < 20; count += 1) gates.hold(ONE, lost, { hasBegun: true });
  expect(gates.heldUntilMs(ONE) - clock.nowMs()).toBe(60_000);
});

test('a recorder is left alone for as long as it asks to be', () => {
  const { clock, gates } = makeGates();
  gates.hold(ONE, recorderError('recorder-failed', ONE, 'is busy', { retryAfterMs: 3_600_000 }), {
    hasBegun: true,
  });
  expect(gates.heldUntilMs(ONE) - clock.nowMs()).toBe(3_600_000);
});
