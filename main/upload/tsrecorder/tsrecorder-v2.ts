import { connect as connectHttp2, type OutgoingHttpHeaders } from 'node:http2';
import type { RecorderAddress } from '../../policy/policy.ts';
import { askHttp2, type Http2Answer, readHttp2Text, watchSession } from '../http/http2-exchange.ts';
import { toRefusal } from '../recorder/recorder-answer.ts';
import type { DeliverySubject, RecorderUpload } from '../recorder/recorder-client.ts';
import { RECORDER_LIMITS, type RecorderNeeds, type RecorderSocket } from '../recorder/recorder-dial.ts';
import type { RecorderEndpoint } from '../recorder/recorder-endpoint.ts';
import { recorderError, toUnreachedError } from '../recorder/recorder-error.ts';
import { runStep, untilAborted } from '../recorder/recorder-step.ts';
import { createV2Upload } from './tsrecorder-v2-upload.ts';

/** One HTTP/2 connection to a recorder that takes recordings by it. */
export interface V2Connection {
  /** Rejects as `RecorderClient.open` does; the connection is closed then. */
  open(
    subject: Pick<DeliverySubject, 'recordingId' | 'isRepeated'>,
    options: { readonly signal: AbortSignal },
  ): Promise<RecorderUpload>;
  close(): void;
}

const PATH = '/v2/record';

/**
 * Asks what listens at the socket whether it takes recordings by HTTP/2: `HEAD /v2/record` has to be answered with 200
 * (tailscale, sessionrecording/connect.go, supportsV2). Undefined where it does not: it may know version 1. Rejects where
 * it says nothing at all, or does not let us in.
 */
export async function connectV2(
  needs: RecorderNeeds,
  recorder: RecorderAddress,
  endpoint: RecorderEndpoint,
  { socket }: Pick<RecorderSocket, 'socket'>,
  { signal }: { readonly signal: AbortSignal },
): Promise<V2Connection | undefined> {
  const { clock, userAgent } = needs;
  const { probeMs, firstAnswerMs, ...limits } = { ...RECORDER_LIMITS, ...needs.limits };
  const { isSecure, authority, basePath, token } = endpoint;
  const session = connectHttp2(`${isSecure ? 'https' : 'http'}://${authority}`, {
    createConnection: () => socket,
    settings: { enablePush: false },
  });
  const client = watchSession(session);
  const close = (): void => session.destroy();
  const common: OutgoingHttpHeaders = {
    ':path': `${basePath}${PATH}`,
    'user-agent': userAgent,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };

  /** Undefined where what came back is no HTTP/2. */
  async function probe(step: AbortSignal): Promise<Http2Answer | undefined> {
    const asked = askHttp2(client, { ...common, ':method': 'HEAD' }, { isWhole: true });
    return untilAborted(
      step,
      asked.catch(() => undefined),
    );
  }

  async function post(headers: OutgoingHttpHeaders, step: AbortSignal): Promise<Http2Answer> {
    const asked = askHttp2(client, { ...common, ':method': 'POST', ...headers }, { isWhole: false });
    const answer = await untilAborted(step, asked);
    if (answer.status === 200) return answer;
    const text = await untilAborted(step, readHttp2Text(answer.stream));
    const { status, header } = answer;
    throw toRefusal(recorder, { status, text, code: header('kubereel-code') }, token);
  }

  function limit(ms: number, what: string) {
    const late = () =>
      recorderError('recorder-unreachable', recorder, `did not answer ${what} within ${ms / 1_000} s`);
    return { clock, ms, late };
  }

  try {
    const answer = await runStep(limit(probeMs, `HEAD ${PATH}`), { signal }, (step) => probe(step.signal));
    if (answer?.status === 401 || answer?.status === 403) {
      throw toRefusal(recorder, { status: answer.status, text: '' }, token);
    }
    if (answer?.status !== 200) {
      close();
      return undefined;
    }
  } catch (error) {
    close();
    throw error;
  }

  return {
    close,
    async open({ recordingId, isRepeated }, options) {
      // Our own recorder's extension (docs/RECORDER.md); others do not look at it.
      const headers = {
        'kubereel-recording': recordingId,
        'kubereel-acks': 'durable',
        'kubereel-delivery': isRepeated ? 'again' : 'first',
      };
      try {
        const answer = await runStep(limit(firstAnswerMs, `POST ${PATH}`), options, (step) =>
          post(headers, step.signal),
        );
        return createV2Upload({ clock, limits, recorder, token, client }, answer);
      } catch (error) {
        close();
        options.signal.throwIfAborted();
        throw toUnreachedError(recorder, error);
      }
    },
  };
}
