import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCreditGate } from '../../preload/credit.ts';

const never = new AbortController().signal;

test('takes what there is, and waits for more', async () => {
  const gate = createCreditGate(10);
  expect(await gate.take(7, never)).toBe(7);
  expect(await gate.take(7, never)).toBe(3);
  let hasTaken = false;
  const waiting = gate.take(5, never).then((bytes) => {
    hasTaken = true;
    return bytes;
  });
  await Promise.resolve();
  expect(hasTaken).toBe(false);
  gate.give(2);
  expect(await waiting).toBe(2);
});

test('one that gives up holds up nobody', async () => {
  const gate = createCreditGate(1);
  await gate.take(1, never);
  const leaving = new AbortController();
  const first = gate.take(1, leaving.signal);
  leaving.abort(new Error('first left'));
  await expect(first).rejects.toThrow('first left');
  await expect(gate.take(1, leaving.signal)).rejects.toThrow('first left');
  const second = gate.take(1, never);
  gate.give(1);
  expect(await second).toBe(1);
});

test('no more comes back than was taken', async () => {
  const gate = createCreditGate(10);
  expect(() => gate.give(1)).toThrow('more than were taken');
  await gate.take(4, never);
  gate.give(0);
  gate.give(3);
  expect(() => gate.give(2)).toThrow('more than were taken');
  expect(await gate.take(20, never)).toBe(9);
});

test('closing rejects the one who waits and those who come', async () => {
  const gate = createCreditGate(1);
  await gate.take(1, never);
  const waiting = gate.take(1, never);
  gate.close(new Error('gone'));
  gate.close(new Error('gone again'));
  for (const promise of [waiting, gate.take(1, never)]) await expect(promise).rejects.toThrow(/^gone$/);
});

test('never more is taken than was given', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 40 }), async (wants) => {
      const windowBytes = 20;
      const gate = createCreditGate(windowBytes);
      let given = windowBytes;
      let taken = 0;
      for (const want of wants) {
        const taking = gate.take(want, never);
        if (taken === given) {
          gate.give(7);
          given += 7;
        }
        taken += await taking;
        expect(taken).toBeLessThanOrEqual(given);
      }
    }),
  );
});
