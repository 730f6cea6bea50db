/** What a stage with the library says of tags and storage. In the browser. */
import type { Signal } from '@preact/signals';
import type { RecordingInfo } from '../../preload/contract.ts';
import type { Keeping, StorageUse } from '../../renderer/store-keeping.ts';
import { annotated } from './recording-info.ts';

export interface StageKeeping {
  readonly keeping: Pick<Keeping, 'annotate' | 'storage'>;
  /** Changes what the core says from now on; a text is why it says nothing. */
  refuse(reason: string | undefined): void;
  use(changes: Partial<StorageUse>): void;
  /** The first measuring takes until it is let go, each after it for ever. */
  hold(): void;
  release(): void;
  /** How often it was asked for. */
  measurings(): number;
}

export function createStageKeeping(
  recordings: Signal<ReadonlyMap<string, RecordingInfo> | undefined>,
  deeds: string[],
): StageKeeping {
  let refusal: string | undefined;
  let changed: Partial<StorageUse> = {};
  let held: PromiseWithResolvers<void> | undefined;
  let measurings = 0;
  return {
    keeping: {
      async annotate(recordingIds, change, onChanged) {
        deeds.push(`annotate ${recordingIds.join(' ')} ${JSON.stringify(change)}`);
        if (refusal !== undefined) throw new Error(refusal);
        const next = new Map(recordings.value);
        for (const id of recordingIds) {
          const recording = next.get(id);
          if (recording) next.set(id, annotated(recording, change));
        }
        recordings.value = next;
        onChanged?.(recordingIds.length);
      },
      async storage() {
        if (refusal !== undefined) throw new Error(refusal);
        const count = recordings.value?.size ?? 0;
        measurings += 1;
        if (held) await (measurings === 1 ? held.promise : new Promise(() => {}));
        const bytes = { recordingBytes: count * 240e6, cacheBytes: 3e6, freeBytes: 48e9 };
        return { recordings: count, ...bytes, ...changed };
      },
    },
    refuse(reason) {
      refusal = reason;
    },
    use(changes) {
      changed = changes;
    },
    hold() {
      held = Promise.withResolvers();
    },
    release() {
      held?.resolve();
    },
    measurings: () => measurings,
  };
}
