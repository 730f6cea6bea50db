import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  openRemoteCommand,
  type RemoteCommand,
  type RemoteCommandOptions,
  type RemotePeer,
  readOutput,
  SUCCESS,
} from '../../fakes/remote-command.ts';

/** Whatever a server sends: our process lives, and the stream ends with an outcome. */
let command: RemoteCommand | undefined;
const uncaught: unknown[] = [];
const keep = (error: unknown): void => void uncaught.push(error);

beforeEach(() => {
  uncaught.length = 0;
  process.on('uncaughtException', keep);
  process.on('unhandledRejection', keep);
});

afterEach(async () => {
  await command?.end();
  command = undefined;
  process.off('uncaughtException', keep);
  process.off('unhandledRejection', keep);
  expect(uncaught).toEqual([]);
});

async function open(options?: RemoteCommandOptions): Promise<RemoteCommand> {
  command = await openRemoteCommand(options);
  return command;
}

function finish(peer: RemotePeer): void {
  peer.sendStatus(SUCCESS);
  peer.socket.close(1000);
}

/** A WebSocket frame from a server, made by hand. */
function rawFrame(firstByte: number, payload: Uint8Array, claimedBytes = payload.byteLength): Buffer {
  const head = Buffer.alloc(10);
  head[0] = firstByte;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(claimedBytes), 2);
  return Buffer.concat([head, payload]);
}

describe('is left alone, and the session goes on', () => {
  test.each<[string, (peer: RemotePeer) => void]>([
    ['a channel that nobody knows', (peer) => peer.send(9, 'x')],
    ['a close signal from the server', (peer) => peer.send(255, Uint8Array.of(1))],
    ['stdin from the server', (peer) => peer.send(0, 'x')],
    ['a message without a channel', (peer) => peer.socket.send(new Uint8Array())],
    ['a text message that looks like output', (peer) => peer.socket.send('\u0001hello')],
    ['an empty frame on a channel', (peer) => peer.send(1, '')],
    ['a ping', (peer) => peer.socket.ping('are you there')],
    ['an answer to no ping', (peer) => peer.socket.pong()],
    [
      'output in fragments',
      (peer) => {
        peer.socket.send(Buffer.from([1]), { fin: false });
        peer.socket.send(Buffer.alloc(0), { fin: true });
      },
    ],
  ])('%s', async (_case, misbehave) => {
    const { stream, peer } = await open();
    misbehave(peer);
    peer.send(1, 'still here');
    finish(peer);
    expect(await readOutput(stream)).toBe('still here');
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 0 });
  });

  test('a second status does not change the first', async () => {
    const { stream, peer } = await open();
    peer.sendStatus(SUCCESS);
    peer.sendStatus({ status: 'Failure', message: 'changed my mind' });
    peer.socket.close(1000);
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 0 });
  });

  test('any messages at all', async () => {
    const anyMessage = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.string({ maxLength: 10 }));
    await fc.assert(
      fc.asyncProperty(fc.array(anyMessage, { maxLength: 20 }), async (messages) => {
        const { stream, peer, end } = await openRemoteCommand();
        for (const message of messages) peer.socket.send(message);
        peer.socket.close(1000);
        await readOutput(stream);
        expect(['exited', 'failed', 'lost']).toContain((await stream.ended).kind);
        await end();
      }),
      { numRuns: 30 },
    );
  });
});

describe('a status that is none is a failure in its words', () => {
  test.each([
    ['plain text', 'container is not running', 'container is not running'],
    ['nothing', '', 'the server sent an empty status'],
    ['half of a JSON', '{"status":"Succ', '{"status":"Succ'],
    ['JSON of another shape', '{"status":{"a":1}}', 'the server sent a status that is none'],
  ])('%s', async (_case, text, words) => {
    const { stream, peer } = await open();
    peer.send(3, text);
    peer.socket.close(1000);
    expect(await stream.ended).toMatchObject({
      kind: 'failed',
      error: { code: 'exec-failed', message: words },
    });
  });
});

