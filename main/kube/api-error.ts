import * as v from 'valibot';
import { AppError, type ErrorCode } from '../base/errors.ts';
import { describeGrant, parseRbacRefusal } from './rbac-refusal.ts';

/** The part of a Kubernetes Status that errors are made of (apimachinery, meta/v1/types.go). */
export interface ApiStatus {
  readonly message: string;
  readonly reason: string;
  /** Of the object that it is about; empty where it is about none, as where a path is unknown. */
  readonly name: string;
}

const statusSchema = v.object({
  kind: v.literal('Status'),
  message: v.optional(v.string(), ''),
  reason: v.optional(v.string(), ''),
  details: v.nullish(v.object({ name: v.nullish(v.string(), '') }), {}),
});

/** The Status in an answer's body; undefined for anything else, such as a proxy's page. */
export function parseApiStatus(body: string): ApiStatus | undefined {
  try {
    const parsed = v.safeParse(statusSchema, JSON.parse(body));
    if (!parsed.success) return undefined;
    const { message, reason, details } = parsed.output;
    return { message, reason, name: details.name };
  } catch {
    return undefined;
  }
}

/** A page, a proxy's word or nothing: enough of it to recognise who answered. */
const MAX_QUOTED_CHARACTERS = 300;

/**
 * An answer that is no success, in the server's words where it has some. `tried` is the request's method and
 * path; without query, which may hold what a user typed.
 */
export function toApiError(server: string, httpStatus: number, body: string, tried = ''): AppError {
  const request = tried === '' ? '' : `${tried}: `;
  const status = parseApiStatus(body);
  if (!status) {
    const quoted = body.replace(/\s+/g, ' ').trim().slice(0, MAX_QUOTED_CHARACTERS);
    return new AppError(
      codeFor(httpStatus, ''),
      `${server} answered ${httpStatus}, not as a Kubernetes API server does`,
      {
        hint: 'A proxy or login page may stand in between: check the server’s address and proxy settings.',
        ...(request + quoted === '' ? {} : { detail: `${request}${quoted || 'no words'}` }),
      },
    );
  }
  const words = status.message || status.reason || `the server answered ${httpStatus}`;
  return new AppError(codeFor(httpStatus, status.reason), describe(server, httpStatus, words), {
    ...hintFor(httpStatus, words),
    detail: `${request}HTTP ${httpStatus} ${status.reason}`.trim(),
  });
}

/** A refusal's own sentence says what was refused; these alone would not say by whom. */
function describe(server: string, httpStatus: number, words: string): string {
  if (httpStatus === 401) return `${server} did not accept the credential: ${words}`;
  return httpStatus === 429 || httpStatus >= 500 ? `${server} answered ${httpStatus}: ${words}` : words;
}

function codeFor(httpStatus: number, reason: string): ErrorCode {
  if (httpStatus === 401) return 'unauthorized';
  if (httpStatus === 403) return 'forbidden';
  if (httpStatus === 404) return 'not-found';
  if (httpStatus === 410 || reason === 'Expired') return 'watch-expired';
  return 'cluster-refused';
}

function hintFor(httpStatus: number, words: string): { readonly hint?: string } {
  switch (httpStatus) {
    case 401:
      return { hint: 'Your credential is missing, expired or revoked: log in to this cluster again.' };
    case 403: {
      const refusal = parseRbacRefusal(words);
      if (refusal) return { hint: describeGrant(refusal) };
      return {
        hint: 'It is no missing role that is named here: a policy of the cluster may have refused it.',
      };
    }
    case 404:
      return { hint: 'Check name and namespace, and that this server has what was asked for.' };
    case 429:
      return { hint: 'The server is busy and asks for fewer requests: try again in a moment.' };
    default:
      return httpStatus >= 500
        ? { hint: 'The cluster has a problem of its own: try again in a moment.' }
        : {};
  }
}
