import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { toConnectError } from '../kube/connect-error.ts';
import type { ResolvedContext } from '../kube/kubeconfig.ts';
import { detailOf, ok, type Result } from './check.ts';

/** Where a TCP connection leads to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** The host and port of an API server's address; IPv6 without brackets. */
export function endpointOf(server: string): Endpoint {
  const url = new URL(server);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
  };
}

/** A connection to the API server itself. */
export function connectToServer(
  { cluster }: ResolvedContext,
  options: { signal: AbortSignal },
): Promise<Socket> {
  return connectTcp(endpointOf(cluster.server), options);
}

/** Looks the name up and connects: to the cluster, or to the proxy that stands before it. */
export async function checkAddress(
  { clock }: { readonly clock: Pick<Clock, 'nowMicros'> },
  context: ResolvedContext,
  { signal }: { signal: AbortSignal },
): Promise<Result<Endpoint>> {
  const endpoint = endpointOf(context.cluster.server);
  try {
    const addresses = await lookUp(endpoint.host, signal);
    const startMicros = clock.nowMicros();
    const socket = await connectTcp(endpoint, { signal });
    const tookMs = Math.max(1, Math.round((clock.nowMicros() - startMicros) / 1_000));
    const reached = formatEndpoint({ host: socket.remoteAddress ?? endpoint.host, port: endpoint.port });
    socket.destroy();
    return {
      finding: ok(`${formatEndpoint(endpoint)} answers, directly`, {
        ...detailOf(
          `server ${context.cluster.server}`,
          `addresses ${addresses.join(', ')}`,
          `connected to ${reached} in ${tookMs} ms`,
        ),
      }),
      found: endpoint,
    };
  } catch (error) {
    signal.throwIfAborted();
    throw toConnectError(context, error);
  }
}

async function lookUp(host: string, signal: AbortSignal): Promise<readonly string[]> {
  if (isIP(host)) return [host];
  // A lookup of the system cannot be cancelled, only left behind.
  const left = Promise.withResolvers<never>();
  const leave = (): void => left.reject(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  try {
    const found = await Promise.race([lookup(host, { all: true }), left.promise]);
    return found.map(({ address }) => address);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** Resolves with a connected socket that the caller destroys. */
function connectTcp({ host, port }: Endpoint, { signal }: { signal: AbortSignal }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = connect({ host, port });
    const cancel = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', cancel, { once: true });
    socket.once('connect', () => {
      signal.removeEventListener('abort', cancel);
      resolve(socket);
    });
    // Stays for the socket's life: an error without a listener would end the process.
    socket.on('error', (error) => {
      signal.removeEventListener('abort', cancel);
      reject(error);
    });
  });
}

function formatEndpoint({ host, port }: Endpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
