import { Agent, buildConnector, request as sendRequest } from 'undici';
import type { WebSocket } from 'ws';
import { AppError } from '../base/errors.ts';
import type { Credential, CredentialProvider } from '../credentials/credential.ts';
import { toConnectError } from './connect-error.ts';
import type { ResolvedContext } from './kubeconfig.ts';
import { hashClientCertificate, isSameCredential, toTlsSettings } from './tls-settings.ts';
import { UpgradeRefusal, type UpgradeRequest, upgrade } from './upgrade.ts';

/** One way to one cluster as one user; REST and WebSocket use the same TLS settings and credential. */
export interface KubeTransport {
  /** Context name, for messages. */
  readonly context: string;
  /** Base address, for messages. */
  readonly server: string;
  /**
   * Sends a request and resolves with the answer's head, whatever its status; the body streams and is read or
   * left by whoever asked. A 401 is retried once with a renewed credential. Rejects with `cluster-unreachable`,
   * `cluster-untrusted`, a credential error, or the signal's reason; so does the body.
   */
  request(request: KubeRequest): Promise<KubeResponse>;
  /**
   * Opens a WebSocket; messages that arrive before the caller listens are not lost (the socket is paused).
   * Rejects with `UpgradeRefusal` on any answer but 101.
   */
  openWebSocket(request: UpgradeRequest): Promise<WebSocket>;
  /** Closes idle connections; open WebSockets live on. */
  close(): Promise<void>;
}

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** Below the server's base address, e.g. `/api/v1/pods`; segments are escaped by the caller. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The answer's body may be silent for minutes, as a watch's is; whoever reads it sets the limit. */
  readonly mayBeQuiet?: boolean;
  readonly signal: AbortSignal;
}

export interface KubeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** kubectl's, for dial and TLS handshake. */
const CONNECT_TIMEOUT_MS = 30_000;
/** For an answer's head: lists of large clusters take their time. Also for a pause within its body. */
const ANSWER_TIMEOUT_MS = 60_000;
/** Of an answer that nobody reads, so that its connection can be used again; a longer one is cut. */
const MAX_DISCARDED_BYTES = 64 * 1024;

interface Pool {
  readonly certificateHash: string;
  readonly agent: Agent;
}

/** Throws `context-unusable` where the cluster stands behind a proxy. */
export function createTransport(
  needs: { readonly userAgent: string },
  context: ResolvedContext,
  credentials: CredentialProvider,
): KubeTransport {
  const { cluster } = context;
  if (cluster.proxyUrl) throw createProxyRefusal(context);
  // The API server of an http address gets no credentials, as with kubectl: anybody could listen.
  const isSecure = cluster.server.startsWith('https:');
  let pool: Pool | undefined;

  /** One pool a client certificate: connections made with an old one are not used for the new one. */
  function agentFor(credential: Credential): Agent {
    const certificateHash = hashClientCertificate(credential);
    if (pool?.certificateHash === certificateHash) return pool.agent;
    retire(pool);
    pool = { certificateHash, agent: createAgent(context, credential) };
    return pool.agent;
  }

  function headersFor(credential: Credential): Record<string, string> {
    const authorization =
      isSecure && credential.authorization ? { authorization: credential.authorization } : {};
    return { 'user-agent': needs.userAgent, ...authorization };
  }

  async function credentialFor(signal: AbortSignal): Promise<Credential> {
    return isSecure ? credentials.current({ signal }) : {};
  }

  /** Undefined where there is nothing newer than what was refused. */
  async function renew(refused: Credential, signal: AbortSignal): Promise<Credential | undefined> {
    if (!isSecure) return undefined;
    const renewed = await credentials.renew(refused, { signal });
    return isSameCredential(renewed, refused) ? undefined : renewed;
  }

  async function send(request: KubeRequest, credential: Credential): Promise<KubeResponse> {
    const { method, path, headers, body, signal } = request;
    const query = request.query?.size ? `?${request.query}` : '';
    try {
      const response = await sendRequest(`${cluster.server}${path}${query}`, {
        dispatcher: agentFor(credential),
        method,
        headers: { accept: 'application/json', ...headers, ...headersFor(credential) },
        body: body ?? null,
        bodyTimeout: request.mayBeQuiet ? 0 : ANSWER_TIMEOUT_MS,
        signal,
      });
      return {
        status: response.statusCode,
        headers: response.headers,
        body: readBody(response.body, signal),
      };
    } catch (error) {
      signal.throwIfAborted();
      throw toConnectError(context, error);
    }
  }

  async function* readBody(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      signal.throwIfAborted();
      throw toConnectError(context, error);
    }
  }

  return {
    context: context.name,
    server: cluster.server,
    async request(request) {
      const credential = await credentialFor(request.signal);
      const response = await send(request, credential);
      if (response.status !== 401) return response;
      const renewed = await renew(credential, request.signal);
      if (!renewed) return response;
      await discard(response.body);
      return send(request, renewed);
    },
    async openWebSocket(request) {
      const open = (credential: Credential): Promise<WebSocket> =>
        upgrade(context, request, { ...toTlsSettings(context, credential), headers: headersFor(credential) });
      const credential = await credentialFor(request.signal);
      try {
        return await open(credential);
      } catch (error) {
        if (!(error instanceof UpgradeRefusal) || error.status !== 401) throw error;
        const renewed = await renew(credential, request.signal);
        if (!renewed) throw error;
        return open(renewed);
      }
    },
    async close() {
      // A request that comes later, as a watch's next, gets a pool of its own.
      retire(pool);
      pool = undefined;
    },
  };
}

/**
 * Without a limit of connections: a watch holds its own for minutes, so that with one enough watches would make
 * every other request wait for them.
 */
function createAgent(context: ResolvedContext, credential: Credential): Agent {
  const { servername, ...settings } = toTlsSettings(context, credential);
  const connect = buildConnector({ ...settings, allowH2: false, timeout: CONNECT_TIMEOUT_MS });
  return new Agent({
    allowH2: false,
    headersTimeout: ANSWER_TIMEOUT_MS,
    // undici names the address' host in the handshake, whatever its settings say: ours goes in at the last moment.
    connect: (options, callback) => connect(servername ? { ...options, servername } : options, callback),
  });
}

/** Idle connections end now, those in use when their answer has ended. */
function retire(pool: Pool | undefined): void {
  // Not awaited, as a watch may go on for minutes. It fails only where it was closed before.
  pool?.agent.close().catch(() => {});
}

async function discard(body: AsyncIterable<Uint8Array>): Promise<void> {
  let length = 0;
  for await (const bytes of body) {
    length += bytes.byteLength;
    if (length > MAX_DISCARDED_BYTES) break;
  }
}

function createProxyRefusal({ cluster }: ResolvedContext): AppError {
  return new AppError(
    'context-unusable',
    `cluster "${cluster.name}" is reached through a proxy, which is not supported yet`,
    { hint: 'Remove proxy-url where the cluster can be reached directly.' },
  );
}
