import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Credential, CredentialProvider } from '../../../main/credentials/credential.ts';
import { type ForwardRequest, pairLines } from '../../../main/kube/forward.ts';
import { createTransport, type KubeTransport } from '../../../main/kube/transport.ts';
import type { Tunnel } from '../../../main/kube/tunnel.ts';
import { type FakeApiServer, refuseUpgrade, startApiServer } from '../../fakes/api-server.ts';
import { createContext, createCredentials, createDialNeeds } from '../../fakes/kube-access.ts';
import { createTestAuthority, type KeyPair, type TestAuthority } from '../../fakes/tls.ts';
import { until } from '../../fakes/until.ts';

const signal = new AbortController().signal;
const opened: { close(): Promise<void> }[] = [];
let authority: TestAuthority;
let serverPair: KeyPair;

beforeAll(async () => {
  authority = await createTestAuthority();
  serverPair = await authority.issue({ commonName: 'api', names: ['127.0.0.1'] });
});

afterEach(async () => {
  for (const { close } of opened.splice(0)) await close();
});

/** Writes its answers to upgrades by hand. */
async function startServer(
  answer: (socket: Socket, request: FakeApiServer['requests'][0]) => void,
): Promise<FakeApiServer> {
  const server = await startApiServer({
    tls: { cert: serverPair.certificate, key: serverPair.privateKey },
    refuse(request, socket) {
      answer(socket, request);
      return true;
    },
  });
  opened.push(server);
  return server;
}

function connect(
  server: string,
  credentials: CredentialProvider = createCredentials(),
  answerMs?: number,
): KubeTransport {
  const transport = createTransport(
    { ...createDialNeeds(), ...(answerMs === undefined ? {} : { answerMs }) },
    createContext(server, { certificateAuthority: authority.certificate }),
    credentials,
  );
  opened.push(transport);
  return transport;
}

function asking(request: Partial<ForwardRequest> = {}): ForwardRequest {
  const headers = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'SPDY/3.1'],
    ['X-Stream-Protocol-Version', 'v4.channel.k8s.io'],
    ['X-Stream-Protocol-Version', 'v3.channel.k8s.io'],
  ] as const;
  return { method: 'POST', target: '/exec?command=ls', headers, signal, ...request };
}

async function openTunnel(transport: KubeTransport, request = asking()): Promise<Tunnel> {
  const answer = await transport.openTunnel(request);
  if (answer.kind !== 'open') throw new Error(`answered ${answer.status}`);
  opened.push({ close: async () => void answer.socket.destroy() });
  return answer;
}

const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n';

test('bytes pass as they are, both ways, from the first behind the head', async () => {
  const server = await startServer((socket) => {
    socket.write(`${SWITCHING}X-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n\x80\x03early`, 'latin1');
    socket.on('data', (bytes) => socket.write(bytes));
  });
  const { socket, ...head } = await openTunnel(connect(`${server.address}/k8s/c-1`));
  expect(head).toMatchObject({
    status: 101,
    statusText: 'Switching Protocols',
    headers: [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'SPDY/3.1'],
      ['X-Stream-Protocol-Version', 'v4.channel.k8s.io'],
    ],
  });
  expect(socket.isPaused()).toBe(true);
  socket.write('said');
  let received = '';
  for await (const bytes of socket) {
    received += Buffer.from(bytes).toString('latin1');
    if (received.endsWith('said')) break;
  }
  expect(received).toBe('\x80\x03earlysaid');
  const [request] = server.requests;
  expect([request?.method, request?.url]).toEqual(['POST', '/k8s/c-1/exec?command=ls']);
  // An empty body in chunks would be the first bytes of SPDY.
  expect(pairLines(request?.rawHeaders ?? [])).toEqual([
    ['Host', new URL(server.address).host],
    ...asking().headers,
    ['Content-Length', '0'],
  ]);
});

test('the identity goes with it', async () => {
  const server = await startServer((socket) => socket.write(`${SWITCHING}\r\n`));
  const transport = connect(server.address, createCredentials({ authorization: 'Bearer t' }));
  const impersonation = { user: 'auditor', groups: ['a', 'b'], extra: new Map() };
  await openTunnel(transport, asking({ method: 'GET', impersonation }));
  expect(pairLines(server.requests[0]?.rawHeaders ?? []).slice(-4)).toEqual([
    ['authorization', 'Bearer t'],
    ['impersonate-user', 'auditor'],
    ['impersonate-group', 'a'],
    ['impersonate-group', 'b'],
  ]);
});

