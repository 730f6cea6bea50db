import { Readable } from 'node:stream';
import type { Agent, Dispatcher } from 'undici';
import type { Credential } from '../credentials/credential.ts';
import { readBody, readStart } from './answer-body.ts';
import { toConnectError } from './connect-error.ts';
import { formatProxyLogin } from './connect-proxy.ts';
import type { Dial } from './dial.ts';
import { leaveOnAbort } from './dial-step.ts';
import {
  addIdentity,
  type ForwardAnswer,
  type ForwardRequestWithBody,
  flattenLines,
  type HeaderLines,
  pairLines,
  toLines,
} from './forward.ts';
import type { ResolvedContext } from './kubeconfig.ts';
import { chooseProxy, type ProxyChoice } from './proxy-choice.ts';
import { ProxyRefusal, toProxyError } from './proxy-error.ts';
import { createIdentityHeaders, isSecure } from './request-headers.ts';
import type { DialNeeds } from './route.ts';
import { hashClientCertificate } from './tls-settings.ts';

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** Below the server's base address, e.g. `/api/v1/pods`; segments are escaped by the caller. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The answer's body may be silent for minutes, as a watch's is; whoever reads it sets the limit. */
  readonly mayBeQuiet?: boolean;
  /** As of a credential. */
  readonly isUnattended?: boolean;
  readonly signal: AbortSignal;
}

export interface KubeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface HttpNeeds extends Pick<DialNeeds, 'userAgent' | 'environment'> {
  /** Makes its connections; to an http server, through a proxy that takes requests as they are. */
  readonly dial: Dial;
  /** Milliseconds for an answer's head. Absent: a minute. */
  readonly answerMs?: number;
  /** Milliseconds for a pause in a body that may not be quiet. Absent: a minute. */
  readonly pauseMs?: number;
}

/** Requests and answers to one cluster, over connections that are kept for the next request. */
export interface HttpClient {
  /** Rejects as `KubeTransport.request` does; a 401 is an answer as any other. */
  send(request: KubeRequest, credential: Credential): Promise<KubeResponse>;
  /** The same for somebody else's request, without limits of time. */
  forward(request: ForwardRequestWithBody, credential: Credential): Promise<ForwardAnswer>;
  /** Closes idle connections, and those in use when their answer has ended. */
  close(): void;
}

/** kubectl has none; lists of large clusters take their time, but nobody waits for ever. */
const ANSWER_LIMIT_MS = 60_000;
/**
 * How long a connection is kept for the next request. Less than balancers give an idle one, and short enough that one
 * which died unnoticed, as in a laptop's sleep, is seldom met.
 */
const IDLE_MS = 20_000;
/** Of a proxy's page. */
const MAX_REFUSAL_BYTES = 4 * 1024;

type Undici = Pick<typeof import('undici'), 'Agent'>;

/** It takes longer to load than all that a command needs which asks no cluster. In a bundle it has no names of its own. */
async function loadUndici(): Promise<Undici> {
  return (await import('undici')).default;
}

interface Pool {
  readonly certificateHash: string;
  readonly agent: Agent;
}

