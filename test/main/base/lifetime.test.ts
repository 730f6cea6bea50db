import { expect, test } from 'vitest';
import { createLifetime } from '../../../main/base/lifetime.ts';

test('releases run in reverse order, each awaited, after the signal', async () => {
  const life = createLifetime('test');
  const steps: string[] = [];
  life.signal.addEventListener('abort', () => steps.push('signal'));
  life.own(() => void steps.push('first'));
  life.own(async () => {
    await Promise.resolve();
    steps.push('second');
  });
  await life.end();
  expect(steps).toEqual(['signal', 'second', 'first']);
});

test('what is owned too late is released at once', async () => {
  const life = createLifetime('test');
  await life.end();
  let isReleased = false;
  life.own(() => {
    isReleased = true;
  });
  expect(isReleased).toBe(true);
});

test('a child ends with its parent, and alone without it', async () => {
  const parent = createLifetime('parent');
  const alone = parent.child('alone');
  const withParent = parent.child('with');
  await alone.end();
  expect(alone.signal.aborted).toBe(true);
  expect(parent.signal.aborted).toBe(false);
  await parent.end();
  expect(withParent.signal.aborted).toBe(true);
});

test('a failing release is told and does not keep the others from theirs', async () => {
  const failures: unknown[] = [];
  const life = createLifetime('test', (error, name) => failures.push([name, error]));
  let isReleased = false;
  life.own(() => {
    isReleased = true;
  });
  life.own(() => {
    throw new Error('stuck');
  });
  await life.end();
  expect(isReleased).toBe(true);
  expect(failures).toEqual([['test', new Error('stuck')]]);
});

test('what was taken back is not released', async () => {
  const life = createLifetime('test');
  let isReleased = false;
  const takeBack = life.own(() => {
    isReleased = true;
  });
  takeBack();
  await life.end();
  expect(isReleased).toBe(false);
});

test('ending twice is ending once', async () => {
  const life = createLifetime('test');
  let releases = 0;
  life.own(() => {
    releases += 1;
  });
  await Promise.all([life.end(), life.end()]);
  expect(releases).toBe(1);
});
