import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { describeThrown, endOnFailure } from '../../../main/base/failure.ts';
import { until } from '../../fakes/until.ts';

function watch(end: (failure: AppError) => Promise<void>, endMs?: number) {
  const process = new EventEmitter();
  const deeds: string[] = [];
  endOnFailure(
    {
      process,
      log: { error: (fields, message) => deeds.push(`${message}: ${JSON.stringify(fields['thrown'])}`) },
      end(failure) {
        deeds.push(`end: ${failure.code}`);
        return end(failure);
      },
      exit: () => deeds.push('exit'),
    },
    endMs === undefined ? {} : { endMs },
  );
  return { process, deeds };
}

test.each(['uncaughtException', 'unhandledRejection'])(
  '%s ends the program once, in order',
  async (event) => {
    const held = Promise.withResolvers<void>();
    const { process, deeds } = watch(() => held.promise);
    process.emit(event, new TypeError('x'));
    process.emit(event, 'a text');
    expect(deeds).toEqual([
      'nobody caught this: "TypeError"',
      'end: internal',
      'nobody caught this: "string"',
    ]);
    held.resolve();
    await until(() => deeds.includes('exit'));
    expect(deeds).toHaveLength(4);
  },
);

test('an end that fails or hangs is not the end of it', async () => {
  const failing = watch(async () => {
    throw new RangeError('no');
  });
  failing.process.emit('uncaughtException', new Error('x'));
  await until(() => failing.deeds.includes('exit'));
  expect(failing.deeds).toContain('the end failed: "RangeError"');

  const hanging = watch(() => new Promise(() => {}), 1);
  hanging.process.emit('uncaughtException', new Error('x'));
  await until(() => hanging.deeds.includes('exit'));
});

test('what is logged says where it happened, and nothing of what was in it', () => {
  const secret = 'eyJhbGciOi';
  const cause = new AppError('internal', `token ${secret}`);
  const told = describeThrown(new Error(`${secret}\nis at line two ${secret}`, { cause }));
  expect(told).toMatchObject({
    thrown: 'Error',
    at: expect.arrayContaining([expect.stringContaining('failure.test.ts')]),
    cause: { thrown: 'AppError', code: 'internal' },
  });
  expect(JSON.stringify(told)).not.toContain(secret);
  expect(describeThrown(secret)).toEqual({ thrown: 'string' });
});
