import { AppError } from '../../base/errors.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Lifetime } from '../../base/lifetime.ts';
import { createTurns } from '../../base/turns.ts';
import type { Library } from '../../library/library.ts';
import type { Recording } from '../../library/recording.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import type { RecordingOwner } from '../../recording/recording.ts';
import { createJob, hastenJob, releaseJob, type UploadJob, type UploadReceipt } from './upload-job.ts';
import type { ActiveDelivery } from './upload-round.ts';
import type { UnreadableJob, UploadStore } from './upload-store.ts';

/** What people see of what is owed, and what they can do about it. */
export interface UploadDesk {
  /** As it is on the disk now, the longest owed first. */
  list(): Promise<UploadListing>;
  get(recordingId: string): Promise<UploadStanding>;
  /** They are due now, all that are owed where none is named; resolves with which. Rejects with `not-found`. */
  retry(recordingIds?: readonly string[]): Promise<readonly string[]>;
  /** They are owed no longer, and nothing was delivered. Rejects with `not-found`. */
  drop(recordingIds: readonly string[]): Promise<void>;
  /** What is owed is different, or on its way; of the latter about once a second. */
  readonly onChanged: Event<UploadChange>;
  /** Told by who delivers. */
  noteDelivering(recordingId: string, delivery: ActiveDelivery | undefined): void;
}

export interface UploadListing {
  readonly jobs: readonly StandingJob[];
  readonly unreadable: readonly UnreadableJob[];
}

export interface StandingJob {
  readonly job: UploadJob;
  readonly state: JobState;
}

export type JobState =
  /** Who makes it delivers it, meanwhile or after its end. */
  | { readonly kind: 'recording' }
  | {
      readonly kind: 'delivering';
      readonly recorder: RecorderAddress;
      readonly sentBytes: number;
      readonly totalBytes: number;
    }
  | { readonly kind: 'waiting'; readonly nextTryAtMs: number }
  /** Somebody has to change something. */
  | { readonly kind: 'stopped' };

export type UploadStanding =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'owed' } & StandingJob)
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'delivered'; readonly receipt: UploadReceipt };

export type UploadChange =
  | ({ readonly kind: 'put' } & StandingJob)
  | { readonly kind: 'removed'; readonly recordingId: string };

export interface UploadDeskNeeds {
  readonly clock: { nowMs(): number };
  readonly store: UploadStore;
  library(): Promise<Pick<Library, 'get'>>;
  /** As `RoundNeeds`. */
  recordersFor(recording: Recording): Promise<readonly RecorderAddress[]>;
  readonly owner: { describe(): RecordingOwner; isAlive(owner: RecordingOwner): boolean };
}

const PARALLEL_READS = 16;
/** How often a delivery that goes on is news. */
const PROGRESS_MS = 1_000;

export function createUploadDesk(needs: UploadDeskNeeds, life: Lifetime): UploadDesk {
  const { clock, store } = needs;
  const changed = createEmitter<UploadChange>();
  const turns = createTurns();
  const active = new Map<string, { readonly delivery: ActiveDelivery; readonly toldAtMs: number }>();

  function judge(job: UploadJob): JobState {
    const delivery = active.get(job.recordingId)?.delivery;
    if (delivery) {
      const { upload, sentBytes, totalBytes } = delivery;
      return { kind: 'delivering', recorder: upload.recorder, sentBytes, totalBytes };
    }
    if (job.owner && needs.owner.isAlive(job.owner)) return { kind: 'recording' };
    return job.next.kind === 'user' ? { kind: 'stopped' } : { kind: 'waiting', nextTryAtMs: job.next.atMs };
  }

  async function tell(recordingId: string): Promise<void> {
    if (changed.listenerCount === 0) return;
    await turns.take(async () => {
      const job = await store.read(recordingId).catch(() => undefined);
      if (job) changed.fire({ kind: 'put', job, state: judge(job) });
      else changed.fire({ kind: 'removed', recordingId });
    });
  }

  // Not awaited: it never rejects.
  life.own(store.onChanged((recordingId) => void tell(recordingId)));

  async function checkOwed(recordingIds: readonly string[]): Promise<void> {
    await store.refresh();
    const unknown = recordingIds.find((recordingId) => !store.isOwed(recordingId));
    if (unknown !== undefined) {
      throw new AppError('not-found', `the recording ${unknown} is not owed to a recorder`);
    }
  }

  async function retryOne(recordingId: string): Promise<void> {
    const job = await store.change(recordingId, (owed) => hastenJob(owed, clock.nowMs()));
    // It may have arrived, or been dropped, since it was looked at.
    if (!job && store.isOwed(recordingId)) await beginAnew(recordingId);
  }

  /** What was known of it cannot be read: by the policy, and as if all of it may have arrived. */
  async function beginAnew(recordingId: string): Promise<void> {
    const recorders = await needs.recordersFor(await (await needs.library()).get(recordingId));
    if (recorders.length === 0) {
      throw new AppError('not-found', `the policy names no recorder for the recording ${recordingId} now`, {
        hint: 'Name one in the policy, or drop what is owed of it.',
      });
    }
    const facts = { nowMs: clock.nowMs(), owner: needs.owner.describe() };
    const job = releaseJob(createJob(recordingId, recorders, facts));
    await store.create({ ...job, isBegun: true, sentTo: recorders.map(({ url }) => url) });
  }

  return {
    async list() {
      await store.refresh();
      const jobs: StandingJob[] = [];
      const waiting = store.ids().values();
      await Promise.all(
        Array.from({ length: PARALLEL_READS }, async () => {
          for (const recordingId of waiting) {
            const job = await store.read(recordingId);
            if (job) jobs.push({ job, state: judge(job) });
          }
        }),
      );
      jobs.sort((a, b) => compareOwed(a.job, b.job));
      return { jobs, unreadable: await store.listUnreadable() };
    },
    async get(recordingId) {
      await store.refresh();
      const job = await store.read(recordingId);
      if (job) return { kind: 'owed', job, state: judge(job) };
      const receipt = await store.readReceipt(recordingId);
      if (receipt) return { kind: 'delivered', receipt };
      const unreadable = (await store.listUnreadable()).find((one) => one.recordingId === recordingId);
      return unreadable ? { kind: 'unreadable', reason: unreadable.reason } : { kind: 'none' };
    },
    async retry(recordingIds) {
      await checkOwed(recordingIds ?? []);
      const wanted = recordingIds ?? store.ids();
      for (const recordingId of wanted) await retryOne(recordingId);
      return wanted;
    },
    async drop(recordingIds) {
      await checkOwed(recordingIds);
      for (const recordingId of recordingIds) await store.drop(recordingId);
    },
    onChanged: changed.event,
    noteDelivering(recordingId, delivery) {
      const nowMs = clock.nowMs();
      const known = active.get(recordingId);
      const isNews = !known || !delivery || Math.abs(nowMs - known.toldAtMs) >= PROGRESS_MS;
      if (delivery) active.set(recordingId, { delivery, toldAtMs: isNews ? nowMs : known.toldAtMs });
      else active.delete(recordingId);
      // Not awaited: it never rejects.
      if (isNews) void tell(recordingId);
    },
  };
}

function compareOwed(a: UploadJob, b: UploadJob): number {
  return a.owedSinceMs - b.owedSinceMs || (a.recordingId < b.recordingId ? -1 : 1);
}
