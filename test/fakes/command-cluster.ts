import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'node:https';
import { PassThrough, Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import { createStatus, type FakeApiServer, refuseUpgrade, sendJson, startApiServer } from './api-server.ts';
import { type RunCommand, runProgram } from './command-program.ts';
import { createPod } from './kube-pods.ts';
import { exitStatus, SUCCESS } from './remote-command.ts';
import { acceptSpdy, acceptTunnel, createNowhere, type SpdyServerOptions } from './spdy-server.ts';

/**
 * A cluster whose pods run `PROGRAMS`, over WebSockets and over SPDY/3.1 alike: `web`, and `term`, whose container has a
 * terminal of its own to attach to.
 */
export interface CommandClusterOptions extends SpdyServerOptions {
  /** Of WebSockets. */
  readonly protocols?: readonly string[];
  /** Absent: plain HTTP. */
  readonly tls?: ServerOptions;
  /** Whether an upgrade is let in; others get a 401. Absent: each is. */
  admits?(request: IncomingMessage): boolean;
}

const RESOURCES = [
  { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list'] },
];
const POD_PATH = '/api/v1/namespaces/shop/pods';
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', groups: [] },
  '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: RESOURCES },
  [`${POD_PATH}/web`]: createPod('web'),
  [`${POD_PATH}/term`]: createPod('term', {
    spec: { containers: [{ name: 'app', image: 'app:1', stdin: true, tty: true }] },
  }),
};

export function startCommandCluster(options: CommandClusterOptions = {}): Promise<FakeApiServer> {
  return startApiServer({
    ...(options.protocols ? { protocols: options.protocols } : {}),
    ...(options.tls ? { tls: options.tls } : {}),
    answer(request, response) {
      const { pathname } = new URL(request.url ?? '', 'http://h');
      const known = ANSWERS[pathname];
      if (known !== undefined) sendJson(response, 200, known);
      else sendJson(response, 404, createStatus(404, 'NotFound', `${pathname} not found`));
    },
    refuse(request, socket) {
      if (options.admits?.(request) === false) {
        return refuseUpgrade(socket, 401, JSON.stringify(createStatus(401, 'Unauthorized', 'Unauthorized')));
      }
      return acceptSpdy(request, socket, options) || acceptTunnel(request, socket);
    },
    serve: (socket, request) => void serveWebSocket(socket, request),
  });
}

/** Frames as real servers write them; the first message is an empty one. */
async function serveWebSocket(socket: WebSocket, request: IncomingMessage): Promise<void> {
  const url = new URL(request.url ?? '', 'http://h');
  const asks = (name: string) => url.searchParams.get(name) === 'true';
  const stdin = new PassThrough();
  if (!asks('stdin')) stdin.end();
  const sizes: string[] = [];
  let onSize = (json: string): void => void sizes.push(json);
  socket.on('message', (data: Buffer) => {
    const payload = data.subarray(1);
    if (data[0] === 0) stdin.write(payload);
    if (data[0] === 4) onSize(payload.toString());
    if (data[0] === 255) stdin.end();
  });
  socket.on('close', () => stdin.end());
  const send = (channel: number, payload: string | Uint8Array, done?: () => void): void =>
    socket.send(Buffer.concat([Uint8Array.of(channel), Buffer.from(payload)]), () => done?.());
  const output = (channel: number): Writable =>
    new Writable({ write: (bytes: Buffer, _encoding, done) => send(channel, bytes, done) });
  const command: RunCommand = {
    kind: url.pathname.endsWith('/attach') ? 'attach' : 'exec',
    args: url.searchParams.getAll('command'),
    hasTty: asks('tty'),
    stdin,
    stdout: output(1),
    stderr: asks('stderr') ? output(2) : createNowhere(),
    onSize(listener) {
      onSize = listener;
      for (const json of sizes.splice(0)) listener(json);
    },
  };
  send(1, '');
  const code = await runProgram(command);
  send(3, JSON.stringify(code === 0 ? SUCCESS : exitStatus(code)));
  socket.close(1000);
}