export function createHttpClient(needs: HttpNeeds, context: ResolvedContext): HttpClient {
  const { cluster } = context;
  const { answerMs = ANSWER_LIMIT_MS, pauseMs = ANSWER_LIMIT_MS } = needs;
  const { origin } = new URL(cluster.server);
  let pool: Pool | undefined;
  // Begun before it is needed: whoever makes a client asks a cluster something next. A failure is the request's.
  const loading = loadUndici();
  loading.catch(() => {});

  /** One pool a client certificate: connections made with an old one are not used for the new one. */
  function agentFor(undici: Undici, credential: Credential): Agent {
    const certificateHash = hashClientCertificate(credential);
    if (pool?.certificateHash === certificateHash) return pool.agent;
    retire(pool);
    pool = { certificateHash, agent: createAgent(undici, needs.dial, credential, answerMs) };
    return pool.agent;
  }

  /** The proxy that takes plain http requests as its own and passes them on, as with kubectl. */
  async function chooseForwarder(signal: AbortSignal): Promise<ProxyChoice | undefined> {
    if (isSecure(context)) return undefined;
    const choice = chooseProxy(cluster, await leaveOnAbort(needs.environment(), signal));
    return choice?.proxy.kind === 'socks5' ? undefined : choice;
  }

  async function send(request: KubeRequest, credential: Credential): Promise<KubeResponse> {
    const { method, path, body, signal } = request;
    const query = request.query?.size ? `?${request.query}` : '';
    const forwarder = await chooseForwarder(signal);
    const url = `${cluster.server}${path}${query}`;
    try {
      const response = await agentFor(await loading, credential).request({
        origin,
        path: forwarder ? url : url.slice(origin.length),
        method,
        headers: {
          accept: 'application/json',
          ...(cluster.disableCompression ? {} : { 'accept-encoding': 'gzip' }),
          ...request.headers,
          'user-agent': needs.userAgent,
          ...createIdentityHeaders(context, credential),
          ...(forwarder ? formatProxyLogin(forwarder.proxy) : {}),
        },
        body: body ?? null,
        bodyTimeout: request.mayBeQuiet ? 0 : pauseMs,
        signal,
      });
      if (forwarder && response.statusCode === 407) throw await toLoginError(forwarder, response);
      return toAnswer(response, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw toConnectError(context, error);
    }
  }

  async function forward(request: ForwardRequestWithBody, credential: Credential): Promise<ForwardAnswer> {
    const { method, target, body, signal } = request;
    const forwarder = await chooseForwarder(signal);
    const url = `${cluster.server}${target}`;
    const lines = [
      ...addIdentity(request, context, credential).filter(mayPass),
      ...(forwarder ? toLines(formatProxyLogin(forwarder.proxy)) : []),
    ];
    try {
      const response = await agentFor(await loading, credential).request({
        origin,
        path: forwarder ? url : url.slice(origin.length),
        method,
        headers: flattenLines(lines),
        body: body ? Readable.from(body) : null,
        headersTimeout: 0,
        bodyTimeout: 0,
        responseHeaders: 'raw',
        signal,
      });
      if (forwarder && response.statusCode === 407) throw await toLoginError(forwarder, response);
      return {
        status: response.statusCode,
        statusText: response.statusText,
        // Its type does not say what `responseHeaders` does.
        headers: pairLines(response.headers as unknown as readonly string[]),
        body: readBody(context, { body: response.body, isPacked: false }, { signal }),
      };
    } catch (error) {
      signal.throwIfAborted();
      throw toConnectError(context, error);
    }
  }

  /** What is packed does not arrive where somebody had to say so. */
  function mayPass([name]: HeaderLines[number]): boolean {
    return !(cluster.disableCompression && name.toLowerCase() === 'accept-encoding');
  }

  function toAnswer(
    { statusCode, headers, body }: Dispatcher.ResponseData,
    signal: AbortSignal,
  ): KubeResponse {
    const { 'content-encoding': encoding, 'content-length': _packedLength, ...others } = headers;
    const isPacked = !cluster.disableCompression && encoding === 'gzip';
    return {
      status: statusCode,
      headers: isPacked ? others : headers,
      body: readBody(context, { body, isPacked }, { signal }),
    };
  }

  async function toLoginError(choice: ProxyChoice, { body }: Dispatcher.ResponseData): Promise<Error> {
    const text = await readStart(body, MAX_REFUSAL_BYTES);
    const refusal = new ProxyRefusal('answered 407 Proxy Authentication Required', {
      body: text,
      isLogin: true,
    });
    return toProxyError(context, choice, refusal);
  }

  return {
    send,
    forward,
    close() {
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
function createAgent({ Agent }: Undici, dial: Dial, credential: Credential, answerMs: number): Agent {
  // A request that is given up leaves its connection to the next one; dialling has limits of its own.
  const { signal } = new AbortController();
  return new Agent({
    allowH2: false,
    headersTimeout: answerMs,
    keepAliveTimeout: IDLE_MS,
    connect(_options, callback) {
      dial(credential, { signal }).then(
        ({ socket }) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
  });
}

/** Idle connections end now, those in use when their answer has ended. */
function retire(pool: Pool | undefined): void {
  // Not awaited, as a watch may go on for minutes. It fails only where it was closed before.
  pool?.agent.close().catch(() => {});
}
