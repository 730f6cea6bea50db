// covers: main/base/key-vault.ts
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openVault } from '../../../../main/base/key-vault.ts';
import { createSigningKeys } from '../../../../main/recording/integrity/signing-keys.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';

async function makeFolder(): Promise<string> {
  return join(await makeCastFolder(), 'keys');
}

test('the first key is made when it is needed, for this user alone, and is the same after a restart', async () => {
  const folder = await makeFolder();
  const keys = createSigningKeys({ folder });
  const [first, again] = await Promise.all([keys.signer(), keys.signer()]);
  expect(again).toBe(first);
  const names = await readdir(folder);
  expect(names.sort()).toEqual([`${first.keyId}.pub.pem`, 'signing-key'].sort());
  for (const name of names) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  expect((await createSigningKeys({ folder }).signer()).keyId).toBe(first.keyId);
});

test('after a rotation another key signs, and the old one is still known', async () => {
  const folder = await makeFolder();
  const keys = createSigningKeys({ folder });
  const old = await keys.signer();
  const fresh = await keys.rotate();
  expect(fresh.keyId).not.toBe(old.keyId);
  expect((await keys.signer()).keyId).toBe(fresh.keyId);
  expect(await createSigningKeys({ folder }).knownKeyIds()).toEqual(new Set([old.keyId, fresh.keyId]));
});

test('a public key counts as what it is, not as what its file is called', async () => {
  const folder = await makeFolder();
  const keys = createSigningKeys({ folder });
  const { keyId, publicKeyPem } = await keys.signer();
  await rm(join(folder, `${keyId}.pub.pem`));
  await writeFile(join(folder, 'f00.pub.pem'), publicKeyPem);
  await writeFile(join(folder, 'torn.pub.pem'), publicKeyPem.slice(0, 40));
  expect(await keys.knownKeyIds()).toEqual(new Set([keyId]));
});

test('with a vault the file holds nothing that signs', async () => {
  const folder = await makeFolder();
  const vault = {
    suffix: '.locked',
    place: 'keyring' as const,
    lock: async (pem: string) => Buffer.from(pem).toString('hex'),
    unlock: async (stored: string) => Buffer.from(stored, 'hex').toString(),
  };
  const { keyId } = await createSigningKeys({ folder, vault }).signer();
  expect(await readFile(join(folder, 'signing-key.locked'), 'utf8')).not.toContain('PRIVATE KEY');
  expect((await createSigningKeys({ folder, vault }).signer()).keyId).toBe(keyId);
});

test('who has a vault and who has none sign with keys of their own, and one rotation replaces both', async () => {
  const folder = await makeFolder();
  const vault = { ...openVault, suffix: '.locked' };
  const locked = await createSigningKeys({ folder, vault }).signer();
  const open = createSigningKeys({ folder });
  const old = await open.signer();
  expect(old.keyId).not.toBe(locked.keyId);
  const fresh = await open.rotate();
  const lockedAfter = await createSigningKeys({ folder, vault }).signer();
  const ids = [old, locked, fresh, lockedAfter].map(({ keyId }) => keyId);
  expect(new Set(ids).size).toBe(4);
  expect(await open.knownKeyIds()).toEqual(new Set(ids));
});

test('a key that cannot be read is told, not replaced', async () => {
  const folder = await makeFolder();
  await createSigningKeys({ folder }).signer();
  await writeFile(join(folder, 'signing-key'), 'torn');
  await expect(createSigningKeys({ folder }).signer()).rejects.toMatchObject({
    code: 'recording-failed',
    message: expect.stringContaining(folder),
  });
  expect(await readFile(join(folder, 'signing-key'), 'utf8')).toBe('torn');
});
