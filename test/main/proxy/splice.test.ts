import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { spliceSockets } from '../../../main/proxy/splice.ts';
import { readText } from '../../fakes/proxy-stage.ts';

const { signal } = new AbortController();
const opened: Socket[] = [];

afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
});

/** Both ends of a TCP connection. */
async function openPair(): Promise<readonly [Socket, Socket]> {
  const server = createServer({ allowHalfOpen: true });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  const [peer] = await accepted;
  server.close();
  for (const socket of [client, peer]) socket.on('error', () => {});
  opened.push(client, peer);
  return [client, peer];
}

/** client ⇄ (one, other) ⇄ server */
async function openSplice({ ending = signal } = {}) {
  const [client, one] = await openPair();
  const [other, server] = await openPair();
  return { client, server, over: spliceSockets(one, other, { signal: ending }) };
}

/** It is told that no more comes, by an end or by a reset. */
async function hearEnd(socket: Socket): Promise<void> {
  await readText(socket).catch(() => '');
}

test('bytes pass both ways, and the end of one way is not the end of the other', async () => {
  const { client, server, over } = await openSplice();
  client.end('asked');
  expect(await readText(server)).toBe('asked');
  server.end('answered');
  expect(await readText(client)).toBe('answered');
  await over;
});

test('what a side sent before it ended arrives, also where nobody reads the other way', async () => {
  const { client, server, over } = await openSplice();
  server.write('more than nobody reads');
  client.end(Buffer.alloc(4 * 1024 ** 2));
  let received = 0;
  for await (const bytes of server) received += (bytes as Buffer).length;
  expect(received).toBe(4 * 1024 ** 2);
  server.end();
  client.resume();
  await over;
});

test.each(['client', 'server'] as const)('where the %s breaks, the other side is cut', async (side) => {
  const { client, server, over } = await openSplice();
  const [broken, left] = side === 'client' ? [client, server] : [server, client];
  broken.resetAndDestroy();
  await hearEnd(left);
  await over;
});

test('the signal cuts both', async () => {
  const ending = new AbortController();
  const { client, server, over } = await openSplice({ ending: ending.signal });
  ending.abort();
  await over;
  await Promise.all([client, server].map(hearEnd));
});

test('nothing piles up where a side takes nothing', async () => {
  const { client, server } = await openSplice();
  server.pause();
  const chunk = Buffer.alloc(1024 ** 2);
  let sent = 0;
  while (sent < 256 && client.write(chunk)) sent += 1;
  // What it refuses now it would take if we took it all.
  for (; sent < 256; sent += 1) {
    const isTaken = await Promise.race([
      once(client, 'drain').then(() => true),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), 300)),
    ]);
    if (!isTaken) break;
    client.write(chunk);
  }
  expect(sent).toBeLessThan(64);
});
