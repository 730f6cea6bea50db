import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../../main/base/clock.ts';
import type { KeyVault } from '../../../../main/base/key-vault.ts';
import { encryptTo, makeIdentity } from '../../../../main/recording/encryption/age.ts';
import { createDecryptionKeys } from '../../../../main/recording/encryption/decryption-keys.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';
import { makeKeyring } from '../../../fakes/encryption.ts';

test('a new identity is kept for this user alone, in the form of age-keygen', async () => {
  const { keys, recipient, folder } = await makeKeyring();
  const path = join(folder, 'age-identities');
  expect(await readFile(path, 'utf8')).toMatch(
    new RegExp(`^# created: .*Z\n# public key: ${recipient}\nAGE-SECRET-KEY-1[0-9A-Z]{58}\n$`),
  );
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await keys.recipients()).toEqual([recipient]);
});

test('identities are added once, with comments around them, and the others stay', async () => {
  const { keys, recipient } = await makeKeyring();
  const [first, second] = [await makeIdentity(), await makeIdentity()];
  const text = `# mine\n${first.identity}\n\n${second.identity}\n`;
  expect(await keys.add(text)).toEqual([first.recipient, second.recipient]);
  expect(await keys.add(text)).toEqual([]);
  expect(await keys.recipients()).toEqual([recipient, first.recipient, second.recipient]);
});

test('of a text with a line that is no identity none is kept, and the line is named, not quoted', async () => {
  const { keys, recipient } = await makeKeyring();
  const { identity } = await makeIdentity();
  await expect(keys.add(`${identity}\nsecret nonsense`)).rejects.toThrow(/^line 2: this is no age identity$/);
  await expect(keys.add('# nothing\n')).rejects.toMatchObject({ code: 'bad-input' });
  expect(await keys.recipients()).toEqual([recipient]);
});

test('a recording’s key is unlocked by any identity that it was encrypted to', async () => {
  const { keys, recipient } = await makeKeyring();
  const [other, own] = [await makeIdentity(), await makeIdentity()];
  const recipients = [other.recipient, recipient];
  const keyFile = await encryptTo(recipients, Buffer.from(own.identity));
  expect(await keys.unlock({ recipients }, keyFile)).toBe(own.identity);
});

test('a key that is not here is told apart from one that was altered', async () => {
  const { keys, recipient } = await makeKeyring();
  const [other, own] = [await makeIdentity(), await makeIdentity()];
  const foreign = await encryptTo([other.recipient], Buffer.from(own.identity));
  await expect(keys.unlock({ recipients: [other.recipient] }, foreign)).rejects.toMatchObject({
    code: 'recording-locked',
    hint: expect.stringContaining(other.recipient),
  });
  const keyFile = await encryptTo([recipient], Buffer.from(own.identity));
  for (const offset of [30, 90, keyFile.length - 1]) {
    const altered = Uint8Array.from(keyFile);
    altered[offset] = (altered[offset] ?? 0) ^ 1;
    await expect(keys.unlock({ recipients: [recipient] }, altered)).rejects.toMatchObject({
      code: 'recording-unreadable',
    });
  }
});

test('without any key all is locked', async () => {
  const keys = createDecryptionKeys({ folder: await makeCastFolder(), clock: createSystemClock() });
  const own = await makeIdentity();
  const keyFile = await encryptTo([own.recipient], Buffer.from(own.identity));
  expect(await keys.recipients()).toEqual([]);
  await expect(keys.unlock({ recipients: [own.recipient] }, keyFile)).rejects.toMatchObject({
    code: 'recording-locked',
  });
});

test('a file that holds no identities is told, and not overwritten', async () => {
  const { keys, folder } = await makeKeyring();
  const path = join(folder, 'age-identities');
  await writeFile(path, 'garbage\n');
  await expect(keys.create()).rejects.toThrow(`the keys in ${path} cannot be used`);
  expect(await readFile(path, 'utf8')).toBe('garbage\n');
});

test('the app finds what a command added, and keeps its own where only its vault opens them', async () => {
  const { keys: command, recipient, folder } = await makeKeyring();
  const vault: KeyVault = {
    suffix: '.keychain',
    place: 'keyring',
    lock: async (secret) => Buffer.from(secret).toString('hex'),
    unlock: async (stored) => Buffer.from(stored, 'hex').toString(),
  };
  const app = createDecryptionKeys({ folder, clock: createSystemClock(), vault });
  expect(await app.recipients()).toEqual([recipient]);
  const { recipient: own } = await app.create();
  expect(await app.recipients()).toEqual([own, recipient]);
  expect(await command.recipients()).toEqual([recipient]);
  expect(await readFile(join(folder, 'age-identities.keychain'), 'utf8')).toMatch(/^[0-9a-f]+$/);
  expect(await readFile(join(folder, 'age-identities'), 'utf8')).not.toContain(own);

  const recording = await makeIdentity();
  const keyFile = await encryptTo([own], Buffer.from(recording.identity));
  expect(await app.unlock({ recipients: [own] }, keyFile)).toBe(recording.identity);
  await expect(command.unlock({ recipients: [own] }, keyFile)).rejects.toMatchObject({
    code: 'recording-locked',
    hint: expect.stringMatching(
      /^The desktop app has keys of its own, locked in the system's keychain: .* add /,
    ),
  });
});

test('keys that several processes make at once are all kept, and a lock that a dead one left is not waited for', async () => {
  const folder = await makeCastFolder();
  const left = join(folder, 'age-identities.lock');
  await writeFile(left, '');
  await utimes(left, 0, 0);
  const processes = Array.from({ length: 6 }, () =>
    createDecryptionKeys({ folder, clock: createSystemClock() }),
  );
  const made = await Promise.all(processes.map(async (keys) => (await keys.create()).recipient));
  expect([...((await processes[0]?.recipients()) ?? [])].sort()).toEqual(made.sort());
  expect(await readdir(folder)).toEqual(['age-identities']);
});

test('a vault that locks otherwise by now has its file renewed, once, and loses nothing', async () => {
  const folder = await makeCastFolder();
  let round = 1;
  let renewals = 0;
  const vault: KeyVault = {
    suffix: '.keychain',
    place: 'keyring',
    lock: async (secret) => `${round} ${Buffer.from(secret).toString('hex')}`,
    unlock: async (stored) => Buffer.from(stored.slice(2), 'hex').toString(),
    async renew(stored) {
      renewals += 1;
      return stored.startsWith(`${round} `) ? undefined : `${round}${stored.slice(1)}`;
    },
  };
  const clock = createSystemClock();
  const { recipient } = await createDecryptionKeys({ folder, clock, vault }).create();
  round = 2;
  const keys = createDecryptionKeys({ folder, clock, vault });
  renewals = 0;
  expect(await keys.recipients()).toEqual([recipient]);
  const other = await keys.create();
  expect(await readFile(join(folder, 'age-identities.keychain'), 'utf8')).toMatch(/^2 /);
  expect(await keys.recipients()).toEqual([recipient, other.recipient]);
  expect(renewals).toBe(1);
});
