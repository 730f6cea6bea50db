import type { Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { openRemoteCommand, type RemoteCommand, readOutput, SUCCESS } from '../../fakes/remote-command.ts';
import { eventually } from '../../fakes/until.ts';

const MIB = 1024 * 1024;
const FRAME_BYTES = 32 * 1024;
/** Of input, by the socket. */
const HELD_BYTES = 256 * 1024;

let command: RemoteCommand | undefined;
afterEach(async () => {
  await command?.end();
  command = undefined;
});

/** Bytes that our process has taken from the network. ws keeps its TCP socket to itself. */
function bytesTaken(client: WebSocket): number {
  return (client as unknown as { readonly _socket: Socket })._socket.bytesRead;
}

/** Waits until a number has stopped growing. */
async function settled(read: () => number): Promise<number> {
  let before = -1;
  await vi.waitFor(
    () => {
      const now = read();
      const isSettled = now === before;
      before = now;
      expect(isSettled).toBe(true);
    },
    { timeout: 30_000, interval: 200 },
  );
  return before;
}

test('of 128 MiB that nobody reads, no more than the marks allow is taken; all of it arrives once read', async () => {
  const totalBytes = 128 * MIB;
  const frame = Buffer.alloc(FRAME_BYTES + 1, 'x');
  frame[0] = 1;
  command = await openRemoteCommand();
  const { stream, peer, client } = command;
  for (let sent = 0; sent < totalBytes; sent += FRAME_BYTES) peer.socket.send(frame);
  peer.sendStatus(SUCCESS);
  peer.socket.close(1000);

  await eventually(() => expect(client.isPaused).toBe(true));
  const taken = await settled(() => bytesTaken(client));
  // The high mark, what one read of the socket brings, and frame heads.
  expect(taken).toBeLessThan(MIB);
  expect(client.isPaused).toBe(true);

  let received = 0;
  let mostHeld = 0;
  for await (const { bytes } of stream.output) {
    received += bytes.byteLength;
    mostHeld = Math.max(mostHeld, bytesTaken(client) - received);
    // A reader that is slower than the network, as a disk is.
    if (received % (4 * MIB) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(received).toBe(totalBytes);
  expect(mostHeld).toBeLessThan(2 * MIB);
  expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 0 });
});

test('a program that prints one byte at a time fills the queue too', async () => {
  command = await openRemoteCommand();
  const { stream, peer, client } = command;
  const count = 200_000;
  for (let i = 0; i < count; i += 1) peer.socket.send(Uint8Array.of(1, 120));
  peer.socket.close(1000);
  // 400 000 bytes of payload would pass below the mark; what each costs does not.
  await eventually(() => expect(client.isPaused).toBe(true));
  expect(await settled(() => bytesTaken(client))).toBeLessThan(256 * 1024);
  expect(await readOutput(stream)).toHaveLength(count);
});

test('a reader that takes longer than the grace loses nothing, not even what came behind the status', async () => {
  command = await openRemoteCommand({ graces: { afterStatusMs: 500 } });
  const { stream, peer, client } = command;
  const total = 8 * MIB;
  peer.sendStatus(SUCCESS);
  for (let sent = 0; sent < total; sent += FRAME_BYTES) peer.send(1, Buffer.alloc(FRAME_BYTES, 'y'));
  // The server leaves the socket open: only the grace, after the reader has caught up, ends the stream.
  const output = stream.output[Symbol.asyncIterator]();
  let received = (await output.next()).value?.bytes.byteLength ?? 0;
  await eventually(() => expect(client.isPaused).toBe(true));
  // Longer than the grace: that no time passes for a stream that we hold up is what is tested.
  await new Promise((resolve) => setTimeout(resolve, 750));
  for (let next = await output.next(); !next.done; next = await output.next()) {
    received += next.value.bytes.byteLength;
  }
  expect(received).toBe(total);
  expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 0 });
});

test('50 MiB of input to a peer that does not read wait, with about 256 KiB held by the socket', async () => {
  command = await openRemoteCommand({ request: { tty: false } });
  const { stream, peer, client } = command;
  peer.socket.pause();
  let isWritten = false;
  const writing = stream.write(Buffer.alloc(50 * MIB)).then(() => {
    isWritten = true;
  });
  await eventually(() => expect(client.bufferedAmount).toBeGreaterThanOrEqual(HELD_BYTES));
  await settled(() => client.bufferedAmount);
  expect(client.bufferedAmount).toBeLessThan(HELD_BYTES + 2 * FRAME_BYTES);
  expect(isWritten).toBe(false);

  peer.socket.resume();
  await writing;
  await stream.closeInput();
  await eventually(() => expect(peer.heard).toContain('255:"\\u0000"'));
  expect(peer.stdinBytes).toBe(50 * MIB);
});

test('output flows while input waits', async () => {
  command = await openRemoteCommand();
  const { stream, peer } = command;
  // The server takes no input; its own messages are on their way all the same.
  peer.socket.pause();
  const writing = stream.write(Buffer.alloc(16 * MIB));
  const refused = expect(writing).rejects.toMatchObject({ code: 'session-ended' });
  peer.send(1, 'I am busy');
  const { value } = await stream.output[Symbol.asyncIterator]().next();
  expect(Buffer.from(value?.bytes ?? []).toString()).toBe('I am busy');
  peer.socket.terminate();
  await refused;
});
