import type { Clock } from '../base/clock.ts';
import { toAppError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Library } from './library.ts';
import type { Recording } from './recording.ts';
import {
  type Candidate,
  type Drop,
  findProtection,
  planRetention,
  type RetentionPlan,
  type RetentionRules,
} from './retention.ts';
import { measureFolder, measureRecordings, readFreeBytes } from './storage.ts';

/** What recordings take of the disk, and how they are let go by rules. */
export interface Pruning {
  storage(): Promise<StorageUse>;
  /** By these rules; where not given, by those that were chosen. A dry run tells what would go, and deletes nothing. */
  prune(options: PruneOptions): Promise<PruneReport>;
  /** Prunes by the chosen rules a while from now and then each hour, until the signal aborts. Does not reject. */
  keepUp(options: { readonly signal: AbortSignal }): Promise<void>;
}

export interface PruneOptions {
  readonly isDryRun: boolean;
  readonly rules?: RetentionRules | undefined;
  readonly signal: AbortSignal;
}

export interface StorageUse {
  readonly recordings: number;
  /** With all that stands beside their casts. */
  readonly recordingBytes: number;
  /** What was made of them and can be made again. */
  readonly cacheBytes: number;
  /** Of the disk. */
  readonly freeBytes: number;
  /** Absent where there is none. */
  readonly quotaBytes?: number;
}

export interface PruneReport extends RetentionPlan {
  readonly rules: RetentionRules;
  /** Recordings that were to go and could not, and why. */
  readonly failures: readonly { readonly recordingId: string; readonly message: string }[];
  /** Of what went, or would go. */
  readonly freedBytes: number;
}

export interface PruningNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly library: Library;
  /** Of the recordings. */
  readonly folder: string;
  readonly cacheFolder: string;
  /** As they stand on the disk now: another window may have changed them. */
  rules(): Promise<RetentionRules>;
  /** How many days a recording has to be kept, by the policy as it is now. Without it none has to. Rejects where it is broken. */
  keptDays?(): Promise<(recording: Recording) => number | undefined>;
  /** Deletes what was made of recordings that are none of these. Does not reject. */
  sweep(recordingIds: ReadonlySet<string>): Promise<void>;
}

/** A start has better things to do, and whoever opens the app to pin something shall have the time. */
const FIRST_DELAY_MS = 5 * 60_000;
const INTERVAL_MS = 60 * 60_000;
const DAY_MS = 86_400_000;

export function createPruning(needs: PruningNeeds): Pruning {
  const { clock, log, library, folder, cacheFolder } = needs;

  async function findCandidates(): Promise<readonly Candidate[]> {
    const [recordings, measured, keptDays] = await Promise.all([
      library.list(),
      measureRecordings(folder),
      needs.keptDays?.(),
    ]);
    return recordings.flatMap((recording) => {
      const storage = measured.get(recording.recordingId);
      return storage ? [toCandidate(recording, storage, keptDays?.(recording))] : [];
    });
  }

  /** Undefined where it is gone, or stays after all; a message where it could not be deleted. */
  async function drop({
    recordingId,
  }: Drop): Promise<{ readonly isGone: boolean; readonly message?: string }> {
    try {
      return { isGone: await library.remove(recordingId, (recording) => !findProtection(recording)) };
    } catch (thrown) {
      const { code, message } = toAppError(thrown);
      // Somebody else deleted it first.
      return code === 'recording-not-found' ? { isGone: false } : { isGone: false, message };
    }
  }

  async function prune({ isDryRun, rules, signal }: PruneOptions): Promise<PruneReport> {
    const chosen = rules ?? (await needs.rules());
    const plan = planRetention(await findCandidates(), chosen, clock.nowMs());
    if (isDryRun) return report(plan, chosen, plan.drops, []);
    const dropped: Drop[] = [];
    const failures: PruneReport['failures'][number][] = [];
    for (const wanted of plan.drops) {
      signal.throwIfAborted();
      const { isGone, message } = await drop(wanted);
      if (isGone) {
        dropped.push(wanted);
        const { recordingId, rule, totalBytes } = wanted;
        log.info({ recording: recordingId, rule, bytes: totalBytes }, 'a recording was let go');
      } else if (message !== undefined) {
        failures.push({ recordingId: wanted.recordingId, message });
        log.warn({ recording: wanted.recordingId, error: message }, 'a recording could not be let go');
      }
    }
    return report(plan, chosen, dropped, failures);
  }

  async function keepUpOnce(signal: AbortSignal): Promise<void> {
    try {
      await prune({ isDryRun: false, signal });
      await needs.sweep(new Set((await library.list()).map(({ recordingId }) => recordingId)));
    } catch (error) {
      if (!signal.aborted) log.error({ error: String(error) }, 'recordings were not looked through');
    }
  }

  return {
    async storage() {
      const [measured, cacheBytes, freeBytes, { quotaBytes }] = await Promise.all([
        measureRecordings(folder),
        measureFolder(cacheFolder),
        readFreeBytes(folder),
        needs.rules(),
      ]);
      const recordingBytes = sumBytes(measured.values());
      const use = { recordings: measured.size, recordingBytes, cacheBytes, freeBytes };
      return quotaBytes > 0 ? { ...use, quotaBytes } : use;
    },
    prune,
    async keepUp({ signal }) {
      for (let delayMs = FIRST_DELAY_MS; !signal.aborted; delayMs = INTERVAL_MS) {
        await clock.sleep(delayMs, { signal }).catch(() => {});
        if (!signal.aborted) await keepUpOnce(signal);
      }
    },
  };
}

function toCandidate(
  recording: Recording,
  storage: { readonly totalBytes: number; readonly lastWrittenMs: number },
  keptDays: number | undefined,
): Candidate {
  const { totalBytes } = storage;
  const endedAtMs = recording.startedAtMs + recording.durationMicros / 1_000;
  const lastWrittenMs = Math.max(storage.lastWrittenMs, endedAtMs);
  const kept = keptDays === undefined ? {} : { keptUntilMs: lastWrittenMs + keptDays * DAY_MS };
  return { ...recording, totalBytes, lastWrittenMs, ...kept };
}

function report(
  plan: RetentionPlan,
  rules: RetentionRules,
  drops: readonly Drop[],
  failures: PruneReport['failures'],
): PruneReport {
  return { ...plan, rules, drops, failures, freedBytes: sumBytes(drops) };
}

function sumBytes(all: Iterable<{ readonly totalBytes: number }>): number {
  let sum = 0;
  for (const { totalBytes } of all) sum += totalBytes;
  return sum;
}
