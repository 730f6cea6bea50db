import { stat } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { toAppError } from '../base/errors.ts';
import { createEmitter, type Dispose } from '../base/event.ts';
import type { Log } from '../base/log.ts';
import type { RecorderAddress } from '../policy/policy.ts';
import { followFile } from './follow-file.ts';
import { type AttemptNeeds, attemptDelivery, planNext } from './queue/upload-attempt.ts';
import {
  noteFailure,
  noteSending,
  releaseJob,
  toRecorderName,
  type UploadReceipt,
} from './queue/upload-job.ts';
import type { DeliveredCast } from './queue/upload-round.ts';
import type { DeliveryAttempt, RecorderReceipt, RecorderUpload } from './recorder/recorder-client.ts';
import type { RecorderConnection } from './recorder/recorder-connection.ts';

/** One recording on its way, from its beginning until it has arrived or is left to the queue. */
export interface Delivery {
  readonly state: DeliveryState;
  onChanged(listener: () => void): Dispose;
  /**
   * The recording is closed. Resolves soon: what is not confirmed within a few seconds is owed, though it may still
   * arrive while this process lives. Never rejects.
   */
  ended(): Promise<void>;
  /** It has arrived, or nothing more is done about it here. Never rejects. */
  readonly settled: Promise<void>;
}

export type DeliveryState =
  | { readonly kind: 'live'; readonly recorder: RecorderAddress; readonly ackedBytes?: number }
  /** It is delivered when it has ended. */
  | { readonly kind: 'waiting'; readonly recorder: RecorderAddress }
  | {
      readonly kind: 'owed';
      /** Unix milliseconds. */
      readonly sinceMs: number;
      readonly attempts: readonly DeliveryAttempt[];
    }
  | {
      readonly kind: 'delivered';
      readonly recorder: RecorderAddress;
      readonly atMs: number;
      readonly url?: string;
    };

export interface DeliveryNeeds extends AttemptNeeds {
  readonly clock: Clock;
  readonly log: Log;
  /** Shorter than `ENDED_MS`, for tests. */
  readonly endedMs?: number;
}

/** How long the end of a session waits for its recording to be confirmed. */
const ENDED_MS = 5_000;

export interface DeliveryWork {
  readonly recording: DeliveredCast;
  readonly recorders: readonly RecorderAddress[];
  readonly connection: RecorderConnection;
  /** Where it could not be written down that it is owed: tries that again. */
  readonly owe?: (() => Promise<void>) | undefined;
}

