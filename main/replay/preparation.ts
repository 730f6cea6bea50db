/**
 * Surveys long recordings before anybody opens them: of those it takes seconds, and until then the end of one can only
 * be gone to by reading all of it. The newest first, one at a time, and never while another survey is waited for.
 */
import type { Lifetime } from '../base/lifetime.ts';
import type { Library } from '../library/library.ts';
import type { Recording } from '../library/recording.ts';

export interface Preparation {
  /** From now on: what is there, and what comes. */
  start(): Promise<void>;
  /** What is being surveyed is left off, and gone on with later. */
  giveWay(): void;
}

export interface PreparationNeeds {
  readonly library: Pick<Library, 'list' | 'onChanged'>;
  /** All of it has been surveyed, or nothing of it may be kept. */
  isDone(recording: Recording): Promise<boolean>;
  /** Resolves when it has been tried, or with the signal. */
  survey(recording: Recording, options: { readonly signal: AbortSignal }): Promise<void>;
  readonly fromBytes?: number | undefined;
}

/** A page reads on through less in about a second. */
const LONG_BYTES = 16 * 1024 * 1024;

export function createPreparation(
  { library, isDone, survey, fromBytes = LONG_BYTES }: PreparationNeeds,
  life: Lifetime,
): Preparation {
  const waiting = new Map<string, Recording>();
  let current: { readonly recordingId: string; readonly stop: AbortController; isGone: boolean } | undefined;
  let isWorking = false;

  async function work(): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    for (let next = takeNewest(); next && !life.signal.aborted; next = takeNewest()) await prepare(next);
    isWorking = false;
  }

  async function prepare(recording: Recording): Promise<void> {
    if (await isDone(recording)) return;
    const own = { recordingId: recording.recordingId, stop: new AbortController(), isGone: false };
    current = own;
    await survey(recording, { signal: AbortSignal.any([life.signal, own.stop.signal]) });
    current = undefined;
    if (own.stop.signal.aborted && !own.isGone) note(recording);
  }

  function note(recording: Recording): void {
    const { recordingId, bytes, state } = recording;
    const isLong = bytes >= fromBytes && state !== 'live' && state !== 'unreadable';
    if (isLong && !waiting.has(recordingId)) waiting.set(recordingId, recording);
  }

  function takeNewest(): Recording | undefined {
    const [newest] = [...waiting.values()].sort((a, b) => b.startedAtMs - a.startedAtMs);
    if (newest) waiting.delete(newest.recordingId);
    return newest;
  }

  return {
    async start() {
      life.own(
        library.onChanged((change) => {
          if (change.kind === 'removed') {
            waiting.delete(change.recordingId);
            if (current?.recordingId === change.recordingId) {
              current.isGone = true;
              current.stop.abort();
            }
            return;
          }
          waiting.delete(change.recording.recordingId);
          note(change.recording);
          // Does not reject.
          void work();
        }),
      );
      for (const recording of await library.list()) note(recording);
      await work();
    },
    giveWay: () => current?.stop.abort(),
  };
}
