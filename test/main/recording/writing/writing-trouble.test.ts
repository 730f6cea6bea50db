import { expect, test } from 'vitest';
import { AppError } from '../../../../main/base/errors.ts';
import { createEmitter } from '../../../../main/base/event.ts';
import { createWritingTrouble } from '../../../../main/recording/writing/writing-trouble.ts';

function start() {
  const changed = createEmitter<AppError | undefined>();
  const queue = { trouble: undefined as AppError | undefined, onTroubleChanged: changed.event };
  const trouble = createWritingTrouble('/x/1.cast');
  const told: (string | undefined)[] = [];
  trouble.onChanged((error) => told.push(error?.message));
  const stop = trouble.follow(queue);
  function set(error: AppError | undefined): void {
    queue.trouble = error;
    changed.fire(error);
  }
  return { trouble, told, stop, set };
}

test('what fails to write and to sync is told once, and what failed to sync stays', () => {
  const { trouble, told, set } = start();
  const eio = new Error('EIO');
  set(trouble.toTrouble(eio));
  trouble.failSync(eio);
  trouble.failSync(new Error('another'));
  set(undefined);
  expect(told).toEqual([expect.stringContaining('EIO')]);
  expect(trouble.current).toBe(trouble.syncFailure);
});

test('trouble of another kind is told, and that it is over', () => {
  const { told, set, stop } = start();
  set(new AppError('disk-full', 'full'));
  set(undefined);
  stop();
  set(new AppError('disk-full', 'full'));
  expect(told).toEqual(['full', undefined]);
});