describe('a connection that goes without a status is lost, and says how', () => {
  test.each<[string, (peer: RemotePeer) => void, RegExp]>([
    ['going away', (peer) => peer.socket.close(1001, 'restart'), /is going away \(restart\)/],
    ['too large for the server', (peer) => peer.socket.close(1009), /with code 1009/],
    ['a failure of the server', (peer) => peer.socket.close(1011, 'oops'), /with code 1011 \(oops\)/],
    ['dropped', (peer) => peer.socket.terminate(), /cut without a word/],
    ['reset', (peer) => peer.tcp.resetAndDestroy(), /cut without a word/],
    [
      'reset in the middle of a frame',
      (peer) => {
        peer.tcp.write(rawFrame(0x82, Buffer.from('\u0001half'), 1_000), () => peer.tcp.resetAndDestroy());
      },
      /cut without a word/,
    ],
  ])('%s', async (_case, leave, words) => {
    const { stream, peer } = await open();
    leave(peer);
    await readOutput(stream);
    const end = await stream.ended;
    expect(end).toMatchObject({ kind: 'lost', error: { code: 'connection-lost' } });
    expect(end.kind === 'lost' && end.error.message).toMatch(words);
  });

  test.each<[string, (peer: RemotePeer) => void]>([
    ['closed in order', (peer) => peer.socket.close(1000)],
    ['closed without a code', (peer) => peer.socket.close()],
  ])('%s, the command has ended, nobody knows how', async (_case, leave) => {
    const { stream, peer } = await open();
    leave(peer);
    await readOutput(stream);
    expect(await stream.ended).toMatchObject({
      kind: 'lost',
      error: {
        code: 'exit-unknown',
        message: expect.stringContaining('without saying how the command ended'),
      },
    });
  });

  test('what it had sent before is there', async () => {
    const { stream, peer } = await open();
    peer.send(1, 'last words');
    peer.socket.terminate();
    expect(await readOutput(stream)).toBe('last words');
  });

  test('after a status it is not lost, whatever the close says', async () => {
    const { stream, peer } = await open();
    peer.sendStatus(SUCCESS);
    peer.socket.close(1011);
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 0 });
  });
});

describe('what no WebSocket server may send ends the session', () => {
  test.each<[string, (peer: RemotePeer) => void]>([
    ['a message of 20 MiB', (peer) => peer.socket.send(Buffer.alloc(20 * 1024 * 1024, 1))],
    [
      'a frame that claims to be huge',
      (peer) => void peer.tcp.write(rawFrame(0x82, Buffer.alloc(1), 2 ** 50)),
    ],
    ['an unknown kind of frame', (peer) => void peer.tcp.write(rawFrame(0x8b, Buffer.alloc(1)))],
    [
      'a compressed frame that was not agreed on',
      (peer) => void peer.tcp.write(rawFrame(0xc2, Buffer.alloc(1))),
    ],
    ['text that is no UTF-8', (peer) => void peer.tcp.write(rawFrame(0x81, Uint8Array.of(0xff, 0xfe)))],
    ['no frames at all', (peer) => void peer.tcp.write('HTTP/1.1 500 Internal Server Error\r\n\r\n')],
  ])('%s', async (_case, misbehave) => {
    const { stream, peer } = await open();
    peer.send(1, 'before');
    misbehave(peer);
    expect(await readOutput(stream)).toBe('before');
    expect(await stream.ended).toMatchObject({ kind: 'lost', error: { code: 'protocol-error' } });
  });

  test('and no other', async () => {
    const other = await openRemoteCommand();
    const { stream, peer } = await open();
    peer.tcp.write('nonsense that is long enough to be a frame head');
    await stream.ended;
    other.peer.send(1, 'unharmed');
    finish(other.peer);
    expect(await readOutput(other.stream)).toBe('unharmed');
    await other.end();
  });
});
