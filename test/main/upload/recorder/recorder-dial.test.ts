import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { RecorderAddress } from '../../../../main/policy/policy.ts';
import { dialRecorder } from '../../../../main/upload/recorder/recorder-dial.ts';
import { readEndpoint } from '../../../../main/upload/recorder/recorder-endpoint.ts';
import { createRecorderNeeds } from '../../../fakes/recorder-client.ts';
import { createTestAuthority, type KeyPair, type TestAuthority } from '../../../fakes/tls.ts';

let authority: TestAuthority;
let pair: KeyPair;
let clientPair: KeyPair;
let folder: string;

beforeAll(async () => {
  authority = await createTestAuthority();
  pair = await authority.issue({ commonName: 'recorder', names: ['127.0.0.1', 'localhost'] });
  clientPair = await authority.issue({ commonName: 'client' });
  folder = await mkdtemp(join(tmpdir(), 'kubereel-dial-'));
  await writeFile(join(folder, 'ca.pem'), authority.certificate);
  await writeFile(join(folder, 'cert.pem'), clientPair.certificate);
  await writeFile(join(folder, 'key.pem'), clientPair.privateKey);
});

async function listen(tls?: TlsOptions): Promise<number> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
  };
  const server = tls ? createTlsServer(tls) : createServer();
  server.on('connection', keep).on('secureConnection', keep).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function dial(recorder: Omit<RecorderAddress, 'kind'>, limits = {}) {
  const whole = { kind: 'tsrecorder', ...recorder } as const;
  const { signal } = new AbortController();
  const endpoint = await readEndpoint(whole);
  const dialled = await dialRecorder(createRecorderNeeds(limits), whole, endpoint, {
    signal,
    protocols: ['h2', 'http/1.1'],
  });
  dialled.socket.destroy();
  return dialled;
}

const trusted = () => ({ caFile: join(folder, 'ca.pem') });
const served = () => ({ cert: pair.certificate, key: pair.privateKey });

test('without TLS there is nothing to agree on', async () => {
  expect((await dial({ url: `127.0.0.1:${await listen()}` })).protocol).toBeUndefined();
});

test('with TLS the protocol is the first that both know, by address and by name', async () => {
  const port = await listen({ ...served(), ALPNProtocols: ['http/1.1', 'h2'] });
  expect((await dial({ url: `https://127.0.0.1:${port}`, ...trusted() })).protocol).toBeDefined();
  const old = await listen({ ...served(), ALPNProtocols: ['http/1.1'] });
  expect((await dial({ url: `https://localhost:${old}`, ...trusted() })).protocol).toBe('http/1.1');
});

test('a port where nobody listens', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  await expect(dial({ url: `127.0.0.1:${port}` })).rejects.toMatchObject({
    code: 'recorder-unreachable',
    message: expect.stringContaining('nothing listens there'),
  });
});

test('a certificate of an authority that is not named', async () => {
  const port = await listen(served());
  await expect(dial({ url: `https://127.0.0.1:${port}` })).rejects.toMatchObject({
    code: 'recorder-untrusted',
  });
});

test('a certificate for another name', async () => {
  const other = await authority.issue({ commonName: 'other', names: ['other.example'] });
  const port = await listen({ cert: other.certificate, key: other.privateKey });
  await expect(dial({ url: `https://127.0.0.1:${port}`, ...trusted() })).rejects.toMatchObject({
    code: 'recorder-untrusted',
  });
});

test('a recorder without TLS behind https', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await expect(dial({ url: `https://127.0.0.1:${port}` })).rejects.toMatchObject({
    code: 'recorder-unfit',
    message: expect.stringContaining('does not speak TLS'),
  });
});

test('one that stays silent at the handshake is given up in its own time', async () => {
  const port = await listen();
  await expect(dial({ url: `https://127.0.0.1:${port}` }, { tlsMs: 100 })).rejects.toMatchObject({
    code: 'recorder-unreachable',
    message: expect.stringContaining('did not answer the TLS handshake within 0.1 s'),
  });
});

test('our certificate is shown where one is named', async () => {
  const tls = { ...served(), ca: authority.certificate, requestCert: true, rejectUnauthorized: true };
  const port = await listen({ ...tls, maxVersion: 'TLSv1.2' });
  const url = `https://127.0.0.1:${port}`;
  const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  await dial({ url, ...trusted(), ...files });
  await expect(dial({ url, ...trusted() })).rejects.toMatchObject({
    code: expect.stringMatching(/^recorder-/),
  });
});
