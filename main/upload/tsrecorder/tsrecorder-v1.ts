import type { ClientRequest } from 'node:http';
import type { RecorderAddress } from '../../policy/policy.ts';
import { beginHttp1, readHttp1Answer, toUnansweredError, untilHttp1Answer } from '../http/http1-exchange.ts';
import { createHttp1Upload } from '../http/http1-upload.ts';
import { toRefusal } from '../recorder/recorder-answer.ts';
import type { RecorderUpload } from '../recorder/recorder-client.ts';
import { RECORDER_LIMITS, type RecorderNeeds, type RecorderSocket } from '../recorder/recorder-dial.ts';
import type { RecorderEndpoint } from '../recorder/recorder-endpoint.ts';
import { recorderError } from '../recorder/recorder-error.ts';
import { runStep, untilAborted } from '../recorder/recorder-step.ts';

const PATH = '/record';

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
  const limits = { ...RECORDER_LIMITS, ...needs.limits };
  const ms = limits.firstAnswerMs;
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
  return createHttp1Upload(
    { clock, limits, recorder },
    {
      exchange,
      answered,
      toReceipt(answer, bytes) {
        if (answer.status !== 200) throw toRefusal(recorder, answer, token);
        return { bytes };
      },
    },
  );
}

function untilContinue(exchange: ClientRequest): Promise<undefined> {
  return new Promise((resolve) => exchange.once('continue', () => resolve(undefined)));
}
