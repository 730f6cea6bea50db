import { AppError } from '../base/errors.ts';
import type { Credential } from '../credentials/credential.ts';
import type { Impersonation, ResolvedContext } from './kubeconfig.ts';

/** A header with several values is sent as several lines. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[]>>;

/**
 * Who asks, and as whom: the same on REST and WebSocket. To an http address no credential goes, as with kubectl: anybody
 * could listen there. Throws `context-unusable` for what no header can carry.
 */
export function createIdentityHeaders(
  context: Pick<ResolvedContext, 'cluster' | 'name' | 'impersonation'>,
  { authorization }: Credential,
): RequestHeaders {
  const { impersonation, name } = context;
  return {
    ...(authorization && isSecure(context)
      ? { authorization: encodeValue(`the credential of context ${name}`, authorization) }
      : {}),
    ...(impersonation ? createImpersonationHeaders(name, impersonation) : {}),
  };
}

/** Whether the cluster's server is given credentials. */
export function isSecure({ cluster }: Pick<ResolvedContext, 'cluster'>): boolean {
  return cluster.server.startsWith('https:');
}

/** client-go, transport/round_trippers.go, impersonatingRoundTripper. */
function createImpersonationHeaders(
  context: string,
  { user, uid, groups, extra }: Impersonation,
): RequestHeaders {
  const encode = (text: string): string => encodeValue(`whom context ${context} acts as`, text);
  const extraValues = Map.groupBy(
    [...extra].flatMap(([key, values]) => values.map((value) => ({ name: escapeKey(key), value }))),
    ({ name }) => name,
  );
  return {
    'impersonate-user': encode(user),
    ...(uid === undefined ? {} : { 'impersonate-uid': encode(uid) }),
    ...(groups.length === 0 ? {} : { 'impersonate-group': groups.map(encode) }),
    ...Object.fromEntries(
      [...extraValues].map(([name, entries]) => [
        `impersonate-extra-${name}`,
        entries.map(({ value }) => encode(value)),
      ]),
    ),
  };
}

/** Percent-encodes, byte by byte, what no header name can hold, and `%` itself; the server ignores case. */
function escapeKey(key: string): string {
  const escaped = Buffer.from(key)
    .toString('latin1')
    .replaceAll(
      /[^!#$&'*+\-.^_`|~0-9A-Za-z]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
  return escaped.toLowerCase();
}

/** As UTF-8, which is what Go sends; headers are written a byte a character here. `what` is told, never the value. */
function encodeValue(what: string, text: string): string {
  if (/[^\P{Cc}\t]/u.test(text)) {
    throw new AppError('context-unusable', `${what} holds a line break or another control character`, {
      hint: 'Mend it in the kubeconfig, or in what makes the credential: no request can carry it.',
    });
  }
  return Buffer.from(text, 'utf8').toString('latin1');
}