test('the end of what is sent is told, and what still comes is read', async () => {
  const server = await startServer((socket) => {
    socket.write(`${SWITCHING}\r\n`);
    socket.once('end', () => socket.end('the rest'));
    socket.resume();
  });
  const { socket } = await openTunnel(connect(server.address));
  socket.end();
  let received = '';
  for await (const bytes of socket) received += String(bytes);
  expect(received).toBe('the rest');
});

describe('another answer', () => {
  test('is passed with its head and body', async () => {
    const server = await startServer((socket) => void refuseUpgrade(socket, 403, 'no such pod'));
    const answer = await connect(server.address).openTunnel(asking());
    expect(answer).toMatchObject({ kind: 'refused', status: 403, statusText: 'Refused' });
    let body = '';
    if (answer.kind === 'refused') for await (const bytes of answer.body) body += String(bytes);
    expect(body).toBe('no such pod');
    await until(() => server.connections[0]?.closed);
  });

  test('of 401 has it asked once more with a renewed credential', async () => {
    const stale: Credential = { authorization: 'Bearer old' };
    const fresh: Credential = { authorization: 'Bearer new' };
    const server = await startServer((socket, { headers }) => {
      if (headers.authorization === fresh.authorization) socket.write(`${SWITCHING}\r\n`);
      else refuseUpgrade(socket, 401, 'no');
    });
    const credentials = createCredentials(stale, fresh);
    expect((await openTunnel(connect(server.address, credentials))).status).toBe(101);
    expect(credentials.renewals).toBe(1);
    const stuck = connect(server.address, createCredentials(stale));
    expect(await stuck.openTunnel(asking())).toMatchObject({ kind: 'refused', status: 401 });
  });

  test('ends with the signal', async () => {
    const server = await startServer((socket) => {
      socket.write('HTTP/1.1 403 Forbidden\r\ncontent-length: 100\r\n\r\nhalf');
    });
    const leaving = new AbortController();
    const answer = await connect(server.address).openTunnel(asking({ signal: leaving.signal }));
    const reason = new Error('left');
    leaving.abort(reason);
    if (answer.kind === 'open') throw new Error('it was refused');
    const reading = (async () => {
      for await (const _ of answer.body) {
        // Until it ends.
      }
    })();
    await expect(reading).rejects.toBe(reason);
  });
});

test('an open tunnel outlives the signal with which it was asked for', async () => {
  const server = await startServer((socket) => {
    socket.write(`${SWITCHING}\r\n`);
    socket.on('data', (bytes) => socket.write(bytes));
  });
  const asked = new AbortController();
  const { socket } = await openTunnel(connect(server.address), asking({ signal: asked.signal }));
  asked.abort();
  socket.write('still');
  const [bytes] = await once(socket.resume(), 'data');
  expect(String(bytes)).toBe('still');
});

test('a server that says nothing, and one that hangs up, are told as unreachable', async () => {
  const silent = await startServer(() => {});
  await expect(connect(silent.address, createCredentials(), 50).openTunnel(asking())).rejects.toMatchObject({
    code: 'cluster-unreachable',
    message: expect.stringContaining('did not answer within 0.05 s'),
  });
  const rude = await startServer((socket) => socket.destroy());
  await expect(connect(rude.address).openTunnel(asking())).rejects.toMatchObject({
    code: 'cluster-unreachable',
    message: expect.stringContaining('the connection was cut'),
  });
});

test('an upgrade that is given up leaves no connection behind', async () => {
  const asked = Promise.withResolvers<void>();
  const server = await startServer(() => asked.resolve());
  const leaving = new AbortController();
  const upgrading = connect(server.address).openTunnel(asking({ signal: leaving.signal }));
  await asked.promise;
  const reason = new Error('left');
  leaving.abort(reason);
  await expect(upgrading).rejects.toBe(reason);
  await until(() => server.connections[0]?.closed);
});
