import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { createStatus, type FakeApiServer, refuseUpgrade, sendJson, startApiServer } from './api-server.ts';
import { createPod, type PodChanges } from './kube-pods.ts';
import { exitStatus, SUCCESS } from './remote-command.ts';

/** A cluster with pods whose commands do what their first argument says, for kubectl and for us alike. */
export interface ExecCluster {
  readonly address: string;
  /** Every exec so far, with the messages of its client. */
  readonly execs: readonly HeardExec[];
  forget(): void;
  close(): Promise<void>;
}

export interface HeardExec {
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  /** First byte and length of each message. */
  readonly messages: readonly { readonly channel: number; readonly bytes: number }[];
  /** What was told of the terminal's size. */
  readonly sizes: readonly string[];
}

type Play = (socket: WebSocket, tcp: Socket, argument: string) => void;

const send = (socket: WebSocket, channel: number, payload: string | Uint8Array): void =>
  socket.send(Buffer.concat([Uint8Array.of(channel), Buffer.from(payload)]));
const finish = (socket: WebSocket, status: unknown): void => {
  send(socket, 3, typeof status === 'string' ? status : JSON.stringify(status));
  socket.close(1000);
};

const PLAYS: Readonly<Record<string, Play>> = {
  exit(socket, _tcp, code) {
    send(socket, 1, 'out\n');
    send(socket, 2, 'err\n');
    finish(socket, code === '0' ? SUCCESS : exitStatus(Number(code)));
  },
  status: (socket, _tcp, status) => finish(socket, status),
  close(socket, _tcp, code) {
    send(socket, 1, 'before\n');
    socket.close(Number(code));
  },
  reset(socket, tcp) {
    send(socket, 1, 'before\n');
    // Half of a frame.
    tcp.write(Uint8Array.of(0x82, 126, 0, 126, 1, 120), () => tcp.resetAndDestroy());
  },
  noise(socket) {
    send(socket, 9, 'what is this');
    send(socket, 255, Uint8Array.of(1));
    send(socket, 1, '');
    send(socket, 1, 'still here\n');
    finish(socket, SUCCESS);
  },
  /** A terminal: tells the size that it was told, and ends at the first key. */
  screen(socket) {
    socket.on('message', (data: Buffer) => {
      if (data[0] === 4) send(socket, 1, `told ${data.subarray(1).toString().trim()}\r\n`);
      if (data[0] === 0) finish(socket, exitStatus(7));
    });
  },
  cat(socket) {
    socket.on('message', (data: Buffer) => {
      if (data[0] === 0) send(socket, 1, data.subarray(1));
      if (data[0] === 255) finish(socket, SUCCESS);
    });
  },
};

const RESOURCES = {
  kind: 'APIResourceList',
  groupVersion: 'v1',
  resources: [
    {
      name: 'pods',
      singularName: 'pod',
      namespaced: true,
      kind: 'Pod',
      shortNames: ['po'],
      verbs: ['get', 'list'],
    },
    { name: 'services', singularName: 'service', namespaced: true, kind: 'Service', verbs: ['get'] },
  ],
};
const APPS = {
  name: 'apps',
  versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
  preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
};
const APPS_RESOURCES = {
  kind: 'APIResourceList',
  groupVersion: 'apps/v1',
  resources: [
    {
      name: 'deployments',
      singularName: 'deployment',
      namespaced: true,
      kind: 'Deployment',
      shortNames: ['deploy'],
      verbs: ['get', 'list'],
    },
  ],
};

const DISCOVERY: Readonly<Record<string, unknown>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', groups: [APPS] },
  '/api/v1': RESOURCES,
  '/apis/apps/v1': APPS_RESOURCES,
  // kubectl asks whether it is the namespace that is not there.
  '/api/v1/namespaces/shop': { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
};

/** By path and the one parameter that matters, or else by path. */
function findObject(
  objects: Readonly<Record<string, unknown>>,
  path: string,
  query: URLSearchParams,
): unknown {
  const selector = query.get('labelSelector') ?? '';
  return objects[`${path}?labelSelector=${encodeURIComponent(selector)}`] ?? objects[path];
}

/** As a server names what it has not. */
function describeAbsence(path: string): string {
  const [, resource = '', name = ''] = /\/(\w+)\/([^/]+)$/.exec(path) ?? [];
  return `${resource} "${name}" not found`;
}

/** As a server words that a role is missing. */
function describeRefusal(path: string): string {
  const pod = /\/pods\/([^/]+)/.exec(path)?.[1] ?? '';
  return `pods "${pod}" is forbidden: User "u" cannot get resource "pods/exec"`;
}

export interface ExecClusterOptions {
  readonly pods: Readonly<Record<string, PodChanges>>;
  /** Other objects by path; with a query that one alone. */
  readonly objects?: Readonly<Record<string, unknown>>;
  readonly protocols?: readonly string[];
}

export async function startExecCluster(options: ExecClusterOptions): Promise<ExecCluster> {
  const execs: HeardExec[] = [];
  const server: FakeApiServer = await startApiServer({
    ...(options.protocols ? { protocols: options.protocols } : {}),
    answer: (request, response) => answer(options, request, response),
    refuse(request, socket) {
      const url = new URL(request.url ?? '', 'http://h');
      const pod = /\/pods\/([^/]+)\/exec$/.exec(url.pathname)?.[1] ?? '';
      if (pod !== 'forbidden' && options.pods[pod]) return false;
      const status =
        pod === 'forbidden'
          ? createStatus(403, 'Forbidden', describeRefusal(url.pathname))
          : createStatus(404, 'NotFound', `pods "${pod}" not found`);
      return refuseUpgrade(socket, Number(status['code']), JSON.stringify(status));
    },
    serve(socket, request, tcp) {
      const url = new URL(request.url ?? '', 'http://h');
      const messages: { channel: number; bytes: number }[] = [];
      const sizes: string[] = [];
      socket.on('message', (data: Buffer) => {
        messages.push({ channel: data[0] ?? -1, bytes: data.byteLength });
        if (data[0] === 4) sizes.push(data.subarray(1).toString());
      });
      execs.push({ url, headers: request.headers, messages, sizes });
      const [play = '', argument = ''] = url.searchParams.getAll('command');
      // kubectl makes its streams ready before it reads: as real servers do, the first message is an empty one.
      send(socket, 1, '');
      PLAYS[play]?.(socket, tcp, argument);
    },
  });
  return {
    address: server.address,
    execs,
    forget: () => void execs.splice(0),
    close: server.close,
  };
}

function answer(
  { pods, objects = {} }: ExecClusterOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://h');
  const name = /^\/api\/v1\/namespaces\/shop\/pods\/([^/]+)$/.exec(pathname)?.[1] ?? '';
  const known = pods[name]
    ? createPod(name, pods[name])
    : findObject({ ...DISCOVERY, ...objects }, pathname, searchParams);
  if (known) sendJson(response, 200, known);
  // kubectl's second try, over SPDY: what it is told then is what the user sees.
  else if (request.method === 'POST')
    sendJson(response, 403, createStatus(403, 'Forbidden', describeRefusal(pathname)));
  else sendJson(response, 404, createStatus(404, 'NotFound', describeAbsence(pathname)));
}
