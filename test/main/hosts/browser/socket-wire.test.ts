import { createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { listenOnLoopback } from '../../../../main/base/loopback.ts';
import { createSocketWire } from '../../../../main/hosts/browser/socket-wire.ts';
import { until } from '../../../fakes/until.ts';

const releases: (() => Promise<unknown>)[] = [];

/** The core's socket and a page's, which does nothing by itself. */
async function openSockets(): Promise<{ core: WebSocket; page: WebSocket }> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  const port = await listenOnLoopback(http, 0);
  const accepted = new Promise<WebSocket>((resolve) => server.once('connection', resolve));
  const page = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  page.on('error', () => {});
  await new Promise((resolve) => page.once('open', resolve));
  releases.push(() => {
    page.terminate();
    for (const client of server.clients) client.terminate();
    return new Promise((resolve) => http.close(resolve));
  });
  return { core: await accepted, page };
}

afterEach(async () => {
  for (const release of releases.splice(0)) await release();
});

test('what comes before there is a listener is kept for it', async () => {
  const { core, page } = await openSockets();
  const wire = createSocketWire(core);
  page.send('first');
  page.send(new Uint8Array([1]));
  // Turns enough for a socket that reads to have read them.
  for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
  const heard: unknown[] = [];
  wire.onMessage((message) => heard.push(message));
  await until(() => heard.length === 2);
  expect(heard[0]).toBe('first');
  expect(heard[1]).toEqual(Buffer.from([1]));
});

test('a page that does not read is let go once too much waits for it', async () => {
  const { core, page } = await openSockets();
  page.pause();
  const limit = 1024 * 1024;
  const wire = createSocketWire(core, limit);
  wire.onMessage(() => {});
  let isClosed = false;
  wire.onClosed(() => {
    isClosed = true;
  });
  const message = new Uint8Array(64 * 1024);
  let most = 0;
  // What the system's own buffers take is some megabytes.
  for (let sent = 0; sent < 1_000 && !isClosed; sent += 1) {
    wire.send(message);
    most = Math.max(most, core.bufferedAmount);
    await new Promise(setImmediate);
  }
  await until(() => isClosed);
  expect(most).toBeGreaterThan(limit);
  expect(most).toBeLessThan(limit + 2 * message.byteLength);
});

test('once we have closed, that is told at once and once, however the page takes it', async () => {
  const { core, page } = await openSockets();
  // It never answers the closing handshake.
  page.pause();
  const wire = createSocketWire(core);
  const told: string[] = [];
  wire.onClosed(() => told.push('early'));
  const remove = wire.onClosed(() => told.push('removed'));
  remove();
  wire.close();
  wire.close();
  wire.onClosed(() => told.push('late'));
  expect(told).toEqual(['early', 'late']);
  wire.send('ignored');
  core.terminate();
  await new Promise((resolve) => core.once('close', resolve));
  expect(told).toEqual(['early', 'late']);
});
