import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { WebSocket } from 'ws';
import { parse } from 'yaml';
import type { DemoCluster } from '../../main/demo/demo-cluster.ts';

/** How to reach a server as the demo's kubeconfig says it. */
export interface DemoAccess {
  readonly server: string;
  readonly authority: string;
  readonly token: string;
}

export interface Answer {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The text as JSON; undefined where it is none. */
  readonly json: Record<string, unknown> | undefined;
}

export function readAccess(demo: DemoCluster): Promise<DemoAccess> {
  return readKubeconfigAccess(demo.kubeconfigPath);
}

export async function readKubeconfigAccess(path: string): Promise<DemoAccess> {
  const config = parse(await readFile(path, 'utf8')) as {
    clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
    users: [{ user: { token: string } }];
  };
  const { cluster } = config.clusters[0];
  return {
    server: cluster.server,
    authority: Buffer.from(cluster['certificate-authority-data'], 'base64').toString(),
    token: config.users[0].user.token,
  };
}

/** One request, whatever its answer, also that of a refused upgrade. */
export function askDemo(
  access: DemoAccess,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Uint8Array } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(`${access.server}${path}`, {
      method: options.method ?? 'GET',
      ca: access.authority,
      headers: { Authorization: `Bearer ${access.token}`, ...options.headers },
      agent: false,
    });
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (bytes: Buffer) => chunks.push(bytes));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ code: response.statusCode ?? 0, headers: response.headers, text, json: parseJson(text) });
      });
    });
    request.end(options.body);
  });
}

export interface ExecClient {
  readonly socket: WebSocket;
  /** Channels and lengths of all frames, in order. */
  readonly frames: readonly { readonly channel: number; readonly bytes: number }[];
  /** All that has come on a channel so far. */
  output(channel: number): Buffer;
  send(channel: number, bytes: Uint8Array | string): void;
  /** The status, or undefined where the socket closed without one. */
  readonly ended: Promise<{ readonly code: number; readonly status: Record<string, unknown> | undefined }>;
}

/** Opens an exec or attach; resolves once upgraded, rejects with ws' words where that is refused. */
export function openExec(
  url: string,
  options: { protocols?: string[]; authority?: string; token?: string } = {},
): Promise<ExecClient> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), options.protocols ?? ['v5.channel.k8s.io'], {
    ca: options.authority,
    perMessageDeflate: false,
    headers: { Authorization: `Bearer ${options.token ?? ''}` },
  });
  const frames: { channel: number; bytes: number }[] = [];
  const outputs = new Map<number, Buffer[]>();
  socket.on('message', (message: Buffer) => {
    const channel = message[0] ?? -1;
    frames.push({ channel, bytes: message.length - 1 });
    outputs.set(channel, [...(outputs.get(channel) ?? []), message.subarray(1)]);
  });
  const output = (channel: number): Buffer => Buffer.concat(outputs.get(channel) ?? []);
  const ended = new Promise<Awaited<ExecClient['ended']>>((resolve) => {
    socket.once('close', (code) => resolve({ code, status: parseJson(output(3).toString('utf8')) }));
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () =>
      resolve({
        socket,
        frames,
        output,
        ended,
        send: (channel, bytes) => socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(bytes)])),
      }),
    );
  });
}

/** The path of an exec with its query, as kubectl builds it: what is false is left out. */
export function execPath(
  pod: string,
  query: {
    kind?: 'exec' | 'attach';
    namespace?: string;
    container?: string;
    command?: string[];
    streams?: string[];
  },
): string {
  const parameters = new URLSearchParams();
  for (const part of query.command ?? []) parameters.append('command', part);
  if (query.container) parameters.set('container', query.container);
  for (const stream of query.streams ?? ['stdout', 'stderr']) parameters.set(stream, 'true');
  return `/api/v1/namespaces/${query.namespace ?? 'shop'}/pods/${pod}/${query.kind ?? 'exec'}?${parameters}`;
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
