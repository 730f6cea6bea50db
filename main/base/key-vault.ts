import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from './atomic-file.ts';

/** Keeps secret keys where only this user can use them. */
export interface KeyVault {
  /** Ends the names of its files: what one vault has locked no other opens. */
  readonly suffix: string;
  readonly place: KeyPlace;
  /** What is stored in the file instead of the secret text. */
  lock(secret: string): Promise<string>;
  /** Rejects where it was locked elsewhere, or the user refuses. */
  unlock(stored: string): Promise<string>;
  /** What is to be stored instead, where it locks otherwise by now; undefined where all is well. */
  renew?(stored: string): Promise<string | undefined>;
}

/** `files`: nothing but their mode keeps them. `keyring`: one of Linux' that does not say which it is. */
export type KeyPlace = 'files' | 'macos-keychain' | 'windows-dpapi' | 'gnome-keyring' | 'kwallet' | 'keyring';

/** Where there is no other, a file of mode 0600 is all that keeps a key. */
export const openVault: KeyVault = {
  suffix: '',
  place: 'files',
  lock: async (secret) => secret,
  unlock: async (stored) => stored,
};

const LOCKERS: Readonly<Record<KeyPlace, string>> = {
  files: 'nothing',
  'macos-keychain': 'the macOS Keychain',
  'windows-dpapi': 'Windows (DPAPI)',
  'gnome-keyring': 'the GNOME keyring',
  kwallet: 'KWallet',
  keyring: 'the keyring of this session',
};

/** `: KWallet does not open it`, to follow what could not be done; empty where nothing has locked it. */
export function describeLocker({ place }: KeyVault): string {
  return place === 'files' ? '' : `: ${LOCKERS[place]} does not open it`;
}

/** Locks a file anew where its vault wants that. Nobody else may be writing it. */
export async function renewFile(vault: KeyVault, path: string): Promise<void> {
  const next = await vault.renew?.(await readFile(path, 'utf8'));
  if (next !== undefined) await writeFileAtomically(path, next);
}
