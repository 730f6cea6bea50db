import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Clock } from '../../main/base/clock.ts';
import { createStatus, type FakeApiServer, refuseUpgrade, sendJson, startApiServer } from './api-server.ts';

/** An API server with one pod, `shop/web`, that takes debug containers, and with room for pods on nodes. */
export interface DebugApi extends Pick<FakeApiServer, 'address' | 'close'> {
  /** Every request and upgrade so far but reads of pods. */
  readonly deeds: readonly Deed[];
  /** Names of the pods that are there. */
  readonly pods: readonly string[];
}

export interface Deed {
  /** Method and path. */
  readonly what: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  /** Of JSON; undefined for none. */
  readonly body: unknown;
}

export interface Refusal {
  readonly status: number;
  readonly body: unknown;
}

export interface DebugApiOptions {
  /** State of the newest debug container or node pod at each read, the last one for ever. */
  readonly states?: readonly object[];
  /** Answers a deed, as `PATCH` or `POST`, with something else. */
  readonly refusals?: Readonly<Record<string, Refusal>>;
  /** So many deletions fail at first. */
  readonly failedDeletions?: number;
  readonly log?: string;
  /** Accepts an attach or exec; absent: greets, and ends it as a success. */
  serve?(socket: WebSocket, request: IncomingMessage): void;
  /** The answer to an attach or exec that is refused. */
  readonly upgradeRefusal?: Refusal;
}

export const RUNNING = { running: { startedAt: '2026-01-01T00:00:00Z' } };
export const SUCCESS_FRAME: Buffer = frame(3, '{"metadata":{},"status":"Success"}');

/** What kubectl reads before it asks for anything. */
const DISCOVERY: Readonly<Record<string, object>> = {
  'GET /api': { kind: 'APIVersions', versions: ['v1'] },
  'GET /apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  'GET /api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [
      { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'patch'] },
    ],
  },
};

interface FakePod {
  readonly metadata: Record<string, unknown> & { readonly name: string };
  readonly spec: Record<string, unknown> & { readonly ephemeralContainers?: readonly { name: string }[] };
}

export async function startDebugApi(options: DebugApiOptions = {}): Promise<DebugApi> {
  const deeds: Deed[] = [];
  const pods = new Map<string, FakePod>([['web', createWeb()]]);
  const states = [...(options.states ?? [RUNNING])];
  let failures = options.failedDeletions ?? 0;

  function nextState(): object {
    return (states.length > 1 ? states.shift() : states[0]) ?? {};
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const deed = await readDeed(request);
    const document = DISCOVERY[deed.what];
    if (document) return sendJson(response, 200, document);
    const [, namespace, name, subresource] =
      /^\/api\/v1\/namespaces\/([^/]+)\/pods(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
        deed.what.replace(/^\S+ /, ''),
      ) ?? [];
    const node = /^GET \/api\/v1\/nodes\/(.+)$/.exec(deed.what)?.[1];
    if (node !== undefined) return answerNode(node, response);
    const isRead = request.method === 'GET' && subresource === undefined;
    if (!isRead) deeds.push(deed);
    const refusal = options.refusals?.[request.method ?? ''];
    if (refusal && !isRead) return sendJson(response, refusal.status, refusal.body);
    if (namespace !== undefined && name === undefined && isRead) {
      return listPods(
        deed,
        response,
        [...pods.values()].map((pod) => show(pod, RUNNING)),
      );
    }
    if (namespace !== undefined && name === undefined && request.method === 'POST') {
      const made = deed.body as FakePod;
      const pod = { ...made, metadata: { uid: 'uid-node', ...made.metadata } };
      pods.set(pod.metadata.name, pod);
      return sendJson(response, 201, show(pod, {}));
    }
    if (request.method === 'DELETE' && failures > 0) {
      failures -= 1;
      return sendJson(response, 503, createStatus(503, 'ServiceUnavailable', 'not now'));
    }
    const pod = pods.get(name ?? '');
    if (!pod) return sendJson(response, 404, createNotFound(name ?? ''));
    if (subresource === 'log') return void response.end(options.log ?? '');
    if (request.method === 'PATCH') {
      const patch = deed.body as FakePod;
      pods.set(pod.metadata.name, {
        ...pod,
        spec: {
          ...pod.spec,
          ephemeralContainers: [
            ...(pod.spec.ephemeralContainers ?? []),
            ...(patch.spec.ephemeralContainers ?? []),
          ],
        },
      });
    }
    if (request.method === 'DELETE') pods.delete(pod.metadata.name);
    sendJson(response, 200, show(pods.get(name ?? '') ?? pod, isRead ? nextState() : {}));
  }

  const server = await startApiServer({
    answer: (request, response) => void answer(request, response),
    refuse(request: IncomingMessage, socket: Socket) {
      deeds.push(describe(request, undefined));
      const refusal = options.upgradeRefusal;
      return refusal ? refuseUpgrade(socket, refusal.status, JSON.stringify(refusal.body)) : false;
    },
    serve: options.serve ?? greet,
  });
  return {
    address: server.address,
    close: server.close,
    deeds,
    get pods() {
      return [...pods.keys()];
    },
  };
}

