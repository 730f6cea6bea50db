/** What is done with many recordings at once. What fails is said, and keeps none of the others from it. */
import type { ProblemInfo } from '../preload/contract.ts';
import type { CoreClient } from './core-client.ts';
import { problemOf } from './problem.ts';
import type { Keeping } from './store-keeping.ts';
import type { ViewStore } from './store-view.ts';
import { formatCount } from './ui/format.ts';

export interface LibraryDeeds {
  /** Deletes them for good. */
  removeRecordings(recordingIds: readonly string[]): Promise<void>;
  /** Keeps them whatever the rules say, or does not any more. */
  pinRecordings(recordingIds: readonly string[], isPinned: boolean): Promise<void>;
}

export interface LibraryDeedsNeeds {
  readonly client: Pick<CoreClient, 'call'>;
  readonly keeping: Pick<Keeping, 'annotate'>;
  readonly view: Pick<ViewStore, 'say'>;
}

export function createLibraryDeeds({ client, keeping, view }: LibraryDeedsNeeds): LibraryDeeds {
  return {
    async removeRecordings(recordingIds) {
      const problems: ProblemInfo[] = [];
      // One after the other: a page has only so many calls under way.
      for (const recordingId of recordingIds) {
        try {
          await client.call('library.remove', { recordingId });
        } catch (error) {
          problems.push(problemOf(error));
        }
      }
      const [first] = problems;
      if (first) view.say('lost', describeKept(problems.length, recordingIds.length), first);
      else if (recordingIds.length > 1) {
        view.say('quiet', `Deleted ${formatCount(recordingIds.length, 'recording')}`);
      }
    },
    async pinRecordings(recordingIds, isPinned) {
      try {
        await keeping.annotate(recordingIds, { isPinned });
      } catch (error) {
        const what = recordingIds.length === 1 ? 'The recording was' : 'Not all recordings were';
        const deed = isPinned ? 'pinned' : 'unpinned';
        const title = recordingIds.length === 1 ? `${what} not ${deed}` : `${what} ${deed}`;
        view.say('lost', title, problemOf(error));
      }
    },
  };
}

function describeKept(kept: number, asked: number): string {
  if (asked === 1) return 'The recording was not removed';
  return `${kept} of ${formatCount(asked, 'recording')} ${kept === 1 ? 'was' : 'were'} not removed`;
}
