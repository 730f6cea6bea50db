import { expect, test } from 'vitest';
import { chooseUpdates } from '../../../main/updates/update-choice.ts';

const user = { updateChannel: 'beta', updatesAutomatically: true } as const;

test('without a word of the policy the user has it', () => {
  expect(chooseUpdates(user, [{ path: '/etc/policy.yaml', isLocked: true }])).toEqual({
    channel: 'beta',
    check: 'automatic',
  });
  expect(chooseUpdates({ ...user, updatesAutomatically: false }, [])).toEqual({
    channel: 'beta',
    check: 'by-hand',
  });
});

test('of two files the first that says a thing decides it, and is named', () => {
  const files = [
    { path: '/etc/policy.yaml', isLocked: true, updates: { check: 'off' } },
    { path: '/home/policy.yaml', isLocked: false, updates: { check: 'automatic', channel: 'stable' } },
  ] as const;
  expect(chooseUpdates(user, files)).toEqual({
    channel: 'stable',
    check: 'off',
    channelBy: { file: '/home/policy.yaml', isLocked: false },
    checkBy: { file: '/etc/policy.yaml', isLocked: true },
  });
});
