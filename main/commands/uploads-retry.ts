import { toAppError } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import type { Uploads } from '../compose-upload.ts';
import { RENEW_MS } from '../upload/queue/queue-lease.ts';
import type { RoundOutcome } from '../upload/queue/upload-round.ts';
import { nameRecorder } from '../upload/recorder/recorder-error.ts';
import { type CommandIo, formatFailure } from './io.ts';

/** What became of one that is owed. */
interface Retried {
  readonly recordingId: string;
  readonly outcome: 'delivered' | 'failed' | 'unfinished' | 'left';
  /** The recorder's answers where it failed, else where it went. */
  readonly message: string;
}

/**
 * Delivers what is owed, one after the other; what is named, else all. Where another process of this home does that, it
 * is left to that one, which is told. Exit code 1 where one was not delivered.
 */
export async function runUploadsRetry(
  core: Core,
  { recordingIds, json }: { readonly recordingIds: readonly string[]; readonly json: boolean },
  io: CommandIo,
  { signal }: { readonly signal: AbortSignal },
): Promise<number> {
  const uploads = await core.uploads();
  const wanted = await uploads.desk.retry(recordingIds.length > 0 ? recordingIds : undefined);
  if (wanted.length === 0 && !json) await io.writeError('Recorders are owed nothing.\n');
  const retried: Retried[] = [];

  async function tell(one: Retried): Promise<void> {
    retried.push(one);
    if (json) return;
    const line = `${one.recordingId}  ${one.message}\n`;
    if (one.outcome === 'failed') await io.writeError(formatFailure(new Error(line.trimEnd())));
    else await io.write(line);
  }

  if (wanted.length > 0 && (await uploads.lease.take())) {
    const stopRenewing = keepLease(core, uploads);
    try {
      for (const recordingId of wanted) await tell(await retryOne(uploads, recordingId, { signal }));
    } finally {
      stopRenewing();
      await uploads.lease.release();
    }
  } else {
    const message = 'left to the Kubereel that runs: it delivers it now';
    for (const recordingId of wanted) await tell({ recordingId, outcome: 'left', message });
  }
  if (json) await io.write(`${JSON.stringify(retried, null, 2)}\n`);
  return retried.some(({ outcome }) => outcome === 'failed' || outcome === 'unfinished') ? 1 : 0;
}

async function retryOne(
  uploads: Uploads,
  recordingId: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<Retried> {
  try {
    return { recordingId, ...describe(await uploads.attempt(recordingId, { signal })) };
  } catch (error) {
    signal.throwIfAborted();
    return { recordingId, outcome: 'failed', message: toAppError(error).message };
  }
}

function describe(outcome: RoundOutcome): Pick<Retried, 'outcome' | 'message'> {
  switch (outcome.kind) {
    case 'delivered':
      return { outcome: 'delivered', message: describeReceipt(outcome.receipt) };
    case 'unfinished':
      return { outcome: 'unfinished', message: 'is still being recorded, and delivered at its end' };
    case 'postponed':
      return {
        outcome: 'failed',
        message: 'its recorders failed with another one, and were not asked again',
      };
    case 'failed':
      return { outcome: 'failed', message: outcome.attempts.map(({ error }) => error.message).join('; ') };
    case 'gone':
      return { outcome: 'delivered', message: 'is owed no longer' };
  }
}

function describeReceipt({
  recorder,
  bytes,
  url,
  message,
}: Extract<RoundOutcome, { kind: 'delivered' }>['receipt']): string {
  const words = [
    `delivered to ${nameRecorder(recorder)}: ${bytes} bytes`,
    ...(url === undefined ? [] : [url]),
    ...(message === undefined ? [] : [message]),
  ];
  return words.join(', ');
}

/** A delivery may take longer than the lease lasts. */
function keepLease({ log }: Core, { lease }: Uploads): () => void {
  const timer = setInterval(() => {
    lease.take().catch((error: unknown) => log.warn({ error: String(error) }, 'the queue may be taken over'));
  }, RENEW_MS);
  return () => clearInterval(timer);
}
