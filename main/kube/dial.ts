import type { Credential } from '../credentials/credential.ts';
import { toConnectError } from './connect-error.ts';
import type { ResolvedContext } from './kubeconfig.ts';
import { isSecure } from './request-headers.ts';
import { type DialNeeds, KUBECTL_LIMITS, openRoute, type Route, targetOf } from './route.ts';
import { secureSocket } from './tls-handshake.ts';
import { createTlsSettings, hashClientCertificate, type TlsSettings } from './tls-settings.ts';

/**
 * Opens a connection that is ready for HTTP; over TLS its peer is whom we asked for. Rejects with `cluster-unreachable`,
 * `cluster-untrusted`, `unauthorized`, `context-unusable`, or the signal's reason.
 */
export type Dial = (credential: Credential, options: { readonly signal: AbortSignal }) => Promise<Route>;

/** The one way to make connections to a cluster, for REST and WebSocket. `isForwarded`: as for a route. */
export function createDial(
  needs: DialNeeds,
  context: ResolvedContext,
  { isForwarded = false }: { readonly isForwarded?: boolean } = {},
): Dial {
  const { handshakeMs } = needs.limits ?? KUBECTL_LIMITS;
  const peerName = context.cluster.tlsServerName ?? targetOf(context).host;
  let latest: { readonly certificateHash: string; readonly settings: TlsSettings } | undefined;

  /** Reading a store of authorities takes as long as many handshakes: done once a client certificate. */
  function tlsSettingsFor(credential: Credential): TlsSettings {
    const certificateHash = hashClientCertificate(credential);
    if (latest?.certificateHash !== certificateHash) {
      latest = { certificateHash, settings: createTlsSettings(context, credential) };
    }
    return latest.settings;
  }

  return async (credential, { signal }) => {
    const tls = (): TlsSettings => tlsSettingsFor(credential);
    try {
      if (!isSecure(context)) return await openRoute(needs, context, { signal, isForwarded, tls });
      // First of all, as what cannot be read is no trouble of the network.
      const settings = tls();
      const route = await openRoute(needs, context, { signal, tls });
      const socket = await secureSocket(route.socket, settings, peerName, { limitMs: handshakeMs, signal });
      return { ...route, socket };
    } catch (error) {
      signal.throwIfAborted();
      throw toConnectError(context, error);
    }
  };
}
