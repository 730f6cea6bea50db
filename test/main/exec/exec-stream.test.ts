import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { openExecStream } from '../../../main/exec/exec-stream.ts';
import { SHELL_COMMAND } from '../../../main/exec/shell-choice.ts';
import { createStatus, refuseUpgrade, startApiServer } from '../../fakes/api-server.ts';
import { openTransport } from '../../fakes/kube-access.ts';
import {
  exitStatus,
  openRemoteCommand,
  type RemoteCommand,
  type RemoteCommandOptions,
  readOutput,
  SHELL_REQUEST,
  SUCCESS,
} from '../../fakes/remote-command.ts';
import { eventually } from '../../fakes/until.ts';

let command: RemoteCommand | undefined;
afterEach(async () => {
  await command?.end();
  command = undefined;
});

/** A shell that stays is given up at once, and a socket is never cut for being slow, unless a test says otherwise. */
const GRACES = { shellEndMs: 20, socketCloseMs: 60_000 };

async function open(options?: RemoteCommandOptions): Promise<RemoteCommand> {
  command = await openRemoteCommand({ graces: GRACES, ...options });
  return command;
}

describe('opening', () => {
  test('asks for v5 and then v4 at the pod’s exec, and takes what the server knows', async () => {
    const { peer, stream } = await open();
    expect(stream.subprotocol).toBe('v5.channel.k8s.io');
    expect(peer.request.headers['sec-websocket-protocol']).toBe('v5.channel.k8s.io,v4.channel.k8s.io');
    expect(peer.request.url).toBe(
      '/api/v1/namespaces/shop/pods/web/exec?command=sh&container=app&stdin=true&stdout=true&tty=true',
    );
    const older = await openRemoteCommand({ protocols: ['v4.channel.k8s.io'] });
    expect(older.stream.subprotocol).toBe('v4.channel.k8s.io');
    await older.end();
  });

  test('that the server refuses is explained', async () => {
    const body = JSON.stringify(createStatus(404, 'NotFound', 'pods "web" not found'));
    const server = await startApiServer({ refuse: (_request, socket) => refuseUpgrade(socket, 404, body) });
    const opening = openExecStream({ transport: openTransport(server.address) }, SHELL_REQUEST, {
      signal: new AbortController().signal,
    });
    await expect(opening).rejects.toMatchObject({ code: 'pod-not-found', message: 'pods "web" not found' });
    await server.close();
  });

  test('sends the size first, and to what is attached one that is off by one before it', async () => {
    const size = { cols: 120, rows: 40 };
    const { peer } = await open({ size });
    await eventually(() => expect(peer.heard).toEqual([resize(120, 40)]));
    const attached = await openRemoteCommand({ size, request: { kind: 'attach', command: [] } });
    await eventually(() => expect(attached.peer.heard).toEqual([resize(121, 41), resize(120, 40)]));
    await attached.end();
  });
});

function resize(cols: number, rows: number): string {
  return `4:${JSON.stringify(`{"Width":${cols},"Height":${rows}}\n`)}`;
}

describe('output', () => {
  test('that comes with the upgrade is not lost', async () => {
    const { stream } = await open({
      serve(peer) {
        for (let i = 0; i < 100; i += 1) peer.send(1, `${i},`);
        peer.sendStatus(SUCCESS);
        peer.socket.close(1000);
      },
    });
    expect(await readOutput(stream)).toBe(Array.from({ length: 100 }, (_, i) => `${i},`).join(''));
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 0 });
  });

  test('and errors are told apart, in the order in which they came', async () => {
    const { stream, peer } = await open({ request: { tty: false } });
    peer.send(1, '');
    peer.send(1, 'out');
    peer.send(2, 'err');
    peer.socket.close();
    const chunks: string[] = [];
    for await (const { channel, bytes } of stream.output) chunks.push(`${channel} ${Buffer.from(bytes)}`);
    expect(chunks).toEqual(['stdout out', 'stderr err']);
  });

  test('after the status still counts', async () => {
    const { stream, peer } = await open();
    peer.send(1, 'early ');
    peer.sendStatus(exitStatus(3));
    peer.send(1, 'late');
    peer.socket.close(1000);
    expect(await readOutput(stream)).toBe('early late');
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 3 });
  });

  test('a server that forgets to close after the status is not waited for longer than its grace', async () => {
    const { stream, peer } = await open({ graces: { afterStatusMs: 50 } });
    peer.send(1, 'all');
    peer.sendStatus(exitStatus(7));
    expect(await readOutput(stream)).toBe('all');
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 7 });
  });
});