/** `signal` cuts it: what has not arrived by then stays owed. */
export function createDelivery(
  needs: DeliveryNeeds,
  { recording, recorders, connection, owe }: DeliveryWork,
  { signal }: { readonly signal: AbortSignal },
): Delivery {
  const { clock, log, store } = needs;
  const { recordingId, path } = recording;
  const changed = createEmitter<void>();
  const settled = Promise.withResolvers<void>();
  const followed = followFile({ clock }, path);
  let state = describeConnection(connection, clock.nowMs());
  let finishing: Promise<void> | undefined;

  const growing = connection.kind === 'open' ? deliverGrowing(connection.upload) : noteUnconnected();

  function enter(next: DeliveryState): void {
    state = next;
    changed.fire();
  }

  function becomeOwed(more: readonly DeliveryAttempt[] = []): void {
    const known = state.kind === 'owed' ? state : { sinceMs: clock.nowMs(), attempts: connection.attempts };
    enter({ kind: 'owed', sinceMs: known.sinceMs, attempts: [...known.attempts, ...more] });
  }

  /** What happens to its job must not be lost in silence, and ends no session. */
  async function attend(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      log.error({ recording: recordingId, error: toAppError(error).message }, what);
    }
  }

  async function noteUnconnected(): Promise<void> {
    await oweAgain();
    if (connection.kind === 'none') await noteAttempts(connection.attempts);
  }

  async function oweAgain(): Promise<void> {
    if (owe && !store.isOwed(recordingId)) await attend('a recording is owed, and that is not noted', owe);
  }

  async function noteAttempts(failed: readonly DeliveryAttempt[]): Promise<void> {
    await attend('why a recording was not delivered is not noted', () =>
      store.change(recordingId, (job) =>
        noteFailure({ ...job, isBegun: true }, failed, {
          nowMs: clock.nowMs(),
          next: planNext(needs, job, failed),
        }),
      ),
    );
  }

  /** Never rejects. */
  async function deliverGrowing(upload: RecorderUpload): Promise<void> {
    const cancel = (): void => upload.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      signal.throwIfAborted();
      // Before its first byte: what is delivered again after a crash has to say so.
      await store.change(recordingId, (job) => noteSending(job, upload.recorder));
      for await (const bytes of followed.read({ signal: upload.stopped })) await upload.write(bytes);
      await settleWith(upload.recorder, await upload.finish());
    } catch (thrown) {
      upload.cancel();
      const attempt = { recorder: upload.recorder, error: toAppError(thrown) };
      becomeOwed([attempt]);
      if (!signal.aborted) await noteAttempts([attempt]);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  async function settleWith(recorder: RecorderAddress, receipt: RecorderReceipt): Promise<void> {
    const kept: UploadReceipt = {
      version: 1,
      recordingId,
      recorder: toRecorderName(recorder),
      atMs: clock.nowMs(),
      ...receipt,
    };
    // It has arrived, whether or not that could be noted; unnoted it arrives once more, labelled.
    await attend('that a recording was delivered is not noted', () => store.settle(kept));
    enterDelivered(recorder, kept);
  }

  function enterDelivered(
    recorder: RecorderAddress,
    { atMs, url }: Pick<UploadReceipt, 'atMs' | 'url'>,
  ): void {
    enter({ kind: 'delivered', recorder, atMs, ...(url === undefined ? {} : { url }) });
  }

  /** Never rejects. */
  async function finish(): Promise<void> {
    followed.end((await stat(path).catch(() => undefined))?.size ?? 0);
    await growing;
    if (state.kind !== 'delivered') await oweAgain();
    if (state.kind !== 'delivered' && !signal.aborted) {
      await attend('the end of a recording was not delivered', deliverEnded);
    }
    if (state.kind === 'delivered') return;
    if (state.kind !== 'owed') becomeOwed();
    await attend('a recording is left to this process', () => store.change(recordingId, releaseJob));
  }

  async function deliverEnded(): Promise<void> {
    const outcome = await attemptDelivery(needs, recordingId, { ended: recording, signal });
    if (outcome.kind === 'delivered') {
      const { recorder, ...receipt } = outcome.receipt;
      const whole = recorders.find(({ url }) => url === recorder.url) ?? recorder;
      enterDelivered(whole, receipt);
    }
    if (outcome.kind === 'failed') {
      becomeOwed(outcome.attempts.flatMap(({ recorder, error }) => (recorder ? [{ recorder, error }] : [])));
    }
  }

  function end(): Promise<void> {
    finishing ??= finish().finally(settled.resolve);
    return finishing;
  }

  // Not awaited: it never rejects.
  signal.addEventListener('abort', () => void end(), { once: true });
  return {
    get state() {
      if (state.kind !== 'live' || connection.kind !== 'open') return state;
      const { ackedBytes } = connection.upload;
      return { ...state, ...(ackedBytes === undefined ? {} : { ackedBytes }) };
    },
    onChanged: (listener) => changed.event(listener),
    async ended() {
      const over = new AbortController();
      const late = clock.sleep(needs.endedMs ?? ENDED_MS, { signal: over.signal }).catch(() => {});
      await Promise.race([end(), late]);
      over.abort();
      if (state.kind === 'live' || state.kind === 'waiting') becomeOwed();
    },
    settled: settled.promise,
  };
}

function describeConnection(connection: RecorderConnection, nowMs: number): DeliveryState {
  if (connection.kind === 'open') return { kind: 'live', recorder: connection.upload.recorder };
  if (connection.kind === 'waiting') return connection;
  return { kind: 'owed', sinceMs: nowMs, attempts: connection.attempts };
}
