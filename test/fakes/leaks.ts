import { afterEach, beforeEach, expect } from 'vitest';
import { type Lifetime, observeLifetimes } from '../../main/base/lifetime.ts';
import { eventually } from './until.ts';

/** After each test no lifetime that it made may be open; the failure prints where each was made. */
const open = new Map<Lifetime, string>();

beforeEach(() => {
  open.clear();
  observeLifetimes({
    made: (lifetime) => open.set(lifetime, new Error(lifetime.name).stack ?? lifetime.name),
    ended: (lifetime) => open.delete(lifetime),
  });
});

afterEach(async (context) => {
  // A failed test says enough: what it left behind is a consequence.
  if (context.task.result?.state === 'fail') return;
  // An end that nobody awaits (a page that is closed) takes a moment.
  await eventually(() => expect([...open.values()], 'lifetimes left open').toEqual([]));
  observeLifetimes(undefined);
});
