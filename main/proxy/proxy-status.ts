import { type AppError, type ErrorCode, toAppError } from '../base/errors.ts';

/** An answer of the proxy's own, in the form in which kubectl prints it as a sentence. */
export interface StatusAnswer {
  readonly code: number;
  readonly body: string;
}

/** HTTP's number, and the reason that kubectl tells in brackets (apimachinery, meta/v1/types.go, where it has one). */
type Kind = readonly [code: number, reason: string];

const BAD_REQUEST: Kind = [400, 'BadRequest'];
/** "You must be logged in to the server (…)". */
const UNAUTHORIZED: Kind = [401, 'Unauthorized'];
const FORBIDDEN: Kind = [403, 'Forbidden'];
const NOT_FOUND: Kind = [404, 'NotFound'];
const TOO_MANY: Kind = [429, 'TooManyRequests'];
const INTERNAL: Kind = [500, 'InternalError'];
const BAD_GATEWAY: Kind = [502, 'BadGateway'];
const UNAVAILABLE: Kind = [503, 'ServiceUnavailable'];
const TIMEOUT: Kind = [504, 'Timeout'];

/** Any other is a mistake of ours, or in what we were given. */
const KINDS: Readonly<Partial<Record<ErrorCode, Kind>>> = {
  'bad-input': BAD_REQUEST,
  unauthorized: UNAUTHORIZED,
  'plugin-not-found': UNAUTHORIZED,
  'plugin-failed': UNAUTHORIZED,
  'plugin-answer-invalid': UNAUTHORIZED,
  'plugin-timed-out': UNAUTHORIZED,
  'plugin-interactive': UNAUTHORIZED,
  'plugin-refused': UNAUTHORIZED,
  forbidden: FORBIDDEN,
  'exec-refused': FORBIDDEN,
  'policy-invalid': FORBIDDEN,
  'policy-refused': FORBIDDEN,
  'recording-required': FORBIDDEN,
  'delivery-required': FORBIDDEN,
  'not-found': NOT_FOUND,
  'too-many': TOO_MANY,
  'cluster-unreachable': BAD_GATEWAY,
  'cluster-untrusted': BAD_GATEWAY,
  'cluster-refused': BAD_GATEWAY,
  'connection-lost': BAD_GATEWAY,
  'protocol-error': BAD_GATEWAY,
  // Not 404: while it looks what APIs there are kubectl takes that for one that is not there, and hides the words.
  'context-unknown': UNAVAILABLE,
  cancelled: UNAVAILABLE,
  'disk-full': UNAVAILABLE,
  'recording-failed': UNAVAILABLE,
  'recorder-unreachable': UNAVAILABLE,
  'timed-out': TIMEOUT,
};

/** What went wrong, and what to do about it. Details stay in the app. */
export function toStatusAnswer(thrown: unknown): StatusAnswer {
  const error = toAppError(thrown);
  const [code, reason] = KINDS[error.code] ?? INTERNAL;
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: toSentences(error),
    reason,
    code,
  };
  return { code, body: `${JSON.stringify(status)}\n` };
}

/** Whether a client looks what APIs there are, as kubectl does before it asks for anything (client-go, discovery). */
export function asksForApis(accept: string | undefined): boolean {
  return accept?.includes('as=APIGroupDiscoveryList') ?? false;
}

/**
 * The same for a client that looks what APIs there are. kubectl then reads no Status: it has words of its own for each
 * number, and prints the server's with these two alone, and only where they are text (client-go, rest/request.go,
 * newUnstructuredResponseError).
 */
export function toTextAnswer(thrown: unknown): StatusAnswer {
  const error = toAppError(thrown);
  const [code] = KINDS[error.code] ?? INTERNAL;
  return { code: code < 500 ? 403 : 502, body: `${toSentences(error)}\n` };
}

function toSentences({ message, hint }: AppError): string {
  if (hint === undefined) return message;
  return `${message.replace(/\.$/, '')}. ${hint}`;
}
