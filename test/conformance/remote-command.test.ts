/** What goes over the wire when a command is opened, and how it ends: facts that hold for kubectl hold for us. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openExecStream } from '../../main/exec/exec-stream.ts';
import type { ExecRequest } from '../../main/exec/exec-url.ts';
import { createTransport } from '../../main/kube/transport.ts';
import { createStatus, type FakeApiServer, refuseUpgrade, startApiServer } from '../fakes/api-server.ts';
import { createContext, createCredentials, createDialNeeds, openTransport } from '../fakes/kube-access.ts';
import {
  exitStatus,
  openRemoteCommand,
  type RemoteCommand,
  type RemoteCommandOptions,
  type RemotePeer,
  readOutput,
  SHELL_REQUEST,
  SUCCESS,
} from '../fakes/remote-command.ts';
import { createTestAuthority } from '../fakes/tls.ts';

const signal = new AbortController().signal;
const opened: RemoteCommand[] = [];
let server: FakeApiServer | undefined;
/** Whatever a server does: nothing reaches the process. */
const uncaught: unknown[] = [];
const keep = (error: unknown): void => void uncaught.push(error);

beforeEach(() => {
  process.on('uncaughtException', keep);
  process.on('unhandledRejection', keep);
});

afterEach(async () => {
  for (const command of opened.splice(0)) await command.end();
  await server?.close();
  server = undefined;
  process.off('uncaughtException', keep);
  process.off('unhandledRejection', keep);
  expect(uncaught.splice(0)).toEqual([]);
});

async function open(options?: RemoteCommandOptions): Promise<RemoteCommand> {
  const command = await openRemoteCommand(options);
  opened.push(command);
  return command;
}

describe('rc-negotiate', () => {
  test.each([
    [['v5.channel.k8s.io', 'v4.channel.k8s.io'], 'v5.channel.k8s.io'],
    [['v4.channel.k8s.io', 'v5.channel.k8s.io'], 'v5.channel.k8s.io'],
    [['v4.channel.k8s.io'], 'v4.channel.k8s.io'],
  ])('rc-negotiate: of %j the server takes %s', async (protocols, taken) => {
    const { stream, peer } = await open({ protocols });
    expect(stream.subprotocol).toBe(taken);
    expect(peer.request.headers['sec-websocket-protocol']).toBe('v5.channel.k8s.io,v4.channel.k8s.io');
    expect(peer.request.headers).not.toHaveProperty('sec-websocket-extensions');
    expect(peer.request.headers['sec-websocket-version']).toBe('13');
  });

  test('rc-negotiate: a server that knows neither is a clean error', async () => {
    // x/net's handshake says nothing at all; others take the upgrade without a protocol.
    server = await startApiServer({ refuse: (_request, socket) => refuseUpgrade(socket, 403, '') });
    const refused = openExecStream({ transport: openTransport(server.address) }, SHELL_REQUEST, { signal });
    await expect(refused).rejects.toMatchObject({
      code: 'exec-refused',
      message: expect.stringContaining('protocols'),
    });
    await expect(open({ protocols: ['channel.k8s.io'] })).rejects.toMatchObject({ code: 'protocol-error' });
  });
});

describe('rc-query', () => {
  async function ask(request: Partial<ExecRequest>): Promise<URL> {
    const { peer } = await open({ request });
    return new URL(peer.request.url ?? '', 'http://h');
  }

  test('rc-query: with a terminal there is no stderr, and what is false is left out', async () => {
    const shell = await ask({ tty: true, stdin: true, command: ['sh'] });
    expect(Object.fromEntries(shell.searchParams)).toEqual({
      command: 'sh',
      container: 'app',
      stdin: 'true',
      stdout: 'true',
      tty: 'true',
    });
    const command = await ask({ tty: false, stdin: false, command: ['ls'], container: '' });
    expect(Object.fromEntries(command.searchParams)).toEqual({
      command: 'ls',
      stdout: 'true',
      stderr: 'true',
    });
    const attach = await ask({ kind: 'attach', command: [] });
    expect(attach.pathname).toBe('/api/v1/namespaces/shop/pods/web/attach');
    expect(attach.searchParams.has('command')).toBe(false);
  });

  test('rc-query: arguments arrive as they are, and names cannot become a path or a query', async () => {
    const command = [
      'sh',
      '-c',
      'echo "a b" && exit',
      'x=1&tty=false',
      'größe ☃',
      'two\nlines',
      '',
      '+',
      '%41',
    ];
    const url = await ask({ command, namespace: '../kube-system', pod: 'p?stdin=false#x' });
    expect(url.searchParams.getAll('command')).toEqual(command);
    expect(url.searchParams.getAll('tty')).toEqual(['true']);
    expect(url.pathname).toBe('/api/v1/namespaces/..%2Fkube-system/pods/p%3Fstdin%3Dfalse%23x/exec');
  });
});

