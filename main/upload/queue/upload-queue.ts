import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../base/clock.ts';
import { toAppError } from '../../base/errors.ts';
import type { Lifetime } from '../../base/lifetime.ts';
import type { Log } from '../../base/log.ts';
import { type QueueLease, RENEW_MS } from './queue-lease.ts';
import { type AttemptNeeds, attemptDelivery } from './upload-attempt.ts';
import { hastenJob, type UploadJob } from './upload-job.ts';

/** Delivers what is owed, again and again until it has arrived. */
export interface UploadQueue {
  /** Until the lifetime ends, whenever no other process of this home does. Never rejects. */
  work(): Promise<void>;
  /** The policy has changed: what waits for somebody to change something may have that now. */
  reconsider(): void;
}

export interface UploadQueueNeeds extends AttemptNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly lease: QueueLease;
  /** Deletes what killed programs left behind. */
  sweep(): Promise<void>;
}

/** Deliveries at once; each holds a chunk and what its connection buffers. */
export const MAX_DELIVERIES: number = 4;
/** Files of jobs read at once, and before anything else has its turn. */
const PARALLEL_READS = 16;
const READ_BATCH = 256;
/** How soon it is looked whether a recording has ended whose program did not say so, as it may have died. */
const UNFINISHED_MS = 30_000;

interface Planned {
  readonly job: UploadJob;
  /** Unix milliseconds; infinite where it waits for somebody. */
  readonly atMs: number;
  /** The same for all that are owed to the same recorders in the same order. */
  readonly route: string;
}

