/** What of encryption the settings say, and what each key is good for. */
import type { AppInfo } from '../../preload/contract.ts';
import type { Tone } from '../ui/status-dot.tsx';

export interface EncryptionWords {
  readonly tone: Tone;
  readonly line: string;
}

/** Where other places of the page lead to. */
export const SECRET_KEY_FIELD: string = 'encryption-secret';

/** Of age, X25519. The core looks closer. */
const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/;

/** `keys` are those whose secret halves are here; undefined: not known yet. */
export function describeEncryption(
  recipients: readonly string[],
  keys: ReadonlySet<string> | undefined,
): EncryptionWords {
  if (recipients.length === 0) return { tone: 'quiet', line: 'Off: recordings are in the clear.' };
  if (!recipients.every((recipient) => RECIPIENT.test(recipient))) {
    return { tone: 'lost', line: 'Nothing is recorded while one of these is no key. Remove it.' };
  }
  const on = 'On, for sessions that are opened from now on.';
  if (!keys) return { tone: 'quiet', line: on };
  if (recipients.some((recipient) => keys.has(recipient))) {
    return { tone: 'live', line: `${on} They can be replayed here.` };
  }
  return {
    tone: 'owed',
    line: `${on} They cannot be replayed here: the secret key of none of these is here.`,
  };
}

/** Of one public key. */
export function describeKey(recipient: string, keys: ReadonlySet<string> | undefined): string {
  if (!RECIPIENT.test(recipient)) return 'no key';
  if (!keys) return '';
  return keys.has(recipient) ? 'secret key is here' : 'secret key is elsewhere';
}

export function describeAdded(added: readonly string[]): string {
  if (added.length === 0) return 'It was here already.';
  return added.length === 1
    ? 'Added. What is encrypted to it can be replayed here.'
    : `${added.length} keys were added. What is encrypted to them can be replayed here.`;
}

const USER_FILES =
  'in files that only your user can read; your other programs can, too, and so can whoever has the disk';

const PLACES: Readonly<Record<AppInfo['keyPlace'], string>> = {
  files: `They stand ${USER_FILES}.`,
  'macos-keychain':
    'The macOS Keychain locks them: other users cannot open them, and other programs of yours have to ask you.',
  'windows-dpapi': 'Windows (DPAPI) locks them: other users cannot open them, other programs of yours can.',
  'gnome-keyring':
    'The GNOME keyring locks them: nobody opens them while it is locked; while it is open, other programs of yours can.',
  kwallet:
    'KWallet locks them: nobody opens them while it is locked; while it is open, other programs of yours can.',
  keyring:
    'The keyring of your session locks them: nobody opens them while it is locked; while it is open, other programs of yours can.',
};

/** Where secret keys are kept, the one that seals recordings as well, and what that keeps off. */
export function describeKeyPlace({ keyPlace, host }: Pick<AppInfo, 'keyPlace' | 'host'>): string {
  if (keyPlace !== 'files') return PLACES[keyPlace];
  return host === 'electron'
    ? `There is no keychain here that protects anything: they stand ${USER_FILES}.`
    : `${PLACES.files} Those that the desktop app keeps in a keychain are not opened here.`;
}
