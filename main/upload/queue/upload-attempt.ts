import type { AppError } from '../../base/errors.ts';
import { isPassing, wishedDelayMs } from '../recorder/recorder-error.ts';
import { retryDelayMs } from './retry-times.ts';
import { type FailedAttempt, type NextTry, noteFailure, type UploadJob } from './upload-job.ts';
import { type DeliveredCast, type RoundNeeds, type RoundOutcome, tryDelivery } from './upload-round.ts';

export interface AttemptNeeds extends RoundNeeds {
  /** At least 0 and below 1. */
  random(): number;
}

/** As `tryDelivery`; what it came to is noted, with when the next try is due. */
export async function attemptDelivery(
  needs: AttemptNeeds,
  recordingId: string,
  options: { readonly ended?: DeliveredCast; readonly signal: AbortSignal },
): Promise<RoundOutcome> {
  const outcome = await tryDelivery(needs, recordingId, options);
  if (outcome.kind === 'failed') {
    const { attempts, recorders } = outcome;
    const nowMs = needs.clock.nowMs();
    await needs.store.change(recordingId, (job) =>
      noteFailure({ ...job, recorders }, attempts, { nowMs, next: planNext(needs, job, attempts) }),
    );
  }
  return outcome;
}

/** When it makes sense to try again after these answers. */
export function planNext(
  needs: Pick<AttemptNeeds, 'clock' | 'random'>,
  { failures }: Pick<UploadJob, 'failures'>,
  attempts: readonly FailedAttempt[],
): NextTry {
  const passing = attempts.filter(({ error }) => mayPass(error));
  if (passing.length === 0) return { kind: 'user' };
  const wishedMs = Math.min(...passing.map(({ error }) => wishedDelayMs(error) ?? 0));
  return { kind: 'at', atMs: needs.clock.nowMs() + retryDelayMs(failures + 1, needs.random(), { wishedMs }) };
}

/** What nobody foresaw is tried again: only what a recorder or the recording itself stands in the way of is not. */
function mayPass(error: AppError): boolean {
  return isPassing(error) || !/^record(er|ing)-/.test(error.code);
}
