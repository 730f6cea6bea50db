/** The keys that open encrypted recordings here, as the core told them when it was last asked. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { CoreClient } from './core-client.ts';

export interface EncryptionStore {
  /** Public halves; undefined until the core has answered. */
  readonly keys: ReadonlySignal<ReadonlySet<string> | undefined>;
  /** Rejects where the keys cannot be read; so do the next two. */
  load(): Promise<void>;
  /** Makes a key. Its secret half is told this once. */
  newKey(): Promise<{ readonly recipient: string; readonly secret: string }>;
  /** Keeps the secret keys of a text; resolves with the public halves of those that are new. */
  addKeys(text: string): Promise<readonly string[]>;
}

export function createEncryptionStore(client: Pick<CoreClient, 'call'>): EncryptionStore {
  const keys = signal<ReadonlySet<string> | undefined>(undefined);

  async function load(): Promise<void> {
    keys.value = new Set(await client.call('encryption.keys', {}));
  }

  return {
    keys,
    load,
    async newKey() {
      const made = await client.call('encryption.newKey', {});
      await load();
      return made;
    },
    async addKeys(text) {
      const { added } = await client.call('encryption.addKeys', { text });
      await load();
      return added;
    },
  };
}
