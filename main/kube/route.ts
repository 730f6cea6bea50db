import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { toConnectError } from './connect-error.ts';
import { openTunnel, type TunnelTarget } from './connect-proxy.ts';
import { leaveOnAbort, takeStep } from './dial-step.ts';
import type { ResolvedContext } from './kubeconfig.ts';
import { formatProxy } from './proxy.ts';
import { chooseProxy, type ProxyChoice } from './proxy-choice.ts';
import { toProxyError } from './proxy-error.ts';
import { openSocksTunnel } from './socks-proxy.ts';
import { secureSocket } from './tls-handshake.ts';
import { createTlsSettings, type TlsSettings } from './tls-settings.ts';

export interface DialNeeds {
  readonly userAgent: string;
  /** The user's, which may name proxies. Asked for at each connection, as it may come to be known later. */
  environment(): Promise<NodeJS.ProcessEnv>;
  /** Absent: kubectl's. */
  readonly limits?: DialLimits;
}

/** Milliseconds. */
export interface DialLimits {
  /** For a TCP connection, to the cluster or a proxy. */
  readonly connectMs: number;
  /** For a TLS handshake. */
  readonly handshakeMs: number;
  /** For a proxy's answer: it has to connect itself first. */
  readonly tunnelMs: number;
  /** For the page of its refusal: one that is announced and does not come is not waited for. Absent: `REFUSAL_PAGE_MS`. */
  readonly pageMs?: number;
}

/** client-go, transport/cache.go; for the proxy's answer net/http, transport.go. */
export const KUBECTL_LIMITS: DialLimits = { connectMs: 30_000, handshakeMs: 10_000, tunnelMs: 60_000 };
const REFUSAL_PAGE_MS = 2_000;
/** Silence after which TCP asks whether the other side is there, as for kubectl. */
const KEEP_ALIVE_MS = 30_000;

/**
 * After which the next address of a name is tried. Node gives one up at this time, and its quarter of a second is less
 * than a connection over a far VPN takes.
 */
const NEXT_ADDRESS_MS = 1_500;

/** A connection to the cluster's address, and how it was reached. */
export interface Route {
  readonly socket: Socket;
  /** Absent: directly. */
  readonly proxy?: ProxyUse;
}

/** For people: kind and address without login, and where it was named (`proxy-url` or a variable). */
export interface ProxyUse {
  readonly address: string;
  readonly source: string;
}

export interface RouteOptions {
  readonly signal: AbortSignal;
  /** Requests are sent to an http or https proxy itself, which passes them on: no tunnel is asked for. */
  readonly isForwarded?: boolean;
  /** For an https proxy; absent: without a client certificate. */
  readonly tls?: () => TlsSettings;
}

/**
 * The way to the cluster's server, before any TLS with it: directly, or through the proxy that applies. Whoever asked
 * destroys the socket; its errors are heard. Rejects with `cluster-unreachable`, `cluster-untrusted` for a proxy's
 * certificate, `context-unusable`, or the signal's reason.
 */
export async function openRoute(
  needs: DialNeeds,
  context: ResolvedContext,
  { signal, isForwarded = false, tls = () => createTlsSettings(context, {}) }: RouteOptions,
): Promise<Route> {
  // A login shell may take seconds to tell its environment: it is waited for only where it may matter.
  const environment = context.cluster.proxyUrl ? {} : await leaveOnAbort(needs.environment(), signal);
  const choice = chooseProxy(context.cluster, environment);
  const limits = needs.limits ?? KUBECTL_LIMITS;
  try {
    if (!choice) return { socket: await openTcp(targetOf(context), limits, signal) };
    const socket = await openThrough(choice);
    return { socket, proxy: { address: formatProxy(choice.proxy), source: choice.source } };
  } catch (error) {
    signal.throwIfAborted();
    throw choice ? toProxyError(context, choice, error) : toConnectError(context, error);
  }

  async function openThrough({ proxy }: ProxyChoice): Promise<Socket> {
    const tcp = await openTcp(proxy, limits, signal);
    const socket =
      proxy.kind === 'https'
        ? await secureSocket(tcp, tls(), proxy.host, { limitMs: limits.handshakeMs, signal })
        : tcp;
    const options = { limitMs: limits.tunnelMs, signal };
    if (proxy.kind === 'socks5') await openSocksTunnel(socket, proxy, targetOf(context), options);
    else if (!isForwarded) {
      const { pageMs = REFUSAL_PAGE_MS } = limits;
      await openTunnel(needs, socket, proxy, targetOf(context), { ...options, pageMs });
    }
    return socket;
  }
}

/** Of the API server; IPv6 without brackets. */
export function targetOf({ cluster }: Pick<ResolvedContext, 'cluster'>): TunnelTarget {
  const { hostname, port, protocol } = new URL(cluster.server);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
  };
}

async function openTcp(
  { host, port }: TunnelTarget,
  { connectMs }: DialLimits,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = connect({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
  });
  // Stays for the socket's life: an error between two owners would end the process.
  socket.on('error', () => {});
  await takeStep(socket, { limitMs: connectMs, signal }, () => once(socket, 'connect'));
  return socket;
}