export function createUploadQueue(needs: UploadQueueNeeds, life: Lifetime): UploadQueue {
  const { clock, log, store, gates, lease } = needs;
  const { signal } = life;
  const plan = new Map<string, Planned>();
  /** To be read (again). */
  const stale = new Set<string>();
  /** Not before then, whatever their files say. */
  const delays = new Map<string, number>();
  /** Where each delivery that is under way went first. */
  const running = new Map<string, string | undefined>();
  const rounds = new Set<Promise<void>>();
  let wake = Promise.withResolvers<void>();
  let mustReconsider = false;
  let policyChanges = 0;

  function noteChange(recordingId: string): void {
    stale.add(recordingId);
    delays.delete(recordingId);
    wake.resolve();
  }

  async function readStale(): Promise<void> {
    const some = [...stale].slice(0, READ_BATCH).values();
    await Promise.all(
      Array.from({ length: PARALLEL_READS }, async () => {
        for (const recordingId of some) {
          stale.delete(recordingId);
          await readOne(recordingId);
        }
      }),
    );
  }

  async function readOne(recordingId: string): Promise<void> {
    try {
      const job = await store.read(recordingId);
      const known = plan.get(recordingId)?.job;
      plan.delete(recordingId);
      if (!job) return;
      // Somebody wants it tried now: so are the recorders that would be left alone.
      if (isHastened(job, known)) job.recorders.forEach(gates.open);
      const atMs = job.next.kind === 'at' ? job.next.atMs : Number.POSITIVE_INFINITY;
      plan.set(recordingId, { job, atMs, route: job.recorders.map(({ url }) => url).join(' ') });
    } catch (error) {
      log.warn({ recording: recordingId, error: String(error) }, 'what is owed of a recording was not read');
    }
  }

  /** Starts what is due and may start; returns when to look again at the latest. */
  function startDue(): number {
    const nowMs = clock.nowMs();
    let nextMs = nowMs + RENEW_MS;
    // Ten thousand are mostly owed to the same few.
    const firsts = new Map<string, FirstRecorder>();
    for (const [recordingId, { job, atMs, route }] of plan) {
      if (running.size >= MAX_DELIVERIES) break;
      if (running.has(recordingId)) continue;
      const dueMs = Math.max(atMs, delays.get(recordingId) ?? 0);
      if (dueMs > nowMs) {
        nextMs = Math.min(nextMs, dueMs);
        continue;
      }
      const first = firsts.get(route) ?? findFirst(job);
      firsts.set(route, first);
      if (first.kind === 'held') nextMs = Math.min(nextMs, first.untilMs);
      if (first.kind !== 'free') continue;
      start(recordingId, first.url);
      firsts.clear();
    }
    return nextMs;
  }

  /** The recorder that it would go to. Who takes nothing later is passed over, as in the try itself. */
  function findFirst({ recorders }: UploadJob): FirstRecorder {
    const takers = recorders.filter((recorder) => needs.clientFor(recorder).takesLater);
    if (takers.length === 0) return { kind: 'free', url: undefined };
    const open = takers.find((recorder) => !gates.isHeld(recorder));
    if (!open) return { kind: 'held', untilMs: Math.min(...takers.map(gates.heldUntilMs)) };
    const isTaken = gates.isBusy(open) || running.values().some((url) => url === open.url);
    return isTaken ? { kind: 'busy' } : { kind: 'free', url: open.url };
  }

  function start(recordingId: string, url: string | undefined): void {
    running.set(recordingId, url);
    const policyOfThen = policyChanges;
    const round = tryOne(recordingId).finally(() => {
      // What the policy said when it began may be why it failed.
      if (policyOfThen !== policyChanges) mustReconsider = true;
      running.delete(recordingId);
      rounds.delete(round);
      stale.add(recordingId);
      wake.resolve();
    });
    rounds.add(round);
  }

  /** Never rejects. */
  async function tryOne(recordingId: string): Promise<void> {
    try {
      const outcome = await attemptDelivery(needs, recordingId, { signal });
      if (outcome.kind === 'delivered') bringForward(outcome.receipt.recorder.url);
      if (outcome.kind === 'unfinished') delays.set(recordingId, clock.nowMs() + UNFINISHED_MS);
    } catch (error) {
      if (signal.aborted) return;
      // The folder of uploads cannot be written to, most likely, and then it will not be at once either.
      delays.set(recordingId, clock.nowMs() + UNFINISHED_MS);
      log.error({ recording: recordingId, error: toAppError(error).message }, 'a delivery came to nothing');
    }
  }

  /** A recorder is there again: what only waits for that waits no longer. */
  function bringForward(url: string): void {
    for (const [recordingId, { job, route }] of plan) {
      const isWaiting = job.next.kind === 'at' && job.answers.length > 0;
      const isBlameless = job.answers.every(({ code }) => code === 'recorder-unreachable');
      if (isWaiting && isBlameless && job.recorders.some((recorder) => recorder.url === url)) {
        plan.set(recordingId, { job, route, atMs: clock.nowMs() });
      }
    }
  }

  /** Until the lifetime ends, or another process has the lease. */
  async function workLeased(): Promise<void> {
    plan.clear();
    for (const recordingId of store.ids().toSorted()) stale.add(recordingId);
    let renewAtMs = clock.nowMs() + RENEW_MS;
    mustReconsider = true;
    while (!signal.aborted) {
      wake = Promise.withResolvers();
      if (clock.nowMs() >= renewAtMs) {
        if (!(await lease.take())) return;
        renewAtMs = clock.nowMs() + RENEW_MS;
      }
      await readStale();
      const nextMs = startDue();
      if (stale.size > 0) continue;
      if (mustReconsider) {
        mustReconsider = false;
        await reconsiderStopped();
      }
      await waitUntil(Math.min(nextMs, renewAtMs));
    }
  }

  async function waitUntil(atMs: number): Promise<void> {
    const over = new AbortController();
    await Promise.race([wake.promise, pause(atMs - clock.nowMs(), AbortSignal.any([signal, over.signal]))]);
    over.abort();
  }

  /** Resolves when it is aborted, too. */
  async function pause(ms: number, until: AbortSignal): Promise<void> {
    try {
      await clock.sleep(Math.max(0, ms), { signal: until });
    } catch {
      // What comes next looks why.
    }
  }

  /** Never rejects. */
  async function reconsiderStopped(): Promise<void> {
    for (const [recordingId, { job }] of plan) {
      if (job.next.kind !== 'user' || signal.aborted) continue;
      try {
        const recording = await (await needs.library()).get(recordingId);
        const named = await needs.recordersFor(recording);
        if (named.length === 0 || isDeepStrictEqual(named, job.recorders)) continue;
        const nowMs = clock.nowMs();
        await store.change(recordingId, (owed) => hastenJob({ ...owed, recorders: named }, nowMs));
      } catch (error) {
        log.info({ recording: recordingId, error: String(error) }, 'what is owed stays as it is');
      }
    }
  }

  return {
    async work() {
      life.own(store.onChanged(noteChange));
      life.own(async () => {
        await Promise.all(rounds);
        await lease.release();
      });
      while (!signal.aborted) {
        try {
          if (await lease.take()) {
            await needs.sweep();
            await workLeased();
          }
        } catch (error) {
          if (!signal.aborted)
            log.error({ error: String(error) }, 'nothing that is owed is delivered just now');
        }
        await pause(RENEW_MS, signal);
      }
    },
    reconsider() {
      policyChanges += 1;
      mustReconsider = true;
      wake.resolve();
    },
  };
}

function isHastened({ failures, answers, next }: UploadJob, known: UploadJob | undefined): boolean {
  if (failures > 0) return false;
  return answers.length > 0 || (known !== undefined && !isDeepStrictEqual(known.next, next));
}

type FirstRecorder =
  | { readonly kind: 'free'; readonly url: string | undefined }
  | { readonly kind: 'busy' }
  | { readonly kind: 'held'; readonly untilMs: number };
