import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { listenOnLoopback } from '../base/loopback.ts';
import type { Impersonation } from '../kube/kubeconfig.ts';
import { describeRequest, type RequestInfo } from '../kube/request-info.ts';
import type { KubeTransport } from '../kube/transport.ts';
import type { ExecDesk } from './command/exec-desk.ts';
import { type RequestHead, readExecRequest } from './command/exec-request.ts';
import { passCommand } from './command/pass-command.ts';
import { passRequest } from './pass-request.ts';
import { passUpgrade } from './pass-upgrade.ts';
import type { ProxiedRequest, ProxyRoute } from './proxied-request.ts';
import { createProxyDoor } from './proxy-door.ts';
import { asksForApis, toStatusAnswer, toTextAnswer } from './proxy-status.ts';
import { sendStatus } from './raw-answer.ts';
import { cleanHeaders, cleanUpgradeHeaders, readHead } from './request-head.ts';
import { withoutProxyPath } from './switch/proxy-kubeconfig.ts';
import type { EnabledContext, ProxyCertificates } from './switch/proxy-state.ts';

/** An API server on 127.0.0.1 that passes what it is asked to clusters, with the identity of the user's contexts. */
export interface RecordingProxy {
  readonly port: number;
  /** Ends what is open to any other context, but for commands, which their desk ends. */
  retain(contexts: readonly string[]): void;
  /** Lets nobody in any more, ends what is open, and waits for commands to be recorded to their end. */
  stop(): Promise<void>;
}

export interface RecordingProxyNeeds {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Log;
  /** Who is let in at this moment. */
  contexts(): readonly EnabledContext[];
  /** Rejects with `context-unknown`. */
  transport(context: string): Promise<KubeTransport>;
  /** Whom the policy has requests made as, in place of whom the context says. Rejects where it cannot be followed. */
  impersonationFor(context: string, info: RequestInfo): Promise<Impersonation | undefined>;
  readonly commands: Pick<ExecDesk, 'open' | 'list' | 'end'>;
}

/** As API servers: the arguments of a command stand in its address (net/http, DefaultMaxHeaderBytes). */
const MAX_HEAD_BYTES = 1024 * 1024;
/** Idle connections are ended by their client, which keeps them for 90 s: so none is cut as it is used again. */
const KEEP_ALIVE_MS = 120_000;
/** On one machine it takes milliseconds. */
const HANDSHAKE_MS = 10_000;
/** Each watch has one; what other programs open beyond them is not to use up the app's descriptors. */
const MAX_CONNECTIONS = 1_024;

