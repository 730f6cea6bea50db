/** What is owed to recorders, as the core tells it, and what is done about it. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { ProblemInfo } from '../preload/contract.ts';
import type {
  RecorderChoice,
  UploadChange,
  UploadJobInfo,
  UploadState,
  UploadTrial,
} from '../preload/contract-uploads.ts';
import type { CoreClient } from './core-client.ts';
import { problemOf } from './problem.ts';
import { openTab } from './store-tabs.ts';
import type { ViewStore } from './store-view.ts';

/** A recording that no recorder has. */
export type OwedRecording =
  | { readonly kind: 'job'; readonly recordingId: string; readonly job: UploadJobInfo }
  /** What was known of it cannot be read. */
  | {
      readonly kind: 'unreadable';
      readonly recordingId: string;
      readonly path: string;
      readonly reason: string;
    };

export interface UploadStore {
  /** By recording, also of those that are being made. Undefined until the core has answered. */
  readonly owed: ReadonlySignal<ReadonlyMap<string, OwedRecording> | undefined>;
  /** Those that are not being made any more, the longest owed first. */
  readonly queue: ReadonlySignal<readonly OwedRecording[]>;
  /** Why nobody knows what is owed. */
  readonly problem: ReadonlySignal<ProblemInfo | undefined>;
  /** Asks anew. What fails is the `problem`; it never rejects. */
  load(): Promise<void>;
  /** All others reject where the core does. */
  get(recordingId: string): Promise<UploadState>;
  /** Tries them now; all that are owed where none is named. */
  retry(recordingIds?: readonly string[]): Promise<void>;
  /** They are owed no longer, though no recorder has them. */
  drop(recordingIds: readonly string[]): Promise<void>;
  test(recorder: RecorderChoice): Promise<UploadTrial>;
  end(): void;
}

type Owed = ReadonlyMap<string, OwedRecording>;

export function createUploadStore(client: CoreClient): UploadStore {
  const owed = signal<Owed | undefined>(undefined);
  const problem = signal<ProblemInfo | undefined>(undefined);
  /** Told before the list had come. */
  const early: UploadChange[] = [];

  const stop = client.on('uploads.changed', (change) => {
    if (owed.value) owed.value = withChanges(owed.value, [change]);
    else early.push(change);
  });

  return {
    owed,
    problem,
    queue: computed(() => [...(owed.value?.values() ?? [])].filter(isQueued).sort(compareOwed)),
    async load() {
      owed.value = undefined;
      early.length = 0;
      try {
        const { jobs, unreadable } = await client.call('uploads.list', {});
        const listed = [
          ...jobs.map((job): OwedRecording => ({ kind: 'job', recordingId: job.recordingId, job })),
          ...unreadable.map((one): OwedRecording => ({ kind: 'unreadable', ...one })),
        ];
        const byId = new Map(listed.map((one) => [one.recordingId, one]));
        owed.value = withChanges(byId, early.splice(0));
        problem.value = undefined;
      } catch (error) {
        problem.value = problemOf(error);
      }
    },
    get: (recordingId) => client.call('uploads.get', { recordingId }),
    async retry(recordingIds) {
      await client.call('uploads.retry', recordingIds ? { recordingIds } : {});
    },
    async drop(recordingIds) {
      await client.call('uploads.drop', { recordingIds });
    },
    test: (recorder) => client.call('uploads.test', { recorder }),
    end: stop,
  };
}

function withChanges(owed: Owed, changes: readonly UploadChange[]): Owed {
  const next = new Map(owed);
  for (const change of changes) {
    if (change.kind === 'removed') next.delete(change.recordingId);
    else {
      const { recordingId } = change.job;
      next.set(recordingId, { kind: 'job', recordingId, job: change.job });
    }
  }
  return next;
}

function isQueued(one: OwedRecording): boolean {
  return one.kind === 'unreadable' || one.job.state.kind !== 'recording';
}

/** Nobody knows since when one is owed that cannot be read: it stands first. */
function compareOwed(a: OwedRecording, b: OwedRecording): number {
  return sinceOf(a) - sinceOf(b) || (a.recordingId < b.recordingId ? -1 : 1);
}

function sinceOf(one: OwedRecording): number {
  return one.kind === 'job' ? one.job.owedSinceMs : 0;
}

/** What fails is said; none of them throws. */
export interface UploadDeeds {
  retryUploads(recordingIds?: readonly string[]): Promise<void>;
  dropUpload(recordingId: string): Promise<void>;
  /** Shows the queue, at one of its recordings. */
  openUploads(recordingId?: string): void;
}

export interface UploadDeedsNeeds {
  readonly uploads: Pick<UploadStore, 'retry' | 'drop'>;
  readonly view: Pick<ViewStore, 'tabs' | 'shownUpload' | 'say'>;
  tell(title: string, deed: () => Promise<void>): Promise<void>;
}

export function createUploadDeeds({ uploads, view, tell }: UploadDeedsNeeds): UploadDeeds {
  return {
    retryUploads: (recordingIds) => tell('The delivery was not tried', () => uploads.retry(recordingIds)),
    dropUpload: (recordingId) =>
      tell('The delivery was not dropped', async () => {
        await uploads.drop([recordingId]);
        view.say('quiet', 'Dropped: no recorder has that recording, and it is not tried again');
      }),
    openUploads(recordingId) {
      if (recordingId !== undefined) view.shownUpload.value = recordingId;
      view.tabs.value = openTab(view.tabs.value, { kind: 'uploads' });
    },
  };
}
