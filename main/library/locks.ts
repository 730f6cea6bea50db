import type { Log } from '../base/log.ts';
import type { DecryptionKeys } from '../recording/encryption/decryption-keys.ts';
import type { Recording } from './recording.ts';

/** Which recordings are locked: it depends on the keys of this home, not on their files. */
export interface Locks {
  /**
   * Asks for the keys that there are now; resolves with whether they are others than before. Never rejects: where they
   * cannot be read, there are none.
   */
  refresh(): Promise<boolean>;
  /** The row as a caller is told it. */
  present(recording: Recording): Recording;
}

export function createLocks({
  keys,
  log,
}: {
  readonly keys: Pick<DecryptionKeys, 'recipients'> | undefined;
  readonly log: Log;
}): Locks {
  let own: ReadonlySet<string> = new Set();

  async function ask(): Promise<readonly string[]> {
    try {
      return (await keys?.recipients()) ?? [];
    } catch (error) {
      log.warn({ error: String(error) }, 'encrypted recordings stay locked');
      return [];
    }
  }

  return {
    async refresh() {
      const known = own;
      own = new Set(await ask());
      return known.symmetricDifference(own).size > 0;
    },
    present(recording) {
      const isOpen = recording.encryptedTo?.some((recipient) => own.has(recipient)) ?? true;
      return isOpen ? recording : { ...recording, isLocked: true };
    },
  };
}
