import { AppError, type AppErrorOptions, type ErrorCode, systemCode } from '../../base/errors.ts';
import type { RecorderAddress } from '../../policy/policy.ts';

/** What a recorder can be blamed for. */
export type RecorderErrorCode = Extract<ErrorCode, `recorder-${string}`>;

/** Pass by themselves: a network, a disk, a restart. All others need somebody to change something. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'recorder-unreachable',
  'recorder-failed',
  'recorder-lost',
  'timed-out',
]);

/** Whether trying the same again later makes sense. */
export function isPassing(error: AppError): boolean {
  return PASSING.has(error.code);
}

/** As people know it: its name, or its address. */
export function nameRecorder({ name, url }: RecorderAddress): string {
  return name === undefined ? `the recorder at ${url}` : `recorder ${name} (${url})`;
}

export interface RecorderErrorOptions extends AppErrorOptions {
  /** How long it asked to be left alone. */
  readonly retryAfterMs?: number | undefined;
}

class RecorderError extends AppError {
  readonly retryAfterMs: number | undefined;

  constructor(code: RecorderErrorCode, message: string, options: RecorderErrorOptions) {
    super(code, message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** How long the recorder asked to be left alone; undefined where it did not. */
export function wishedDelayMs(error: AppError): number | undefined {
  return error instanceof RecorderError ? error.retryAfterMs : undefined;
}

/** `what` follows the recorder's name: `did not answer within 10 s`. */
export function recorderError(
  code: RecorderErrorCode,
  recorder: RecorderAddress,
  what: string,
  options: RecorderErrorOptions = {},
): AppError {
  return new RecorderError(code, `${nameRecorder(recorder)} ${what}`, options);
}

/** Node's, OpenSSL's and the system's codes, as what people can do something about. */
const UNREACHED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'cannot be reached: nothing listens there',
  ENOTFOUND: 'cannot be reached: its name is not known',
  EAI_AGAIN: 'cannot be reached: its name could not be looked up',
  ETIMEDOUT: 'cannot be reached: it did not answer',
  EHOSTUNREACH: 'cannot be reached: there is no way to its host',
  ENETUNREACH: 'cannot be reached: there is no way to its network',
};
/** A certificate that is not accepted, by us or by the recorder (node:tls, OpenSSL's X509_V_ERR_… and alerts). */
const UNTRUSTED =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;
const WE_ARE_REFUSED =
  /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|ACCESS_DENIED)$/;
const NO_TLS = /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/;

/** A failure on the way to the recorder, before it took anything. */
export function toUnreachedError(recorder: RecorderAddress, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const code = codeOf(cause);
  const detail = wordsOf(cause);
  if (UNTRUSTED.test(code)) {
    return recorderError('recorder-untrusted', recorder, 'shows a certificate that is not trusted', {
      hint: 'Name the authority that signed it as its caFile in the policy, and check the name in its url.',
      detail,
      cause,
    });
  }
  if (WE_ARE_REFUSED.test(code)) {
    return recorderError('recorder-refused', recorder, 'does not accept our certificate', {
      hint: 'Name a certificate that it knows as its certFile, with the keyFile that belongs to it.',
      detail,
      cause,
    });
  }
  if (NO_TLS.test(code)) {
    return recorderError('recorder-unfit', recorder, 'does not speak TLS', {
      hint: 'Check its port, or write its url with http:// where its network is safe.',
      detail,
      cause,
    });
  }
  const what = UNREACHED[code] ?? 'cannot be reached: the connection failed';
  return recorderError('recorder-unreachable', recorder, what, { detail, cause });
}

/** A connection that broke after the recorder had taken to the recording. */
export function toLostError(recorder: RecorderAddress, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const detail = wordsOf(cause);
  return recorderError('recorder-lost', recorder, 'cut the connection', { detail, cause });
}

/** Where each address of a name was tried, the code stands with each attempt. */
function codeOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return codeOf(cause.errors[0]);
  return systemCode(cause) ?? '';
}

function wordsOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.message === '') return cause.errors.map(wordsOf).join('; ');
  const words = cause instanceof Error ? cause.message.trim() : String(cause);
  const code = codeOf(cause);
  return code === '' || words.includes(code) ? words : `${code}: ${words}`;
}