test('output that has arrived while this machine stood still behind the status is not lost', async () => {
  const { stream, peer } = await open({ graces: { afterStatusMs: 100 } });
  const output = stream.output[Symbol.asyncIterator]();
  peer.sendStatus(exitStatus(3));
  peer.send(1, 'early');
  await output.next();
  peer.send(1, 'late');
  const stillUntilMs = performance.now() + 300;
  while (performance.now() < stillUntilMs);
  const { value } = await output.next();
  expect(Buffer.from(value?.bytes ?? []).toString()).toBe('late');
  expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 3 });
});

describe('how it ends', () => {
  test.each([0, 1, 3, 126, 137, 255])('with exit code %i', async (exitCode) => {
    const { stream, peer } = await open();
    peer.send(1, '$ ');
    peer.sendStatus(exitCode === 0 ? SUCCESS : exitStatus(exitCode));
    peer.socket.close(1000);
    await readOutput(stream);
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode });
  });

  test('without the program: the server says so after the upgrade', async () => {
    const { stream, peer } = await open();
    const message = 'Internal error occurred: OCI runtime exec failed: exec: "sh": executable file not found';
    peer.sendStatus({ status: 'Failure', message, reason: 'InternalError', code: 500 });
    peer.socket.close(1000);
    expect(await stream.ended).toMatchObject({ kind: 'failed', error: { code: 'no-shell' } });
  });

  test('without a shell, as docker’s runtimes tell it: 126 or 127 before any output', async () => {
    const { stream, peer } = await open({ request: { command: SHELL_COMMAND } });
    peer.sendStatus(exitStatus(127));
    peer.socket.close(1000);
    expect(await stream.ended).toMatchObject({ kind: 'failed', error: { code: 'no-shell' } });
    const spoken = await openRemoteCommand({ request: { command: SHELL_COMMAND } });
    spoken.peer.send(1, '$ nonsense');
    spoken.peer.sendStatus(exitStatus(127));
    spoken.peer.socket.close(1000);
    expect(await spoken.stream.ended).toEqual({ kind: 'exited', exitCode: 127 });
    await spoken.end();
  });

  test('is told even if nobody reads the output', async () => {
    const { stream, peer } = await open();
    peer.send(1, 'unread');
    peer.sendStatus(SUCCESS);
    peer.socket.close(1000);
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 0 });
  });
});

describe('input', () => {
  test('goes out in frames of at most 32 KiB, unfragmented and in order', async () => {
    const { stream, peer } = await open();
    const sizes: number[] = [];
    const received: Buffer[] = [];
    peer.socket.on('message', (data: Buffer) => {
      sizes.push(data.byteLength);
      received.push(data.subarray(1));
    });
    const input = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i & 0xff));
    await stream.write(input);
    await eventually(() => expect(peer.stdinBytes).toBe(100_000));
    expect(Math.max(...sizes)).toBe(32 * 1024 + 1);
    expect(Buffer.concat(received).equals(input)).toBe(true);
  });

  test('ends by two bytes on v5, once what was written is sent', async () => {
    const { stream, peer } = await open({ request: { tty: false } });
    await stream.write(Buffer.from('all'));
    await stream.closeInput();
    await eventually(() => expect(peer.heard).toEqual(['0:"all"', '255:"\\u0000"']));
  });

  test('ends once, however often it is asked for and though the command is closed after it', async () => {
    const { stream, peer } = await open({ request: { tty: false } });
    await stream.closeInput();
    await stream.closeInput();
    await stream.close();
    expect(peer.heard).toEqual(['255:"\\u0000"']);
  });

  test('cannot end on v4, and says so instead of losing the exit code', async () => {
    const { stream, peer } = await open({ protocols: ['v4.channel.k8s.io'], request: { tty: false } });
    await expect(stream.closeInput()).rejects.toMatchObject({ code: 'exec-refused' });
    await stream.write(Buffer.from('still open'));
    await eventually(() => expect(peer.heard).toEqual(['0:"still open"']));
  });

  test('is refused once the command has ended', async () => {
    const { stream, peer } = await open();
    peer.sendStatus(SUCCESS);
    peer.socket.close(1000);
    await stream.ended;
    await expect(stream.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'session-ended' });
    await expect(stream.closeInput()).rejects.toMatchObject({ code: 'session-ended' });
    stream.resize({ cols: 1, rows: 1 });
  });
});

test('a size is sent once, however often it is asked for', async () => {
  const { stream, peer } = await open();
  for (const [index, cols] of [80, 80, 100, 100, 80, 80].entries()) {
    stream.resize({ cols, rows: 24 });
    await stream.write(Buffer.from('x'));
    await eventually(() => expect(peer.stdinBytes).toBe(index + 1));
  }
  const sizes = peer.heard.filter((message) => message.startsWith('4:'));
  expect(sizes).toEqual([resize(80, 24), resize(100, 24), resize(80, 24)]);
});

