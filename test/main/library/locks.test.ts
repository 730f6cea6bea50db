import { expect, test } from 'vitest';
import { createLog } from '../../../main/base/log.ts';
import { createLocks } from '../../../main/library/locks.ts';
import type { Recording } from '../../../main/library/recording.ts';

const RECORDING: Recording = {
  recordingId: '20261121-090000-abcdef',
  context: 'kind',
  namespace: 'shop',
  pod: 'web-1',
  container: 'app',
  command: [],
  startedAtMs: 0,
  durationMicros: 0,
  bytes: 0,
  size: { cols: 80, rows: 24 },
  state: 'closed',
  path: '/recordings/20261121-090000-abcdef.cast.age',
};

const log = createLog({ level: 'silent' });

test('a recording is locked until one of its keys is here', async () => {
  let own = ['age1other'];
  const locks = createLocks({ keys: { recipients: async () => own }, log });
  const encrypted = { ...RECORDING, encryptedTo: ['age1mine', 'age1theirs'] };
  expect(await locks.refresh()).toBe(true);
  expect(locks.present(encrypted).isLocked).toBe(true);
  expect(await locks.refresh()).toBe(false);
  own = ['age1other', 'age1theirs'];
  expect(await locks.refresh()).toBe(true);
  expect(locks.present(encrypted)).toEqual(encrypted);
});

test('what is in the clear is never locked', async () => {
  const locks = createLocks({ keys: undefined, log });
  expect(await locks.refresh()).toBe(false);
  expect(locks.present(RECORDING)).toBe(RECORDING);
});

test('keys that cannot be read open nothing', async () => {
  let isBroken = false;
  const recipients = async (): Promise<string[]> => {
    if (isBroken) throw new Error('the keychain is locked');
    return ['age1mine'];
  };
  const locks = createLocks({ keys: { recipients }, log });
  await locks.refresh();
  isBroken = true;
  expect(await locks.refresh()).toBe(true);
  expect(locks.present({ ...RECORDING, encryptedTo: ['age1mine'] }).isLocked).toBe(true);
});
