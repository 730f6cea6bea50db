import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import type { RecorderAnswer } from '../recorder/recorder-answer.ts';
import type { RecorderReceipt, RecorderUpload } from '../recorder/recorder-client.ts';
import type { RecorderLimits } from '../recorder/recorder-dial.ts';
import { recorderError, toLostError } from '../recorder/recorder-error.ts';
import { runStep } from '../recorder/recorder-step.ts';
import { createUploadOutcome } from '../upload-outcome.ts';
import { readHttp1Answer } from './http1-exchange.ts';

export interface Http1UploadNeeds {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly limits: Pick<RecorderLimits, 'progressMs' | 'finalAnswerMs'>;
  readonly recorder: RecorderAddress;
}

export interface Http1UploadWork {
  readonly exchange: ClientRequest;
  readonly answered: Promise<IncomingMessage>;
  /** Stands in the body before the recording, and after it. */
  readonly envelope?: { readonly before: Uint8Array; readonly after: Uint8Array };
  readonly warning?: string | undefined;
  /** Throws what it means where it is no success. */
  toReceipt(answer: RecorderAnswer, bytes: number): RecorderReceipt;
}

/** Of one write, which is waited for until the kernel has it. */
const MAX_PIECE_BYTES = 64 * 1024;

/** A cast as the body of one request. Nothing is acknowledged on the way: the final answer tells whether it arrived. */
export function createHttp1Upload(
  { clock, limits, recorder }: Http1UploadNeeds,
  { exchange, answered, envelope, warning, toReceipt }: Http1UploadWork,
): RecorderUpload {
  const outcome = createUploadOutcome(() => exchange.destroy());
  let sentBytes = 0;
  let isEnding = false;

  /** An answer that comes while there is more to send says why that is not wanted. */
  async function settle(): Promise<RecorderReceipt> {
    const receipt = toReceipt(await readHttp1Answer(await answered), sentBytes);
    if (!isEnding) throw recorderError('recorder-lost', recorder, 'answered before the recording had ended');
    return receipt;
  }
  const settled = settle();
  settled.catch((error: unknown) => outcome.fail(toLostError(recorder, error)));

  async function runOrFail<T>(what: string, ms: number, work: () => Promise<T>): Promise<T> {
    const late = () => recorderError('recorder-lost', recorder, `${what} for ${ms / 1_000} s`);
    try {
      return await runStep({ clock, ms, late }, { signal: outcome.stopped }, work);
    } catch (error) {
      outcome.fail(toLostError(recorder, error));
      throw outcome.stopped.reason;
    }
  }

  async function writeAll(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length; offset += MAX_PIECE_BYTES) {
      const piece = bytes.subarray(offset, offset + MAX_PIECE_BYTES);
      await runOrFail('took nothing', limits.progressMs, () => writePiece(piece));
    }
  }

  function writePiece(piece: Uint8Array): Promise<void> {
    // What cannot be written is told by the exchange, with its reason.
    return new Promise((resolve) => exchange.write(piece, (error) => error ?? resolve()));
  }

  return {
    recorder,
    ackedBytes: undefined,
    isDurable: false,
    ...(warning !== undefined && { warning }),
    stopped: outcome.stopped,
    async write(bytes) {
      outcome.stopped.throwIfAborted();
      if (sentBytes === 0 && envelope) await writeAll(envelope.before);
      sentBytes += bytes.length;
      await writeAll(bytes);
    },
    async finish() {
      outcome.stopped.throwIfAborted();
      if (envelope) await writeAll(envelope.after);
      isEnding = true;
      exchange.end();
      return runOrFail('did not say that it has all of it', limits.finalAnswerMs, () => settled);
    },
    cancel: outcome.cancel,
  };
}