test('a command without a terminal is told no size', async () => {
  const { stream, peer } = await open({ request: { tty: false }, size: { cols: 80, rows: 24 } });
  stream.resize({ cols: 100, rows: 24 });
  await stream.write(Buffer.from('x'));
  await eventually(() => expect(peer.heard).toEqual(['0:"x"']));
});

describe('closing', () => {
  const closed = (peer: RemoteCommand['peer']) =>
    new Promise<number>((resolve) => peer.socket.once('close', (code: number) => resolve(code)));

  test('ends a shell by its input, and tells the exit code that it gives', async () => {
    const { stream, peer } = await open({ graces: { shellEndMs: 60_000 } });
    peer.socket.on('message', (data: Buffer) => {
      if (data[0] !== 255) return;
      peer.sendStatus(exitStatus(4));
      peer.socket.close(1000);
    });
    await stream.close();
    expect(peer.heard).toEqual(['0:"\\u0004"', '255:"\\u0000"']);
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 4 });
  });

  test('sends Ctrl-D alone on v4', async () => {
    const { stream, peer } = await open({ protocols: ['v4.channel.k8s.io'] });
    await stream.close();
    expect(peer.heard).toEqual(['0:"\\u0004"']);
    expect(await stream.ended).toEqual({ kind: 'closed' });
  });

  test('closes the socket on a shell that stays, and is the same however often it is asked for', async () => {
    const { stream, peer } = await open();
    const code = closed(peer);
    await Promise.all([stream.close(), stream.close()]);
    expect(await stream.ended).toEqual({ kind: 'closed' });
    expect(await code).toBe(1000);
    expect(await readOutput(stream)).toBe('');
  });

  test('leaves what was attached to running', async () => {
    const { stream, peer } = await open({ request: { kind: 'attach', command: [] } });
    await stream.close();
    expect(peer.heard).toEqual([]);
    expect(await stream.ended).toEqual({ kind: 'closed' });
  });

  test('is not held up by a peer that neither reads nor closes, nor by input that waits', async () => {
    const { stream, peer } = await open({ graces: { shellEndMs: 20, socketCloseMs: 20 } });
    peer.socket.pause();
    const writing = stream.write(Buffer.alloc(64 * 1024 * 1024));
    const refused = expect(writing).rejects.toMatchObject({ code: 'session-ended' });
    await stream.close();
    await refused;
    expect(await stream.ended).toEqual({ kind: 'closed' });
  });

  test('sends nothing behind the end of the input, though some of it waits', async () => {
    const { stream, peer, client } = await open();
    const channels: (number | undefined)[] = [];
    peer.socket.on('message', (data: Buffer) => channels.push(data[0]));
    peer.socket.pause();
    const writing = stream.write(Buffer.alloc(64 * 1024 * 1024));
    const refused = expect(writing).rejects.toMatchObject({ code: 'session-ended' });
    await eventually(() => expect(client.bufferedAmount).toBeGreaterThanOrEqual(256 * 1024));
    const closing = stream.close();
    peer.socket.resume();
    await closing;
    await refused;
    expect(channels.indexOf(255)).toBe(channels.length - 1);
  });

  test('is not held up by output that nobody reads', async () => {
    const { stream, peer } = await open();
    for (let i = 0; i < 200; i += 1) peer.send(1, Buffer.alloc(32 * 1024));
    await stream.close();
    expect(await stream.ended).toEqual({ kind: 'closed' });
  });
});

test('a command that cannot be running any more ends with the reason, its output delivered', async () => {
  const { stream, peer } = await open();
  peer.send(1, 'last words');
  const chunk = await stream.output[Symbol.asyncIterator]().next();
  expect(Buffer.from(chunk.value?.bytes ?? []).toString()).toBe('last words');
  const gone = new AppError('pod-gone', 'pod shop/web was deleted');
  stream.fail(gone);
  expect(await stream.ended).toEqual({ kind: 'failed', error: gone });
});

test('a status that has come says more than a reason that was found elsewhere', async () => {
  const { stream, peer } = await open();
  peer.sendStatus(exitStatus(137));
  peer.send(1, 'behind it');
  await stream.output[Symbol.asyncIterator]().next();
  stream.fail(new AppError('pod-gone', 'pod shop/web was deleted'));
  expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 137 });
});

test('a peer that stops answering is lost', async () => {
  const { stream, peer } = await open({ keepAliveTimes: { pingMs: 10, deadlineMs: 120 } });
  // It neither reads nor answers, as behind a cable that was pulled.
  peer.socket.pause();
  expect(await stream.ended).toMatchObject({
    kind: 'lost',
    error: { code: 'connection-lost', message: expect.stringContaining('stopped answering') },
  });
});
