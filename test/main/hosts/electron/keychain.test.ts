import { createCipheriv, createDecipheriv } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Keychain, openKeychain } from '../../../../main/hosts/electron/keychain.ts';
import { createSigningKeys } from '../../../../main/recording/signing-keys.ts';
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
    'cannot be read',
  );
});

test('a keychain that is not there, or whose password is known to all, is none', async () => {
  const none = createKeychain({ isAsyncEncryptionAvailable: async () => false });
  expect(await openKeychain(none, 'win32')).toBeUndefined();
  const basic = createKeychain({ getSelectedStorageBackend: () => 'basic_text' });
  expect(await openKeychain(basic, 'linux')).toBeUndefined();
  expect(await openKeychain(basic, 'darwin')).toMatchObject({ suffix: '.keychain' });
});