/** Time passes in sleeps alone, and these are over at once: a wait of minutes takes none. */
export function createHurriedClock(): Clock {
  let elapsedMs = 0;
  return {
    nowMs: () => Date.UTC(2026, 0, 2) + elapsedMs,
    nowMicros: () => elapsedMs * 1_000,
    async sleep(ms, { signal }) {
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      elapsedMs += ms;
    },
  };
}

export function frame(channel: number, text: string): Buffer {
  return Buffer.concat([Uint8Array.of(channel), Buffer.from(text)]);
}

export function createNotFound(name: string): object {
  const message = `pods "${name}" not found`;
  return {
    kind: 'Status',
    status: 'Failure',
    message,
    reason: 'NotFound',
    details: { name, kind: 'pods' },
    code: 404,
  };
}

/** `node-a` runs Linux, `win-1` Windows, `secret` may not be read. */
function answerNode(name: string, response: ServerResponse): void {
  const os = { 'node-a': 'linux', 'win-1': 'windows' }[name];
  if (os !== undefined) {
    sendJson(response, 200, { kind: 'Node', metadata: { name, labels: { 'kubernetes.io/os': os } } });
  } else if (name === 'secret') {
    sendJson(response, 403, createStatus(403, 'Forbidden', `nodes "${name}" is forbidden`));
  } else {
    sendJson(response, 404, createStatus(404, 'NotFound', `nodes "${name}" not found`));
  }
}

function greet(socket: WebSocket): void {
  socket.send(frame(1, 'hello'));
  socket.send(SUCCESS_FRAME);
  socket.close(1000);
}

function createWeb(): FakePod {
  return {
    metadata: { name: 'web', namespace: 'shop', uid: 'uid-web', resourceVersion: '7' },
    spec: {
      nodeName: 'node-a',
      securityContext: {},
      containers: [
        { name: 'app', image: 'registry.example/app:1' },
        { name: 'proxy', image: 'registry.example/proxy:1' },
      ],
    },
  };
}

/** Containers of the image run; what was added has `state`. */
function show(pod: FakePod, state: object): object {
  const containers = pod.spec['containers'] as readonly { name: string }[];
  const isMade = pod.metadata.name !== 'web';
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    ...pod,
    status: {
      phase: 'Running',
      containerStatuses: containers.map(({ name }) => ({
        name,
        ready: true,
        state: isMade ? state : RUNNING,
      })),
      ephemeralContainerStatuses: (pod.spec.ephemeralContainers ?? []).map(({ name }) => ({ name, state })),
    },
  };
}

/** A watch says nothing for as long as it is open. */
function listPods({ query }: Deed, response: ServerResponse, items: readonly object[]): void {
  if (query.get('watch') === 'true') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    return;
  }
  sendJson(response, 200, { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7' }, items });
}

async function readDeed(request: IncomingMessage): Promise<Deed> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return describe(request, text === '' ? undefined : JSON.parse(text));
}

function describe(request: IncomingMessage, body: unknown): Deed {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://h');
  const contentType = request.headers['content-type'];
  return { what: `${request.method} ${pathname}`, query: searchParams, contentType, body };
}
