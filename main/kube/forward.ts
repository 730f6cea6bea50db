import type { Impersonation } from './kubeconfig.ts';
import { createIdentityHeaders, type RequestHeaders } from './request-headers.ts';

/** Header lines in the order and case in which they came, a byte a character. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** Somebody else's request, sent with this transport's identity. */
export interface ForwardRequest {
  readonly method: string;
  /** Path and query as they came, below the server's base address; begins with a slash. */
  readonly target: string;
  /** Without those of a connection, and without any that says who asks. */
  readonly headers: HeaderLines;
  /** In place of the context's own. */
  readonly impersonation?: Impersonation;
  readonly signal: AbortSignal;
}

export interface ForwardRequestWithBody extends ForwardRequest {
  /** Read as fast as the server takes it; not ended where the answer comes first. */
  readonly body?: AsyncIterable<Uint8Array>;
}

/** The beginning of an answer; no header is left out. */
export interface AnswerHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderLines;
}

export interface ForwardAnswer extends AnswerHead {
  /** As it came: what is packed stays packed. It may be silent for as long as the server wishes. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Name, value, name, value, as Node and undici take and give them. */
export function flattenLines(lines: HeaderLines): string[] {
  return lines.flat();
}

export function pairLines(flat: readonly string[]): HeaderLines {
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[2 * index] ?? '',
    flat[2 * index + 1] ?? '',
  ]);
}

/** What was asked, and who asks: the context, as whom the request says, else as whom the kubeconfig does. */
export function addIdentity(
  { headers, impersonation }: Pick<ForwardRequest, 'headers' | 'impersonation'>,
  context: Parameters<typeof createIdentityHeaders>[0],
  credential: Parameters<typeof createIdentityHeaders>[1],
): HeaderLines {
  const acting = impersonation ? { ...context, impersonation } : context;
  return [...headers, ...toLines(createIdentityHeaders(acting, credential))];
}

export function toLines(headers: RequestHeaders): HeaderLines {
  return Object.entries(headers).flatMap(([name, values]) =>
    (typeof values === 'string' ? [values] : values).map((value) => [name, value] as const),
  );
}
