import { createCipheriv, createDecipheriv } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Keychain, openKeychain } from '../../../../main/hosts/electron/keychain.ts';
import { createSigningKeys } from '../../../../main/recording/integrity/signing-keys.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';

/** Encrypts as the system's would, with bytes that are no text. */
function createKeychain(overrides: Partial<Keychain> = {}, password = 'k'.repeat(32)): Keychain {
  return {
    isAsyncEncryptionAvailable: async () => true,
    getSelectedStorageBackend: () => 'gnome_libsecret',
    async encryptStringAsync(text) {
      const cipher = createCipheriv('aes-256-gcm', password, Buffer.alloc(12));
      return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    },
    async decryptStringAsync(bytes) {
      const decipher = createDecipheriv('aes-256-gcm', password, Buffer.alloc(12), { authTagLength: 16 });
      decipher.setAuthTag(bytes.subarray(-16));
      const result = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString();
      return { result, shouldReEncrypt: false };
    },
    ...overrides,
  };
}

test('the signing key is locked by the keychain, and no other opens it', async () => {
  const folder = join(await makeCastFolder(), 'keys');
  const vault = await openKeychain(createKeychain(), 'darwin');
  const { keyId } = await createSigningKeys({ folder, ...(vault && { vault }) }).signer();
  expect(await readFile(join(folder, 'signing-key.keychain'), 'latin1')).toMatch(/^[\w+/]+=*$/);
  expect((await createSigningKeys({ folder, ...(vault && { vault }) }).signer()).keyId).toBe(keyId);

  const stranger = await openKeychain(createKeychain({}, 'x'.repeat(32)), 'darwin');
  await expect(createSigningKeys({ folder, ...(stranger && { vault: stranger }) }).signer()).rejects.toThrow(
    'cannot be read: the macOS Keychain does not open it',
  );
});

test('where it is said what locks, and a keychain that wants it locked anew gets that', async () => {
  const placeOf = async (backend: ReturnType<Keychain['getSelectedStorageBackend']>) =>
    (await openKeychain(createKeychain({ getSelectedStorageBackend: () => backend }), 'linux'))?.place;
  expect(await placeOf('gnome_libsecret')).toBe('gnome-keyring');
  expect(await placeOf('kwallet6')).toBe('kwallet');
  expect(await placeOf('unknown')).toBe('keyring');
  expect((await openKeychain(createKeychain(), 'win32'))?.place).toBe('windows-dpapi');

  const folder = join(await makeCastFolder(), 'keys');
  const plain = createKeychain();
  const { keyId } = await createSigningKeys({ folder, vault: await vaultOf(plain) }).signer();
  const stale = createKeychain({
    decryptStringAsync: async (bytes) => ({
      ...(await plain.decryptStringAsync(bytes)),
      shouldReEncrypt: true,
    }),
    encryptStringAsync: async () => Buffer.from('locked anew'),
  });
  expect((await createSigningKeys({ folder, vault: await vaultOf(stale) }).signer()).keyId).toBe(keyId);
  const stored = await readFile(join(folder, 'signing-key.keychain'), 'latin1');
  expect(Buffer.from(stored, 'base64').toString()).toBe('locked anew');
});

async function vaultOf(keychain: Keychain) {
  const vault = await openKeychain(keychain, 'darwin');
  if (!vault) throw new Error('there is no keychain');
  return vault;
}

test('a keychain that is not there, or whose password is known to all, is none', async () => {
  const none = createKeychain({ isAsyncEncryptionAvailable: async () => false });
  expect(await openKeychain(none, 'win32')).toBeUndefined();
  const basic = createKeychain({ getSelectedStorageBackend: () => 'basic_text' });
  expect(await openKeychain(basic, 'linux')).toBeUndefined();
  expect(await openKeychain(basic, 'darwin')).toMatchObject({ suffix: '.keychain' });
});
