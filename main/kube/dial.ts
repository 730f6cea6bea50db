import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Credential } from '../credentials/credential.ts';
import { toConnectError } from './connect-error.ts';
import { openTunnel, type TunnelTarget } from './connect-proxy.ts';
import { takeStep } from './dial-step.ts';
import type { ResolvedContext } from './kubeconfig.ts';
import { formatProxy } from './proxy.ts';
import { chooseProxy, type ProxyChoice } from './proxy-choice.ts';
import { toProxyError } from './proxy-error.ts';
import { openSocksTunnel } from './socks-proxy.ts';
import { secureSocket } from './tls-handshake.ts';
import { createTlsSettings, hashClientCertificate, type TlsSettings } from './tls-settings.ts';

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
}

/** client-go, rest/config.go and transport/cache.go; for the proxy's answer net/http, transport.go. */
const KUBECTL_LIMITS: DialLimits = { connectMs: 30_000, handshakeMs: 10_000, tunnelMs: 60_000 };
/** Silence after which TCP asks whether the other side is there, as for kubectl. */
const KEEP_ALIVE_MS = 30_000;

/** A connection that is ready for HTTP: over TLS a `TLSSocket` whose peer is whom we asked for. */
export interface ClusterConnection {
  readonly socket: Socket;
  /** Absent: directly. */
  readonly proxy?: ProxyUse;
}

/** For people: kind and address without login, and where it was named (`proxy-url` or a variable). */
export interface ProxyUse {
  readonly address: string;
  readonly source: string;
}

export interface DialOptions {
  /** Requests are sent to an http or https proxy itself, which passes them on: no tunnel is asked for. */
  readonly isForwarded?: boolean;
}

/** Rejects with `cluster-unreachable`, `cluster-untrusted`, `context-unusable`, or the signal's reason. */
export type Dial = (
  credential: Credential,
  options: { readonly signal: AbortSignal },
) => Promise<ClusterConnection>;

/** The one way to a cluster's address, for REST, WebSocket and whoever wants to look at the connection itself. */
export function createDial(
  needs: DialNeeds,
  context: ResolvedContext,
  { isForwarded = false }: DialOptions = {},
): Dial {
  const limits = needs.limits ?? KUBECTL_LIMITS;
  const server = new URL(context.cluster.server);
  const isSecure = server.protocol === 'https:';
  const target: TunnelTarget = {
    host: server.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(server.port) || (isSecure ? 443 : 80),
  };
  let latest: { readonly certificateHash: string; readonly settings: TlsSettings } | undefined;

  /** Reading a store of authorities takes as long as many handshakes: done once a client certificate. */
  function tlsSettingsFor(credential: Credential): TlsSettings {
    const certificateHash = hashClientCertificate(credential);
    if (latest?.certificateHash !== certificateHash) {
      latest = { certificateHash, settings: createTlsSettings(context, credential) };
    }
    return latest.settings;
  }

  async function openTcp({ host, port }: TunnelTarget, signal: AbortSignal): Promise<Socket> {
    const socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    // Stays for the socket's life: an error between two owners would end the process.
    socket.on('error', () => {});
    await takeStep(socket, { limitMs: limits.connectMs, signal }, () => once(socket, 'connect'));
    return socket;
  }

  async function openThrough({ proxy }: ProxyChoice, tls: TlsSettings, signal: AbortSignal): Promise<Socket> {
    const tcp = await openTcp(proxy, signal);
    const socket =
      proxy.kind === 'https'
        ? await secureSocket(tcp, tls, proxy.host, { limitMs: limits.handshakeMs, signal })
        : tcp;
    const options = { limitMs: limits.tunnelMs, signal };
    if (proxy.kind === 'socks5') await openSocksTunnel(socket, proxy, target, options);
    else if (!isForwarded) await openTunnel(needs, socket, proxy, target, options);
    return socket;
  }

  async function openWay(
    choice: ProxyChoice | undefined,
    tls: TlsSettings,
    signal: AbortSignal,
  ): Promise<Socket> {
    if (!choice) return openTcp(target, signal);
    try {
      return await openThrough(choice, tls, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw toProxyError(context, choice, error);
    }
  }

  return async (credential, { signal }) => {
    const choice = chooseProxy(context.cluster, await needs.environment());
    try {
      const tls = tlsSettingsFor(credential);
      const socket = await openWay(choice, tls, signal);
      const peerName = context.cluster.tlsServerName ?? target.host;
      return {
        socket: isSecure
          ? await secureSocket(socket, tls, peerName, { limitMs: limits.handshakeMs, signal })
          : socket,
        ...(choice ? { proxy: { address: formatProxy(choice.proxy), source: choice.source } } : {}),
      };
    } catch (error) {
      signal.throwIfAborted();
      throw toConnectError(context, error);
    }
  };
}

/** A connection for whoever wants to look at it, such as at its certificates, and destroys it then. */
export function dialCluster(
  needs: DialNeeds,
  context: ResolvedContext,
  credential: Credential,
  { signal }: { readonly signal: AbortSignal },
): Promise<ClusterConnection> {
  return createDial(needs, context)(credential, { signal });
}
