import type { WebSocket } from 'ws';
import type { Credential, CredentialOptions, CredentialProvider } from '../credentials/credential.ts';
import { strikeOut, strikeOutBody } from './credential-echo.ts';
import { createDial } from './dial.ts';
import {
  addIdentity,
  type ForwardAnswer,
  type ForwardRequest,
  type ForwardRequestWithBody,
} from './forward.ts';
import { createHttpClient, type HttpNeeds, type KubeRequest, type KubeResponse } from './http-client.ts';
import { keepBody } from './kept-body.ts';
import type { ResolvedContext } from './kubeconfig.ts';
import { createIdentityHeaders, isSecure } from './request-headers.ts';
import type { DialNeeds } from './route.ts';
import { isSameCredential } from './tls-settings.ts';
import { requestTunnel, type Tunnel, type TunnelRefusal } from './tunnel.ts';
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
  /**
   * Sends somebody else's request as our own and resolves with the answer as it came. After a 401 the credential is renewed,
   * and the request sent once more if its body is no longer than 1 MiB so far. Rejects as `request`; so does the body.
   */
  forward(request: ForwardRequestWithBody): Promise<ForwardAnswer>;
  /** The same for an upgrade, to whatever protocol. Rejects as `request`; any other answer than 101 is one. */
  openTunnel(request: ForwardRequest): Promise<Tunnel | TunnelRefusal>;
  /** Closes idle connections; open WebSockets live on. */
  close(): Promise<void>;
}

/** Of an answer that nobody reads, so that its connection can be used again; a longer one is cut. */
const MAX_DISCARDED_BYTES = 64 * 1024;
/** Of a body that passes, so that it can be sent once more. What kubectl applies is seldom longer. */
const MAX_KEPT_BODY_BYTES = 1024 * 1024;
/** For the answer to an upgrade: some are asked about elsewhere first, and an admission webhook has 30 s. */
const UPGRADE_ANSWER_MS = 60_000;

export function createTransport(
  needs: DialNeeds & Pick<HttpNeeds, 'answerMs' | 'pauseMs'>,
  context: ResolvedContext,
  credentials: CredentialProvider,
): KubeTransport {
  const dial = createDial(needs, context);
  const httpDial = isSecure(context) ? dial : createDial(needs, context, { isForwarded: true });
  const http = createHttpClient({ ...needs, dial: httpDial }, context);

  // The API server of an http address gets no credentials, so none are made.
  async function credentialFor(options: CredentialOptions): Promise<Credential> {
    return isSecure(context) ? credentials.current(options) : {};
  }

  /** Undefined where there is nothing newer than what was refused. */
  async function renew(refused: Credential, options: CredentialOptions): Promise<Credential | undefined> {
    if (!isSecure(context)) return undefined;
    const renewed = await credentials.renew(refused, options);
    return isSameCredential(renewed, refused) ? undefined : renewed;
  }

  async function sendAs(credential: Credential, request: KubeRequest): Promise<KubeResponse> {
    const response = await http.send(request, credential);
    if (response.status < 400) return response;
    return { ...response, body: strikeOutBody(response.body, credential) };
  }

  async function openAs(credential: Credential, request: UpgradeRequest): Promise<WebSocket> {
    const headers = { 'user-agent': needs.userAgent, ...createIdentityHeaders(context, credential) };
    const { socket: connection } = await dial(credential, { signal: request.signal });
    try {
      return await upgrade(context, request, { connection, headers });
    } catch (error) {
      if (!(error instanceof UpgradeRefusal)) throw error;
      throw new UpgradeRefusal(error.status, error.headers, strikeOut(error.body, credential));
    }
  }

  async function openTunnelAs(
    credential: Credential,
    request: ForwardRequest,
  ): Promise<Tunnel | TunnelRefusal> {
    const { socket: connection } = await dial(credential, { signal: request.signal });
    const headers = addIdentity(request, context, credential);
    const { answerMs = UPGRADE_ANSWER_MS } = needs;
    return requestTunnel(context, { ...request, headers }, { connection, answerMs });
  }

  return {
    context: context.name,
    server: context.cluster.server,
    async request(request) {
      const options = toCredentialOptions(request);
      const credential = await credentialFor(options);
      const response = await sendAs(credential, request);
      if (response.status !== 401) return response;
      const renewed = await renew(credential, options);
      if (!renewed) return response;
      await discard(response.body);
      return sendAs(renewed, request);
    },
    async openWebSocket(request) {
      const options = toCredentialOptions(request);
      const credential = await credentialFor(options);
      try {
        return await openAs(credential, request);
      } catch (error) {
        if (!(error instanceof UpgradeRefusal) || error.status !== 401) throw error;
        const renewed = await renew(credential, options);
        if (!renewed) throw error;
        return openAs(renewed, request);
      }
    },
    async forward({ body, ...request }) {
      const options = toCredentialOptions(request);
      const kept = body && keepBody(body, MAX_KEPT_BODY_BYTES);
      const sendOn = (credential: Credential): Promise<ForwardAnswer> =>
        http.forward(kept ? { ...request, body: kept.read() } : request, credential);
      const credential = await credentialFor(options);
      const answer = await sendOn(credential);
      if (answer.status !== 401) return answer;
      const renewed = await renew(credential, options);
      if (!renewed || kept?.isWhole === false) return answer;
      await discard(answer.body);
      return sendOn(renewed);
    },
    async openTunnel(request) {
      const options = toCredentialOptions(request);
      const credential = await credentialFor(options);
      const answer = await openTunnelAs(credential, request);
      if (answer.kind === 'open' || answer.status !== 401) return answer;
      const renewed = await renew(credential, options);
      if (!renewed) return answer;
      await discard(answer.body);
      return openTunnelAs(renewed, request);
    },
    async close() {
      http.close();
    },
  };
}

function toCredentialOptions({
  signal,
  isUnattended = false,
}: Pick<KubeRequest, 'signal' | 'isUnattended'>): CredentialOptions {
  return { signal, isUnattended };
}

async function discard(body: AsyncIterable<Uint8Array>): Promise<void> {
  let length = 0;
  for await (const bytes of body) {
    length += bytes.byteLength;
    if (length > MAX_DISCARDED_BYTES) break;
  }
}
