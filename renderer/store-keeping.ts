/** What is said of recordings, what they take of the disk, and which of them the rules let go. */
import type { AnnotationChange, Calls, RetentionRules } from '../preload/contract.ts';
import type { CoreClient } from './core-client.ts';

export type StorageUse = Calls['library.storage']['output'];
export type PruneReport = Calls['library.prune']['output'];

/** All of them reject where the core does. */
export interface Keeping {
  /** `onChanged` hears how many have been changed so far. */
  annotate(
    recordingIds: readonly string[],
    change: AnnotationChange,
    onChanged?: (count: number) => void,
  ): Promise<void>;
  storage(): Promise<StorageUse>;
  /** What these rules would let go now. */
  preview(rules: RetentionRules): Promise<PruneReport>;
  /** Lets go now what the rules of the settings name. */
  prune(): Promise<PruneReport>;
}

/** In one call: what takes longer than a moment tells how far it is. */
const CHANGED_TOGETHER = 50;

export function createKeeping(client: Pick<CoreClient, 'call'>): Keeping {
  return {
    async annotate(recordingIds, change, onChanged = () => {}) {
      for (let start = 0; start < recordingIds.length; start += CHANGED_TOGETHER) {
        const some = recordingIds.slice(start, start + CHANGED_TOGETHER);
        await client.call('library.annotate', { recordingIds: some, change });
        onChanged(start + some.length);
      }
    },
    storage: () => client.call('library.storage', {}),
    preview: (rules) => client.call('library.prune', { isDryRun: true, rules }),
    prune: () => client.call('library.prune', { isDryRun: false }),
  };
}
