import type { IncomingMessage, RequestOptions } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { createSystemClock } from '../../main/base/clock.ts';
import { createLog } from '../../main/base/log.ts';
import { makeSecret } from '../../main/base/loopback.ts';
import {
  createLoopbackCertificates,
  type LoopbackCertificates,
} from '../../main/base/loopback-certificates.ts';
import type { CredentialProvider } from '../../main/credentials/credential.ts';
import { createTransport } from '../../main/kube/transport.ts';
import {
  type RecordingProxy,
  type RecordingProxyNeeds,
  startRecordingProxy,
} from '../../main/proxy/recording-proxy.ts';
import { type FakeApiBehaviour, type FakeApiServer, startApiServer } from './api-server.ts';
import { createContext, createCredentials, createDialNeeds } from './kube-access.ts';

/** A proxy before a fake API server, to which the context `staging` leads. */
export interface ProxyStage {
  readonly server: FakeApiServer;
  readonly proxy: RecordingProxy;
  readonly secret: string;
  /** What clients of the proxy trust. */
  readonly authority: string;
  /** Requests of one agent share a connection. */
  ask(work: AskedOfProxy, agent?: Agent): Promise<IncomingMessage>;
  /** Resolves with whatever is answered; `socket` is paused. */
  upgrade(work: AskedOfProxy): Promise<{ readonly response: IncomingMessage; readonly socket: Socket }>;
  close(): Promise<void>;
}

export interface AskedOfProxy {
  readonly method?: string;
  readonly path?: string;
  /** Name, value, name, value. */
  readonly headers?: readonly string[];
  readonly body?: Uint8Array;
  readonly secret?: string;
  readonly signal?: AbortSignal;
}

/** A desk that opens none. */
export const NO_COMMANDS: RecordingProxyNeeds['commands'] = {
  open: () => Promise.reject(new Error('nobody opens commands')),
  list: () => [],
  end: async () => {},
};

let made: Promise<LoopbackCertificates> | undefined;

/** They take 0.4 s: one set a test file, for servers of both kinds. */
export function shareCertificates(): Promise<LoopbackCertificates> {
  made ??= createLoopbackCertificates(Date.now());
  return made;
}

export async function openProxyStage({
  credentials = createCredentials({ authorization: 'Bearer of-the-cluster' }),
  prefix = '',
  ...given
}: FakeApiBehaviour &
  Partial<RecordingProxyNeeds> & {
    readonly credentials?: CredentialProvider;
    readonly prefix?: string;
  } = {}): Promise<ProxyStage> {
  const certificates = await shareCertificates();
  const tls = { cert: certificates.certificate, key: certificates.privateKey };
  const server = await startApiServer({ ...given, tls });
  const context = createContext(`${server.address}${prefix}`, {
    certificateAuthority: certificates.authority,
  });
  const transport = createTransport(createDialNeeds(), context, credentials);
  const secret = makeSecret();
  const proxy = await startRecordingProxy(
    {
      clock: createSystemClock(),
      log: createLog({ level: 'silent' }),
      contexts: () => [{ name: 'staging', secret }],
      transport: async () => transport,
      impersonationFor: async () => undefined,
      commands: NO_COMMANDS,
      ...given,
    },
    { port: 0, certificates },
  );

  function options(work: AskedOfProxy): RequestOptions & { readonly ca: string } {
    const { method = 'GET', path = '/api', headers = [], signal } = work;
    const identity = ['Host', `127.0.0.1:${proxy.port}`, 'Authorization', `Bearer ${work.secret ?? secret}`];
    const flat = [...identity, ...headers];
    return {
      host: '127.0.0.1',
      port: proxy.port,
      ca: certificates.authority,
      method,
      path,
      headers: flat,
      ...(signal ? { signal } : {}),
    };
  }

  return {
    server,
    proxy,
    secret,
    authority: certificates.authority,
    ask: (work, agent = new Agent({ maxSockets: 1 })) =>
      new Promise((resolve, reject) => {
        const asked = requestHttps({ ...options(work), agent }, resolve);
        asked.once('error', reject);
        asked.end(work.body);
      }),
    upgrade: (work) =>
      new Promise((resolve, reject) => {
        // As Go's clients; else Node sends an empty body in chunks.
        const empty = work.method === 'POST' ? ['Content-Length', '0'] : [];
        const headers = [...(work.headers ?? []), ...empty];
        const asked = requestHttps({ ...options({ ...work, headers }), agent: false });
        asked.once('upgrade', (response, socket: Socket, head: Buffer) => {
          socket.on('error', () => {});
          socket.pause();
          if (head.length > 0) socket.unshift(head);
          resolve({ response, socket });
        });
        asked.once('response', (response) => resolve({ response, socket: response.socket }));
        asked.once('error', reject);
        asked.end();
      }),
    async close() {
      await proxy.stop();
      await transport.close();
      await server.close();
    },
  };
}

export async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  return (await readBytes(body)).toString('latin1');
}

export async function readBytes(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
