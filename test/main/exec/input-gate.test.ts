import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createInputGate } from '../../../main/exec/input-gate.ts';
import { type FakeApiServer, startApiServer } from '../../fakes/api-server.ts';
import { eventually } from '../../fakes/until.ts';

const LIMIT_BYTES = 256 * 1024;
const FRAME = new Uint8Array(32 * 1024);
let server: FakeApiServer;
let client: WebSocket;
let peer: WebSocket;
const heard: number[] = [];

beforeEach(async () => {
  heard.length = 0;
  const accepted = Promise.withResolvers<WebSocket>();
  server = await startApiServer({ serve: accepted.resolve });
  client = new WebSocket(server.address.replace('http', 'ws'), 'v5.channel.k8s.io');
  await new Promise((resolve) => client.once('open', resolve));
  peer = await accepted.promise;
  peer.on('message', (data: Buffer) => heard.push(data[0] ?? -1));
});

afterEach(async () => {
  client.terminate();
  await server.close();
});

const createGate = () => createInputGate(client, () => new Error('stopped'));

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  return (await Promise.race([promise.then(() => 'done'), Promise.resolve('waits')])) === 'waits';
}

function* frames(count: number, mark: number): Generator<Uint8Array> {
  for (let i = 0; i < count; i += 1) yield Uint8Array.of(mark, ...FRAME.subarray(0, 8));
}

test('frames of one call stand together, in order, whatever else is sent', async () => {
  const gate = createGate();
  await Promise.all([gate.send(frames(5, 1)), gate.send(frames(5, 2)), gate.send(frames(5, 3))]);
  await eventually(() => expect(heard).toHaveLength(15));
  expect(heard.join('')).toBe('111112222233333');
});

test('senders wait while the peer does not read, with about 256 KiB held, and go on when it does', async () => {
  const gate = createGate();
  peer.pause();
  let sent = 0;
  function* many(): Generator<Uint8Array> {
    for (; sent < 1_600; sent += 1) yield FRAME;
  }
  const sending = gate.send(many());
  let before = -1;
  // Until what the kernel takes is full as well.
  await vi.waitFor(
    () => {
      const isFull = sent === before && client.bufferedAmount >= LIMIT_BYTES;
      before = sent;
      expect(isFull).toBe(true);
    },
    { timeout: 30_000, interval: 100 },
  );
  expect(await isPending(sending)).toBe(true);
  expect(sent).toBeLessThan(1_600);
  expect(client.bufferedAmount).toBeLessThan(LIMIT_BYTES + 2 * FRAME.byteLength);
  peer.resume();
  await sending;
  await eventually(() => expect(heard).toHaveLength(1_600));
});

test('once stopped, those who wait and those who come are turned away', async () => {
  const gate = createGate();
  peer.pause();
  function* endless(): Generator<Uint8Array> {
    for (;;) yield FRAME;
  }
  const waiting = gate.send(endless());
  const queued = gate.send([FRAME]);
  await eventually(() => expect(client.bufferedAmount).toBeGreaterThanOrEqual(LIMIT_BYTES));
  gate.stop();
  await expect(waiting).rejects.toThrow('stopped');
  await expect(queued).rejects.toThrow('stopped');
  await expect(gate.send([FRAME])).rejects.toThrow('stopped');
});
