import type { SafeStorage } from 'electron';
import type { KeyPlace, KeyVault } from '../../base/key-vault.ts';

/** What of Electron's `safeStorage` is used. */
export type Keychain = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>;

/**
 * Keys locked by the operating system's keychain. Undefined where there is none, or (on Linux without a password
 * manager) only one whose password everybody knows. To be called once the app is ready.
 */
export async function openKeychain(
  keychain: Keychain,
  platform: NodeJS.Platform,
): Promise<KeyVault | undefined> {
  if (!(await keychain.isAsyncEncryptionAvailable())) return undefined;
  if (platform === 'linux' && keychain.getSelectedStorageBackend() === 'basic_text') return undefined;
  return {
    suffix: '.keychain',
    place: findPlace(keychain, platform),
    lock: async (secret) => (await keychain.encryptStringAsync(secret)).toString('base64'),
    unlock: async (stored) => (await keychain.decryptStringAsync(Buffer.from(stored, 'base64'))).result,
    async renew(stored) {
      const { result, shouldReEncrypt } = await keychain.decryptStringAsync(Buffer.from(stored, 'base64'));
      return shouldReEncrypt ? (await keychain.encryptStringAsync(result)).toString('base64') : undefined;
    },
  };
}

function findPlace(keychain: Keychain, platform: NodeJS.Platform): KeyPlace {
  if (platform === 'darwin') return 'macos-keychain';
  if (platform === 'win32') return 'windows-dpapi';
  const backend = keychain.getSelectedStorageBackend();
  if (backend === 'gnome_libsecret') return 'gnome-keyring';
  return backend.startsWith('kwallet') ? 'kwallet' : 'keyring';
}
