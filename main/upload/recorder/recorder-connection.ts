import { toAppError } from '../../base/errors.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import type { DeliveryAttempt, DeliverySubject, RecorderClient, RecorderUpload } from './recorder-client.ts';
import { recorderError } from './recorder-error.ts';

/** What came of trying recorders in their order; `attempts` are those before the one that was of use, in that order. */
export type RecorderConnection = { readonly attempts: readonly DeliveryAttempt[] } & (
  | { readonly kind: 'open'; readonly upload: RecorderUpload }
  /** It is there, and takes the recording whole when that has ended. */
  | { readonly kind: 'waiting'; readonly recorder: RecorderAddress }
  | { readonly kind: 'none' }
);

/**
 * The first recorder that takes a recording: one that is about to begin, or, where the subject has a path, one that has
 * ended. One after the other; each step of each has a time limit of its own (`RECORDER_LIMITS`), so that no silent one takes
 * from the time of the next. Rejects with the signal's reason alone.
 */
export async function connectFirst(
  clients: readonly RecorderClient[],
  subject: DeliverySubject,
  { signal }: { readonly signal: AbortSignal },
): Promise<RecorderConnection> {
  const attempts: DeliveryAttempt[] = [];
  const isWhole = subject.path !== undefined;
  for (const client of clients) {
    const { recorder } = client;
    signal.throwIfAborted();
    try {
      if (isWhole && !client.takesLater) {
        throw recorderError('recorder-unfit', recorder, 'takes nothing that has ended');
      }
      if (isWhole || client.isLive) {
        return { kind: 'open', upload: await client.open(subject, { signal }), attempts };
      }
      await client.check({ signal });
      return { kind: 'waiting', recorder, attempts };
    } catch (error) {
      signal.throwIfAborted();
      attempts.push({ recorder, error: toAppError(error) });
    }
  }
  return { kind: 'none', attempts };
}