describe('rc-exit-codes', () => {
  test.each([0, 1, 3, 137, 255])('rc-exit-codes: %i', async (exitCode) => {
    const { stream, peer } = await open();
    peer.sendStatus(exitCode === 0 ? SUCCESS : exitStatus(exitCode));
    peer.send(1, 'late but there');
    peer.socket.close(1000);
    expect(await readOutput(stream)).toBe('late but there');
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode });
  });

  const internal = {
    metadata: {},
    status: 'Failure',
    message: 'Internal error occurred: error executing command in container: context deadline exceeded',
    reason: 'InternalError',
    code: 500,
  };
  const malformed = {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: 'exit code 3',
    details: { causes: [{ reason: 'ExitCode', message: '256' }] },
  };
  test.each<[string, string, string]>([
    ['InternalError', JSON.stringify(internal), internal.message],
    ['a code beyond a byte', JSON.stringify(malformed), 'the server sent no exit code: exit code 3'],
    ['a status of another shape', '{"status":7}', 'the server sent a status that is none'],
    ['plain text, as v1 servers send', 'error: no such container', 'error: no such container'],
    ['nothing', '', 'the server sent an empty status'],
  ])('rc-exit-codes: %s is a failure in its own words', async (_case, text, message) => {
    const { stream, peer } = await open();
    peer.send(3, text);
    peer.socket.close(1000);
    expect(await stream.ended).toMatchObject({ kind: 'failed', error: { code: 'exec-failed', message } });
  });

  test('rc-exit-codes: decided by causes, never by text', async () => {
    const { stream, peer } = await open();
    peer.sendStatus({ ...malformed, details: { causes: [{ reason: 'ExitCode', message: '7' }] } });
    peer.socket.close(1000);
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 7 });
  });
});

describe('rc-close-kinds', () => {
  const CUT = 'the connection to shop/web was lost: it was cut without a word';
  test.each<[string, (peer: RemotePeer) => void, string, string]>([
    [
      '1000 without a status',
      ({ socket }) => socket.close(1000),
      'exit-unknown',
      'the command in shop/web has ended: the server closed it without saying how the command ended',
    ],
    ['1006', ({ socket }) => socket.terminate(), 'connection-lost', CUT],
    [
      '1001',
      ({ socket }) => socket.close(1001),
      'connection-lost',
      'the connection to shop/web was lost: the server is going away',
    ],
    [
      '1009',
      ({ socket }) => socket.close(1009),
      'connection-lost',
      'the connection to shop/web was lost: the server closed it with code 1009',
    ],
    [
      'a TCP reset in the middle of a frame',
      // A frame of 126 bytes of which two come.
      ({ tcp }) => tcp.write(Uint8Array.of(0x82, 126, 0, 126, 1, 120), () => tcp.resetAndDestroy()),
      'connection-lost',
      CUT,
    ],
  ])('rc-close-kinds: %s', async (_case, leave, code, message) => {
    const { stream, peer } = await open();
    peer.send(1, 'before');
    leave(peer);
    expect(await readOutput(stream)).toBe('before');
    expect(await stream.ended).toMatchObject({ kind: 'lost', error: { code, message } });
  });
});

describe('rc-unknown-frames', () => {
  test('rc-unknown-frames: channels 9 and 255, empty and text frames are left alone', async () => {
    const { stream, peer } = await open();
    peer.send(9, 'what is this');
    peer.send(255, Uint8Array.of(1));
    peer.socket.send(new Uint8Array());
    peer.socket.send('\u0001not binary');
    peer.send(1, 'still here');
    peer.sendStatus(SUCCESS);
    peer.socket.close(1000);
    expect(await readOutput(stream)).toBe('still here');
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 0 });
  });

  test('rc-unknown-frames: a message of 20 MiB ends its session, and no other', async () => {
    const [hostile, other] = [await open(), await open()];
    hostile.peer.socket.send(Buffer.alloc(20 * 1024 * 1024, 1));
    expect(await hostile.stream.ended).toMatchObject({ kind: 'lost', error: { code: 'protocol-error' } });
    other.peer.send(1, 'unharmed');
    other.peer.sendStatus(SUCCESS);
    other.peer.socket.close(1000);
    expect(await readOutput(other.stream)).toBe('unharmed');
  });
});

describe('rc-auth-on-upgrade', () => {
  /** A server that takes one bearer token alone, and what it was shown at each upgrade. */
  async function startGuarded(accepted: string) {
    const authority = await createTestAuthority();
    const pair = await authority.issue({ commonName: 'api', names: ['127.0.0.1'] });
    const shown: (string | undefined)[] = [];
    server = await startApiServer({
      tls: { cert: pair.certificate, key: pair.privateKey },
      refuse(request, socket) {
        const { authorization } = request.headers;
        shown.push(authorization);
        if (authorization === `Bearer ${accepted}`) return false;
        const body = JSON.stringify(createStatus(401, 'Unauthorized', 'Unauthorized'));
        return refuseUpgrade(socket, 401, body);
      },
    });
    const context = createContext(server.address, { certificateAuthority: authority.certificate });
    const openAs = (...tokens: string[]) => {
      const credentials = createCredentials(...tokens.map((token) => ({ authorization: `Bearer ${token}` })));
      const transport = createTransport(createDialNeeds(), context, credentials);
      return openExecStream({ transport }, SHELL_REQUEST, { signal });
    };
    return { openAs, shown };
  }

  test('rc-auth-on-upgrade: an expired token is refreshed, and the upgrade tried once more', async () => {
    const { openAs, shown } = await startGuarded('fresh');
    const stream = await openAs('expired', 'fresh');
    expect(shown).toEqual(['Bearer expired', 'Bearer fresh']);
    await stream.close();
  });

  test('rc-auth-on-upgrade: one that stays refused is not tried a third time', async () => {
    const { openAs, shown } = await startGuarded('fresh');
    await expect(openAs('expired', 'also expired', 'never asked for')).rejects.toMatchObject({
      code: 'unauthorized',
    });
    expect(shown).toEqual(['Bearer expired', 'Bearer also expired']);
  });
});
