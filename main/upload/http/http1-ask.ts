import type { RecorderAddress } from '../../policy/policy.ts';
import type { RecorderAnswer } from '../recorder/recorder-answer.ts';
import { dialRecorder, RECORDER_LIMITS, type RecorderNeeds } from '../recorder/recorder-dial.ts';
import type { RecorderEndpoint } from '../recorder/recorder-endpoint.ts';
import { recorderError } from '../recorder/recorder-error.ts';
import { runStep } from '../recorder/recorder-step.ts';
import {
  beginHttp1,
  type Http1Request,
  readHttp1Answer,
  toUnansweredError,
  untilHttp1Answer,
} from './http1-exchange.ts';

/** One short request and the whole of its answer, whatever its status. */
export async function askHttp1(
  needs: RecorderNeeds,
  recorder: RecorderAddress,
  endpoint: RecorderEndpoint,
  { body, ...request }: Http1Request & { readonly body?: Uint8Array | string },
  { signal }: { readonly signal: AbortSignal },
): Promise<RecorderAnswer> {
  const { firstAnswerMs: ms } = { ...RECORDER_LIMITS, ...needs.limits };
  const connection = await dialRecorder(needs, recorder, endpoint, { signal, protocols: ['http/1.1'] });
  const exchange = beginHttp1(endpoint, connection, request);
  const answered = untilHttp1Answer(exchange);
  exchange.end(body);
  const late = () => recorderError('recorder-unreachable', recorder, `did not answer within ${ms / 1_000} s`);
  try {
    return await runStep({ clock: needs.clock, ms, late }, { signal }, async () =>
      readHttp1Answer(await answered),
    );
  } catch (error) {
    signal.throwIfAborted();
    throw toUnansweredError(recorder, error);
  } finally {
    exchange.destroy();
  }
}
