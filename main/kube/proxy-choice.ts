import { BlockList, isIP } from 'node:net';
import type { ClusterSettings } from './kubeconfig.ts';
import { type ProxyAddress, parseEnvironmentProxy, parseProxyUrl } from './proxy.ts';

/** The proxy that applies, and where it was named, so that a person knows what to change. */
export interface ProxyChoice {
  readonly proxy: ProxyAddress;
  /** `proxy-url` of the cluster, or the name of a variable of the environment. */
  readonly source: string;
}

/**
 * The cluster's own proxy where it names one; then the environment is not asked, its NO_PROXY neither. Otherwise the
 * environment's, in the rules of Go's clients (golang.org/x/net/http/httpproxy): ALL_PROXY is not read. Throws
 * `context-unusable`. Undefined: the cluster is reached directly.
 */
export function chooseProxy(
  { name, server, proxyUrl }: Pick<ClusterSettings, 'name' | 'server' | 'proxyUrl'>,
  environment: NodeJS.ProcessEnv,
): ProxyChoice | undefined {
  if (proxyUrl) return { proxy: parseProxyUrl(proxyUrl, name), source: 'proxy-url' };
  const url = new URL(server);
  const variable = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const found = readVariable(environment, variable);
  const proxy = found && parseEnvironmentProxy(found.value, found.name);
  if (!proxy || isDirect(url, readVariable(environment, 'NO_PROXY')?.value ?? '')) return undefined;
  return { proxy, source: found.name };
}

/** The first that is set and not empty: as it is written everywhere, else in lower case. */
function readVariable(
  environment: NodeJS.ProcessEnv,
  upperName: string,
): { readonly name: string; readonly value: string } | undefined {
  for (const name of [upperName, upperName.toLowerCase()]) {
    const value = environment[name];
    if (value) return { name, value };
  }
  return undefined;
}

function isDirect(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || isWithin(host, LOOPBACK)) return true;
  return noProxy.split(',').some((entry) => matches(entry.trim().toLowerCase(), host, port));
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** One entry: `*`, an address or range, a name with all below it, or `.name` and `*.name` for those below alone. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const range = parseRange(entry);
  if (range) return isWithin(host, range);
  const { name, onlyPort } = splitPort(entry);
  if (name === '' || (onlyPort !== undefined && onlyPort !== port)) return false;
  const address = parseRange(`${name}/${isIP(name) === 4 ? 32 : 128}`);
  if (address) return isWithin(host, address);
  const suffix = name.replace(/^\*\./, '.');
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

/** `name`, `name:port`, `[v6]:port` or a bare IPv6 address, whose colons separate no port. */
function splitPort(entry: string): { readonly name: string; readonly onlyPort?: string } {
  const found = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(entry);
  return found ? { name: found[1] ?? found[2] ?? '', onlyPort: found[3] ?? '' } : { name: entry };
}

/** Undefined for what is no `address/bits`. */
function parseRange(entry: string): BlockList | undefined {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) return undefined;
  const range = new BlockList();
  range.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return range;
}

function isWithin(host: string, range: BlockList): boolean {
  const family = isIP(host);
  return family !== 0 && range.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
