import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Agent, request as sendRequest } from 'undici';
import { WebSocket } from 'ws';
import { AppError } from '../base/errors.ts';
import type { Credential, CredentialProvider } from '../credentials/credential.ts';
import { toConnectError } from './connect-error.ts';
import type { ResolvedContext } from './kubeconfig.ts';

/** One way to one cluster as one user; REST and WebSocket use the same TLS settings and credential. */
export interface KubeTransport {
  /** Context name, for messages. */
  readonly context: string;
  /** Base address, for messages. */
  readonly server: string;
  /**
   * Sends a request and resolves with the answer's head, whatever its status; the body streams.
   * A 401 is retried once with a renewed credential. Rejects with `cluster-unreachable`,
   * `cluster-untrusted`, a credential error, or the signal's reason.
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
  readonly signal: AbortSignal;
}

export interface KubeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface UpgradeRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly protocols: readonly string[];
  readonly signal: AbortSignal;
}

/** The server answered an upgrade with something else than 101. */
export class UpgradeRefusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** At most 64 KiB of it. */
  readonly body: string;

  constructor(
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    body: string,
  ) {
    super(`the server answered ${status} to a WebSocket upgrade`);
    this.name = 'UpgradeRefusal';
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** kubectl's: dial and TLS handshake, or the answer to an upgrade. */
const CONNECT_TIMEOUT_MS = 30_000;
/** For an answer's head; list calls of large clusters take their time. */
const HEADERS_TIMEOUT_MS = 60_000;
/** Largest WebSocket message that is taken; API servers send 32 KiB. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
/** Of the body of a refused upgrade. */
const MAX_REFUSAL_BYTES = 64 * 1024;
const MAX_CONNECTIONS = 8;

/** TLS settings as node:tls takes them. */
interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
}

export function createTransport(
  needs: { readonly userAgent: string },
  context: ResolvedContext,
  credentials: CredentialProvider,
): KubeTransport {
  const { cluster } = context;
  // The API server of an http address gets no credentials, as with kubectl: anybody could listen.
  const isSecure = cluster.server.startsWith('https:');
  if (cluster.proxyUrl) {
    throw new AppError(
      'context-unusable',
      `cluster "${cluster.name}" is reached through a proxy, which is not supported yet`,
      {
        hint: 'Remove proxy-url where the cluster can be reached directly.',
      },
    );
  }
  let pool: { readonly certificate: string; readonly agent: Agent } | undefined;

  /** One pool a client certificate: connections made with an old one are not used for the new one. */
  async function agentFor(credential: Credential): Promise<Agent> {
    const certificate = fingerprint(credential);
    if (pool?.certificate === certificate) return pool.agent;
    const old = pool?.agent;
    const agent = new Agent({
      connections: MAX_CONNECTIONS,
      allowH2: false,
      headersTimeout: HEADERS_TIMEOUT_MS,
      // A quiet watch is no dead one.
      bodyTimeout: 0,
      connect: { ...tlsFor(context, credential), timeout: CONNECT_TIMEOUT_MS },
    });
    pool = { certificate, agent };
    // What still runs over it may end in its own time.
    old?.close().catch(() => {});
    return agent;
  }

  function headersFor(credential: Credential): Record<string, string> {
    const authorization =
      isSecure && credential.authorization ? { authorization: credential.authorization } : {};
    return { 'user-agent': needs.userAgent, ...authorization };
  }

  async function credentialFor(signal: AbortSignal): Promise<Credential> {
    return isSecure ? credentials.current({ signal }) : {};
  }

  async function send(request: KubeRequest, credential: Credential): Promise<KubeResponse> {
    const query = request.query?.size ? `?${request.query}` : '';
    try {
      const { statusCode, headers, body } = await sendRequest(`${cluster.server}${request.path}${query}`, {
        dispatcher: await agentFor(credential),
        method: request.method,
        headers: { accept: 'application/json', ...request.headers, ...headersFor(credential) },
        body: request.body ?? null,
        signal: request.signal,
      });
      return { status: statusCode, headers, body };
    } catch (error) {
      request.signal.throwIfAborted();
      throw toConnectError(context, error);
    }
  }

  return {
    context: context.name,
    server: cluster.server,
    async request(request) {
      const credential = await credentialFor(request.signal);
      const response = await send(request, credential);
      if (response.status !== 401 || !isSecure) return response;
      const renewed = await credentials.renew(credential, { signal: request.signal });
      if (isSameCredential(renewed, credential)) return response;
      await drain(response.body);
      return send(request, renewed);
    },
    async openWebSocket(request) {
      const credential = await credentialFor(request.signal);
      const open = (used: Credential): Promise<WebSocket> =>
        upgrade(context, request, { ...tlsFor(context, used), headers: headersFor(used) });
      try {
        return await open(credential);
      } catch (error) {
        if (!(error instanceof UpgradeRefusal) || error.status !== 401 || !isSecure) throw error;
        const renewed = await credentials.renew(credential, { signal: request.signal });
        if (isSameCredential(renewed, credential)) throw error;
        return open(renewed);
      }
    },
    async close() {
      // Idle connections end now, running requests in their own time; later ones get a pool of their own.
      pool?.agent.close().catch(() => {});
      pool = undefined;
    },
  };
}

function tlsFor({ cluster }: ResolvedContext, { clientCertificate }: Credential): TlsSettings {
  return {
    rejectUnauthorized: !cluster.skipTlsVerify,
    ...(cluster.certificateAuthority ? { ca: cluster.certificateAuthority } : {}),
    ...(cluster.tlsServerName ? { servername: cluster.tlsServerName } : {}),
    ...(clientCertificate ? { cert: clientCertificate.certificatePem, key: clientCertificate.keyPem } : {}),
  };
}

/** The opened socket is paused: nothing is read from it until the caller resumes it. */
function upgrade(
  context: ResolvedContext,
  { path, query, protocols, signal }: UpgradeRequest,
  options: TlsSettings & { readonly headers: Record<string, string> },
): Promise<WebSocket> {
  const address = `${context.cluster.server.replace(/^http/, 'ws')}${path}?${query}`;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = new WebSocket(address, [...protocols], {
      ...options,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      handshakeTimeout: CONNECT_TIMEOUT_MS,
    });
    const cancel = (): void => {
      socket.terminate();
      reject(signal.reason);
    };
    const forget = (): void => signal.removeEventListener('abort', cancel);
    signal.addEventListener('abort', cancel, { once: true });
    socket.once('open', () => {
      socket.pause();
      forget();
      resolve(socket);
    });
    socket.once('unexpected-response', (_request, response) => {
      readRefusal(response).then((refusal) => {
        forget();
        reject(refusal);
        socket.terminate();
      }, reject);
    });
    socket.on('error', (error) => {
      forget();
      reject(toConnectError(context, error));
    });
    return undefined;
  });
}

async function readRefusal(response: IncomingMessage): Promise<UpgradeRefusal> {
  let body = Buffer.alloc(0);
  response.setTimeout(CONNECT_TIMEOUT_MS, () => response.destroy());
  try {
    for await (const bytes of response as AsyncIterable<Buffer>) {
      body = Buffer.concat([body, bytes]);
      if (body.byteLength >= MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // What came before the connection broke is all that there is.
  }
  const text = body.subarray(0, MAX_REFUSAL_BYTES).toString('utf8');
  return new UpgradeRefusal(response.statusCode ?? 0, response.headers, text);
}

/** Lets the connection of an answer that nobody reads be used again. */
async function drain(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of body) {
    // Read, not kept.
  }
}

function fingerprint({ clientCertificate }: Credential): string {
  if (!clientCertificate) return '';
  return createHash('sha256')
    .update(clientCertificate.certificatePem)
    .update(clientCertificate.keyPem)
    .digest('hex');
}

function isSameCredential(left: Credential, right: Credential): boolean {
  return left.authorization === right.authorization && fingerprint(left) === fingerprint(right);
}
