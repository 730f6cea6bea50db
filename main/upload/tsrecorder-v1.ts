import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RecorderAddress } from '../policy/policy.ts';
import { beginHttp1, readHttp1Answer, toUnansweredError, untilHttp1Answer } from './http1-exchange.ts';
import { toRefusal } from './recorder-answer.ts';
import type { RecorderReceipt, RecorderUpload } from './recorder-client.ts';
import { RECORDER_LIMITS, type RecorderNeeds, type RecorderSocket } from './recorder-dial.ts';
import type { RecorderEndpoint } from './recorder-endpoint.ts';
import { recorderError, toLostError } from './recorder-error.ts';
import { runStep, untilAborted } from './recorder-step.ts';
import { createUploadOutcome } from './upload-outcome.ts';

const PATH = '/record';
/** Of one write, which is waited for until the kernel has it. */
const MAX_PIECE_BYTES = 64 * 1024;

/**
 * Begins a recording by HTTP/1.1 on a fresh connection: `POST /record` with `Expect: 100-continue`, and no byte of it
 * before the recorder has said that it wants it (tailscale, sessionrecording/connect.go, connectV1). Nothing is
 * acknowledged on the way: whether it has arrived is known from the final answer alone, which has to be 200.
 */
export async function openV1(
  needs: RecorderNeeds,
  recorder: RecorderAddress,
  endpoint: RecorderEndpoint,
  connection: Pick<RecorderSocket, 'socket'>,
  { signal }: { readonly signal: AbortSignal },
): Promise<RecorderUpload> {
  const { clock, userAgent } = needs;
  const { firstAnswerMs: ms } = { ...RECORDER_LIMITS, ...needs.limits };
  const { token } = endpoint;
  const exchange = beginHttp1(endpoint, connection, {
    method: 'POST',
    path: PATH,
    headers: {
      expect: '100-continue',
      'transfer-encoding': 'chunked',
      'user-agent': userAgent,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
  });
  const answered = untilHttp1Answer(exchange);
  const late = () =>
    recorderError('recorder-unreachable', recorder, `did not say 100 Continue within ${ms / 1_000} s`);
  try {
    await runStep({ clock, ms, late }, { signal }, async (step) => {
      const early = await untilAborted(step.signal, Promise.race([untilContinue(exchange), answered]));
      if (!early) return;
      const answer = await untilAborted(step.signal, readHttp1Answer(early));
      if (answer.status !== 200) throw toRefusal(recorder, answer, token);
      throw recorderError('recorder-unfit', recorder, 'answered 200 before it had anything of the recording');
    });
  } catch (error) {
    exchange.destroy();
    signal.throwIfAborted();
    throw toUnansweredError(recorder, error);
  }
  return createV1Upload(needs, { recorder, token, exchange, answered });
}

function untilContinue(exchange: ClientRequest): Promise<undefined> {
  return new Promise((resolve) => exchange.once('continue', () => resolve(undefined)));
}

interface V1Exchange {
  readonly recorder: RecorderAddress;
  readonly token: string | undefined;
  readonly exchange: ClientRequest;
  readonly answered: Promise<IncomingMessage>;
}

function createV1Upload(
  { clock, limits }: RecorderNeeds,
  { recorder, token, exchange, answered }: V1Exchange,
): RecorderUpload {
  const { progressMs, finalAnswerMs } = { ...RECORDER_LIMITS, ...limits };
  const outcome = createUploadOutcome(() => exchange.destroy());
  let sentBytes = 0;
  let isEnding = false;

  /** Where it comes while there is more to send, it says why that is not wanted. */
  async function settle(): Promise<RecorderReceipt> {
    const answer = await readHttp1Answer(await answered);
    if (answer.status !== 200) throw toRefusal(recorder, answer, token);
    if (!isEnding) throw recorderError('recorder-lost', recorder, 'answered before the recording had ended');
    return { bytes: sentBytes };
  }
  const settled = settle();
  settled.catch((error: unknown) => outcome.fail(toLostError(recorder, error)));

  function stuck(what: string, ms: number) {
    return { clock, ms, late: () => recorderError('recorder-lost', recorder, `${what} for ${ms / 1_000} s`) };
  }

  async function runOrFail<T>(what: string, ms: number, work: () => Promise<T>): Promise<T> {
    try {
      return await runStep(stuck(what, ms), { signal: outcome.stopped }, work);
    } catch (error) {
      outcome.fail(toLostError(recorder, error));
      throw outcome.stopped.reason;
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
    stopped: outcome.stopped,
    async write(bytes) {
      for (let offset = 0; offset < bytes.length; offset += MAX_PIECE_BYTES) {
        const piece = bytes.subarray(offset, offset + MAX_PIECE_BYTES);
        sentBytes += piece.length;
        await runOrFail('took nothing', progressMs, () => writePiece(piece));
      }
    },
    async finish() {
      outcome.stopped.throwIfAborted();
      isEnding = true;
      exchange.end();
      return runOrFail('did not say that it has all of it', finalAnswerMs, () => settled);
    },
    cancel: outcome.cancel,
  };
}
