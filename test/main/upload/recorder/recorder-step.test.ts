import { expect, test } from 'vitest';
import { AppError } from '../../../../main/base/errors.ts';
import { runStep, untilAborted } from '../../../../main/upload/recorder/recorder-step.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const never = (): Promise<never> => new Promise(() => {});
const late = (): AppError => new AppError('timed-out', 'too late');

test('a step that is done in time gives what it came to, and leaves no timer', async () => {
  const clock = createManualClock();
  const { signal } = new AbortController();
  expect(await runStep({ clock, ms: 1_000, late }, { signal }, async () => 7)).toBe(7);
  expect(clock.sleepers).toBe(0);
});

test('a step that is late is told so by its signal, and is not waited for', async () => {
  const clock = createManualClock();
  const { signal } = new AbortController();
  let told: AbortSignal | undefined;
  const step = runStep({ clock, ms: 1_000, late }, { signal }, (options) => {
    told = options.signal;
    return never();
  });
  step.catch(() => {});
  await clock.advance(999);
  expect(told?.aborted).toBe(false);
  await clock.advance(1);
  await expect(step).rejects.toThrow('too late');
  expect(told?.aborted).toBe(true);
});

test('a step that is no longer wanted ends with that reason', async () => {
  const clock = createManualClock();
  const gone = new AbortController();
  const step = runStep({ clock, ms: 1_000, late }, { signal: gone.signal }, never);
  gone.abort(new Error('enough'));
  await expect(step).rejects.toThrow('enough');
  expect(clock.sleepers).toBe(0);
});

test('a step whose signal is aborted already is not begun', async () => {
  const clock = createManualClock();
  let begun = false;
  const step = runStep(
    { clock, ms: 1_000, late },
    { signal: AbortSignal.abort(new Error('gone')) },
    async () => {
      begun = true;
    },
  );
  await expect(step).rejects.toThrow('gone');
  expect(begun).toBe(false);
});

test('work that fails after nobody waits for it any more is nobody’s', async () => {
  const gone = new AbortController();
  const work = Promise.withResolvers<void>();
  const waiting = untilAborted(gone.signal, work.promise);
  gone.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  work.reject(new Error('late'));
});
