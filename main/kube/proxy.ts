import { AppError } from '../base/errors.ts';
import { withoutLogin } from './server-address.ts';

/** A proxy that a cluster is reached through. */
export interface ProxyAddress {
  readonly kind: 'http' | 'https' | 'socks5';
  /** Name or address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Percent-decoded. Never quoted. */
  readonly login?: { readonly username: string; readonly password: string };
}

const DEFAULT_PORTS = { http: 80, https: 443, socks5: 1080 } as const;

/** A cluster's `proxy-url`, in kubectl's rules and words (clientcmd, validation.go). Throws `context-unusable`. */
export function parseProxyUrl(text: string, cluster: string): ProxyAddress {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? '';
  const isParsable = scheme !== '' || !text.includes(':');
  if (isParsable && !isKnownScheme(scheme)) {
    throw createRefusal(text, cluster, `unsupported scheme "${scheme}", must be http, https, or socks5`);
  }
  const proxy = toProxy(text);
  if (!proxy) throw createRefusal(text, cluster, 'failed to parse');
  return proxy;
}

/**
 * A proxy as the environment names it: an address without a scheme is an http proxy's; what is no address either is left
 * out, as by Go's clients (golang.org/x/net/http/httpproxy). Throws `context-unusable` for a scheme that we cannot use:
 * going past a proxy that somebody asked for would be worse.
 */
export function parseEnvironmentProxy(text: string, variable: string): ProxyAddress | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return toProxy(`http://${text}`);
  // Who writes socks5h asks for what socks5 means here anyway: names are looked up by the proxy.
  const proxy = toProxy(text.replace(/^socks5h:/i, 'socks5:'));
  if (proxy) return proxy;
  throw new AppError(
    'context-unusable',
    `${variable} "${withoutLogin(text)}" in the environment is no proxy`,
    {
      hint: `Write ${variable} as http://proxy.example.com:3128; https and socks5 are known too.`,
    },
  );
}

/** For messages: without its login. */
export function formatProxy({ kind, host, port }: ProxyAddress): string {
  return `${kind}://${formatAddress(host, port)}`;
}

/** As an authority is written: `[::1]:6443`. */
export function formatAddress(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function toProxy(text: string): ProxyAddress | undefined {
  const url = URL.parse(text);
  const kind = url?.protocol.slice(0, -1);
  if (!url || url.hostname === '' || !isKnownScheme(kind)) return undefined;
  try {
    const login = {
      username: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
    };
    return {
      kind,
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? DEFAULT_PORTS[kind] : Number(url.port),
      ...(login.username === '' && login.password === '' ? {} : { login }),
    };
  } catch {
    // What follows a % in the login are no two digits.
    return undefined;
  }
}

function isKnownScheme(scheme: string | undefined): scheme is ProxyAddress['kind'] {
  return scheme === 'http' || scheme === 'https' || scheme === 'socks5';
}

function createRefusal(text: string, cluster: string, reason: string): AppError {
  return new AppError(
    'context-unusable',
    `invalid 'proxy-url' "${withoutLogin(text)}" for cluster "${cluster}": ${reason}`,
    {
      hint: 'Write it as http://proxy.example.com:3128; special characters of a password are percent-encoded (@ is %40).',
    },
  );
}
