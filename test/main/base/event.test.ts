import { expect, test } from 'vitest';
import { createEmitter } from '../../../main/base/event.ts';

test('listeners hear in order until they are removed', () => {
  const emitter = createEmitter<number>();
  const heard: string[] = [];
  const remove = emitter.event((value) => heard.push(`a${value}`));
  emitter.event((value) => heard.push(`b${value}`));
  emitter.fire(1);
  remove();
  remove();
  emitter.fire(2);
  expect(heard).toEqual(['a1', 'b1', 'b2']);
  expect(emitter.listenerCount).toBe(1);
});

test('the same function listens twice and is removed once at a time', () => {
  const emitter = createEmitter<void>();
  let calls = 0;
  const count = (): void => {
    calls += 1;
  };
  const removeFirst = emitter.event(count);
  emitter.event(count);
  emitter.fire();
  removeFirst();
  emitter.fire();
  expect(calls).toBe(3);
});

test('a throwing listener is told and the next one still hears', () => {
  const errors: unknown[] = [];
  const emitter = createEmitter<void>((error) => errors.push(error));
  let hasHeard = false;
  emitter.event(() => {
    throw new Error('deaf');
  });
  emitter.event(() => {
    hasHeard = true;
  });
  emitter.fire();
  expect(hasHeard).toBe(true);
  expect(errors).toEqual([new Error('deaf')]);
});