/** Rejects with the system's error where it cannot listen; port 0 takes a free one. */
export async function startRecordingProxy(
  needs: RecordingProxyNeeds,
  options: { readonly port: number; readonly certificates: ProxyCertificates },
): Promise<RecordingProxy> {
  const { log } = needs;
  const door = createProxyDoor(needs);
  const ending = new AbortController();
  const connections = new Set<Socket>();
  const serving = new Set<Promise<void>>();
  const open = new Set<{ readonly context: string; readonly leaving: AbortController }>();
  const server = createServer({
    cert: options.certificates.certificate,
    key: options.certificates.privateKey,
    minVersion: 'TLSv1.2',
    maxHeaderSize: MAX_HEAD_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    handshakeTimeout: HANDSHAKE_MS,
    // A body may take its time.
    requestTimeout: 0,
    // Who has sent all may still read.
    allowHalfOpen: true,
  });
  server.maxConnections = MAX_CONNECTIONS;

  /** Throws what the client is refused with. */
  async function admit(
    message: IncomingMessage,
    { isUpgrade, gone }: { readonly isUpgrade: boolean; readonly gone: AbortSignal },
  ): Promise<ProxiedRequest> {
    const context = door.admit(message, port);
    const asked = readHead(message);
    const head = { ...asked, target: withoutProxyPath(asked.target, context) };
    const [path = '', ...query] = head.target.split('?');
    const info = describeRequest(head.method, path, new URLSearchParams(query.join('?')));
    const route = findRoute(head, info, isUpgrade);
    const headers = isUpgrade ? cleanUpgradeHeaders(head.headers) : cleanHeaders(head.headers);
    const entry = { context, leaving: new AbortController() };
    open.add(entry);
    gone.addEventListener('abort', () => open.delete(entry), { once: true });
    const signal = AbortSignal.any([gone, ending.signal, entry.leaving.signal]);
    const impersonation = await needs.impersonationFor(context, info);
    return { ...head, headers, context, info, route, signal, ...(impersonation && { impersonation }) };
  }

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      const request = await admit(message, { isUpgrade: false, gone: gone.signal });
      const transport = await needs.transport(request.context);
      await passRequest({ transport }, request, { message, response });
    } catch (error) {
      if (gone.signal.aborted || response.headersSent) return void response.destroy();
      noteMistake(error);
      const isText = asksForApis(message.headers.accept);
      const { code, body } = isText ? toTextAnswer(error) : toStatusAnswer(error);
      response.writeHead(code, { 'Content-Type': isText ? 'text/plain' : 'application/json' });
      response.end(body);
    }
  }

  async function answerUpgrade(message: IncomingMessage, socket: Socket): Promise<void> {
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    try {
      const request = await admit(message, { isUpgrade: true, gone: gone.signal });
      const { route, context } = request;
      if (route.name === 'commands') {
        await passCommand(needs, { ...request, command: route.command }, socket);
      } else {
        await passUpgrade({ transport: await needs.transport(context) }, request, socket);
      }
    } catch (error) {
      if (gone.signal.aborted) return;
      noteMistake(error);
      sendStatus(socket, error);
    }
  }

  function noteMistake(error: unknown): void {
    const { code, message } = toAppError(error);
    if (code === 'internal') log.error({ error: message }, 'the proxy failed to answer');
  }

  function keep(work: Promise<void>): void {
    serving.add(work);
    // Never rejects: each has told its client.
    void work.finally(() => serving.delete(work));
  }

  // Below TLS: who never speaks it is among them, too.
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (message, response) => keep(answer(message, response)));
  server.on('upgrade', (message: IncomingMessage, socket: Socket, head: Buffer) => {
    // Stays for the socket's life: an error without a listener would end the process.
    socket.on('error', () => socket.destroy());
    socket.pause();
    if (head.length > 0) socket.unshift(head);
    keep(answerUpgrade(message, socket));
  });
  const port = await listenOnLoopback(server, options.port);

  return {
    port,
    retain(contexts) {
      for (const { context, leaving } of open) {
        if (contexts.includes(context)) continue;
        leaving.abort(
          new AppError('cancelled', `context ${context} does not lead through the proxy any more`),
        );
      }
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      ending.abort(new AppError('cancelled', 'the proxy of Kubereel is ending'));
      server.closeAllConnections();
      // One that has just ended by itself is not there any more.
      const commands = needs.commands.list().map(({ sessionId }) => needs.commands.end(sessionId));
      await Promise.allSettled(commands);
      await Promise.all(serving);
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}

/** Throws for what may be a command and is not asked for as one that can be recorded. */
function findRoute(
  head: RequestHead,
  { resource, subresource }: RequestInfo,
  isUpgrade: boolean,
): ProxyRoute {
  const command = readExecRequest(head);
  if (command && isUpgrade) return { name: 'commands', command };
  // Also whatever an API server takes for one, should the two ever differ.
  if (command || (resource === 'pods' && (subresource === 'exec' || subresource === 'attach'))) {
    throw new AppError('exec-refused', 'a command in a pod that cannot be recorded is not passed on', {
      hint: 'Clients of Kubernetes ask for it over WebSocket or SPDY/3.1.',
    });
  }
  return { name: isUpgrade ? 'upgrades' : 'requests' };
}
