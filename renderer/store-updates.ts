/** Updates of the app, as the core tells them. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { UpdatesInfo } from '../preload/contract-updates.ts';
import type { CoreClient } from './core-client.ts';

export interface UpdateStore {
  /** Undefined until the core has answered. */
  readonly state: ReadonlySignal<UpdatesInfo | undefined>;
  check(): Promise<void>;
  download(): Promise<void>;
  /** Rejects while a shell is live. */
  install(): Promise<void>;
  load(): Promise<void>;
  end(): void;
}

/** The same as what a person asks for: what fails is said. */
export interface UpdateDeeds {
  lookAtUpdates(): Promise<void>;
  checkForUpdates(): Promise<void>;
  downloadUpdate(): Promise<void>;
  installUpdate(): Promise<void>;
}

export function createUpdateDeeds({
  updates,
  tell,
}: {
  readonly updates: UpdateStore;
  tell(title: string, deed: () => Promise<void>): Promise<void>;
}): UpdateDeeds {
  return {
    lookAtUpdates: () => tell('Nothing is known of updates', updates.load),
    checkForUpdates: () => tell('Updates could not be looked for', updates.check),
    downloadUpdate: () => tell('The update was not taken', updates.download),
    installUpdate: () => tell('Kubereel was not updated', updates.install),
  };
}

export function createUpdateStore(client: CoreClient): UpdateStore {
  const state = signal<UpdatesInfo | undefined>(undefined);
  const stop = client.on('updates.changed', (next) => {
    state.value = next;
  });
  return {
    state,
    async check() {
      state.value = await client.call('updates.check', {});
    },
    async download() {
      state.value = await client.call('updates.download', {});
    },
    async install() {
      await client.call('updates.install', {});
    },
    async load() {
      state.value = await client.call('updates.state', {});
    },
    end: stop,
  };
}
