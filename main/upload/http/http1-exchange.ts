import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from 'node:http';
import { AppError } from '../../base/errors.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import { MAX_ANSWER_BYTES, type RecorderAnswer } from '../recorder/recorder-answer.ts';
import type { RecorderSocket } from '../recorder/recorder-dial.ts';
import { parsePlace, type RecorderEndpoint } from '../recorder/recorder-endpoint.ts';
import { recorderError, toUnreachedError } from '../recorder/recorder-error.ts';

export interface Http1Request {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Behind the base path of the recorder's url. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
}

/** Begins a request of HTTP/1.1 on a connection of its own, which ends with it. */
export function beginHttp1(
  { authority, basePath }: RecorderEndpoint,
  { socket }: Pick<RecorderSocket, 'socket'>,
  { method, path, headers }: Http1Request,
): ClientRequest {
  return request({
    createConnection: () => socket,
    method,
    path: `${basePath}${path}`,
    headers: { host: authority, connection: 'close', ...headers },
    setHost: false,
  });
}

/** The head of the answer. Rejects where the connection breaks, or what comes is no HTTP. */
export function untilHttp1Answer(exchange: ClientRequest): Promise<IncomingMessage> {
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    exchange.once('response', resolve);
    exchange.on('error', reject);
    exchange.once('close', () => reject(new Error('the connection was closed without an answer')));
  });
  // Who asked may have gone when it breaks.
  answered.catch(() => {});
  return answered;
}

/** Whole, up to `MAX_ANSWER_BYTES` of its body; what breaks off ends it. */
export async function readHttp1Answer(response: IncomingMessage): Promise<RecorderAnswer> {
  const { statusCode: status = 0, headers } = response;
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const bytes of response as AsyncIterable<Buffer>) {
      pieces.push(bytes);
      length += bytes.length;
      if (length >= MAX_ANSWER_BYTES) break;
    }
  } catch {
    // What came is all that there is to be shown.
  }
  const text = Buffer.concat(pieces).toString('utf8', 0, Math.min(length, MAX_ANSWER_BYTES));
  const code = headers['kubereel-code'];
  return {
    status,
    text,
    code: typeof code === 'string' ? code : undefined,
    retryAfterMs: readRetryAfter(headers),
  };
}

/** Longer than anybody means. */
const MAX_RETRY_AFTER_MS = 60 * 60 * 1_000;

/** `Retry-After` in seconds or as a date; `x-ratelimit-reset` in Unix seconds, as asciinema-server has it (plug_attack). */
function readRetryAfter(headers: IncomingHttpHeaders): number | undefined {
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN) * 1_000 - Date.now();
  const seconds = Number(headers['retry-after'] ?? Number.NaN) * 1_000;
  const date = Date.parse(headers['retry-after'] ?? '') - Date.now();
  const ms = [seconds, date, reset].find((value) => Number.isFinite(value) && value > 0);
  return ms === undefined ? undefined : Math.min(ms, MAX_RETRY_AFTER_MS);
}

/** What Node says of a peer that speaks something else: its parser's codes begin so. */
const NO_HTTP = /^HPE_/;

/** A failure before the answer's head was there. */
export function toUnansweredError(recorder: RecorderAddress, cause: unknown): Error {
  if (cause instanceof Error && 'code' in cause && NO_HTTP.test(String(cause.code))) {
    return recorderError('recorder-unfit', recorder, 'does not speak HTTP', {
      hint: 'Check its port, and whether its url has to begin with https://.',
      detail: cause.message,
      cause,
    });
  }
  if (cause instanceof AppError) return cause;
  const { detail } = toUnreachedError(recorder, cause);
  return recorderError('recorder-unreachable', recorder, 'closed the connection without an answer', {
    // A port of TLS does just that, and says nothing.
    ...(!parsePlace(recorder).isSecure && { hint: 'If it speaks TLS, its url has to begin with https://.' }),
    ...(detail !== undefined && { detail }),
    cause,
  });
}
