/** Recordings that were cut off by a crash and mended since the app was started. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { RecoveryInfo } from '../preload/contract-recovery.ts';
import type { CoreClient } from './core-client.ts';

export interface RecoveryStore {
  /** Those that nobody has dismissed in this window. */
  readonly found: ReadonlySignal<readonly RecoveryInfo[]>;
  dismiss(): void;
  load(): Promise<void>;
  end(): void;
}

export function createRecoveryStore(client: CoreClient): RecoveryStore {
  const found = signal<readonly RecoveryInfo[]>([]);
  const stop = client.on('library.recovered', (recovery) => add([recovery]));

  /** Told by the event and by the answer, each counts once. */
  function add(more: readonly RecoveryInfo[]): void {
    const known = new Set(found.value.map(({ recordingId }) => recordingId));
    found.value = [...found.value, ...more.filter(({ recordingId }) => !known.has(recordingId))];
  }

  return {
    found,
    dismiss() {
      found.value = [];
    },
    async load() {
      add(await client.call('library.recoveries', {}));
    },
    end: stop,
  };
}
