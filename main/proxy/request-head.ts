import type { IncomingMessage } from 'node:http';
import { AppError } from '../base/errors.ts';
import { type HeaderLines, pairLines } from '../kube/forward.ts';
import { findHeaders, type RequestHead } from './command/exec-request.ts';

/** Of one connection and not of the request (RFC 9110, 7.6.1), and what the next connection says anew. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'expect',
  'http2-settings',
]);

/**
 * Whatever could say who asks, or from where: to an API server, or to something before it that takes its word from the
 * one who came before. `_` and `-` are one to some of them.
 */
const IDENTITY_HEADERS: readonly RegExp[] = [
  /^authorization$/,
  /^cookie2?$/,
  /^proxy-/,
  /^impersonate-/,
  // k8s.io/apiserver, authentication/request/headerrequest; an aggregator may have chosen other names with this beginning.
  /^x-remote-/,
  /^(x-)?forwarded(-|$)/,
  /^x-real-ip$/,
  /^(x-)?auth(enticated)?-/,
  /^(x-)?client-cert/,
  /^(x-)?ssl-/,
  /^x-tls-/,
  /^x-arr-(clientcert|ssl)/,
  /^x-amzn-(mtls|oidc)-/,
  /^x-goog-(authenticated|iap)-/,
  /^x-ms-client-principal/,
];

/** A token that API servers take from the list of subprotocols (k8s.io/apiserver, authentication/request/websocket). */
const BEARER_PROTOCOL = /^base64url\.bearer\.authorization\.k8s\.io\./i;

/** Printable ASCII without `#` and `\\`. */
const PLAIN_PATH = /^\/[!-"$-[\]-~]*$/;

/** A request as it came. Throws `bad-input` where its address is not written as a client of Kubernetes writes it. */
export function readHead({ method, url, rawHeaders }: IncomingMessage): RequestHead {
  const target = url ?? '';
  checkTarget(target);
  return { method: method ?? '', target, headers: pairLines(rawHeaders) };
}

/** Without the headers of a connection, and without any that says who asks. */
export function cleanHeaders(headers: HeaderLines): HeaderLines {
  const named = new Set(
    findHeaders(headers, 'connection').flatMap((value) =>
      value.split(',').map((name) => name.trim().toLowerCase()),
    ),
  );
  return headers.flatMap(([name, value]): HeaderLines => {
    const lower = name.toLowerCase();
    if (CONNECTION_HEADERS.has(lower) || named.has(lower) || isIdentity(lower)) return [];
    if (lower !== 'sec-websocket-protocol') return [[name, value]];
    const protocols = value.split(',').filter((protocol) => !BEARER_PROTOCOL.test(protocol.trim()));
    return protocols.length === 0 ? [] : [[name, protocols.join(',')]];
  });
}

/** The same for a request that asks for another protocol. Throws `bad-input` for one with a body. */
export function cleanUpgradeHeaders(headers: HeaderLines): HeaderLines {
  const [length = '0'] = findHeaders(headers, 'content-length');
  if (Number(length) !== 0 || findHeaders(headers, 'transfer-encoding').length > 0) {
    // Where that ends and the new protocol begins is read in more than one way.
    throw new AppError('bad-input', 'a request for another protocol may have no body');
  }
  const [protocol = ''] = findHeaders(headers, 'upgrade');
  return [...cleanHeaders(headers), ['Connection', 'Upgrade'], ['Upgrade', protocol]];
}

/** Of an answer that passes: its connection ends here. */
export function cleanAnswerHeaders(headers: HeaderLines): HeaderLines {
  const named = findHeaders(headers, 'connection').flatMap((value) => value.toLowerCase().split(/\s*,\s*/));
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !CONNECTION_HEADERS.has(lower) && !named.includes(lower) && !lower.startsWith('proxy-');
  });
}

/** The path is what policy and recorders are asked about: it may have one meaning only, wherever it is read. */
function checkTarget(target: string): void {
  const [path = ''] = target.split('?', 1);
  const decoded = decode(path) ?? '';
  // What an application behind the API has for a path is its own.
  const [api = ''] = decoded.split('/proxy/', 1);
  const isPlain =
    PLAIN_PATH.test(path) &&
    decoded !== '' &&
    !/[\\\p{Cc}]/u.test(decoded) &&
    !decoded.split('/').some((part) => part === '.' || part === '..') &&
    !api.includes('//');
  if (isPlain) return;
  throw new AppError('bad-input', 'the address of the request is not one of a Kubernetes API', {
    hint: 'Dots between slashes, empty parts, and escapes that are no UTF-8 are not passed on.',
  });
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function isIdentity(lower: string): boolean {
  const name = lower.replaceAll('_', '-');
  return IDENTITY_HEADERS.some((pattern) => pattern.test(name));
}
