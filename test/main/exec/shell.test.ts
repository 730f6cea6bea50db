import { afterEach, describe, expect, test } from 'vitest';
import { openShell, type ShellOptions, type ShellWish } from '../../../main/exec/shell.ts';
import { SHELL_COMMAND, WINDOWS_SHELL_COMMAND } from '../../../main/exec/shell-choice.ts';
import { createShellMemory } from '../../../main/exec/shell-memory.ts';
import { createStatus, type FakeApiServer, sendJson, startApiServer } from '../../fakes/api-server.ts';
import { openTransport } from '../../fakes/kube-access.ts';
import { createContainerStatus, createPod, type PodChanges } from '../../fakes/kube-pods.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { SUCCESS } from '../../fakes/remote-command.ts';
import { until } from '../../fakes/until.ts';

const SIZE = { cols: 80, rows: 24 };
const WISH = { namespace: 'shop', pod: 'web' };
const signal = new AbortController().signal;

let server: FakeApiServer;
afterEach(() => server.close());

interface Answers {
  /** Absent: the pod is there. */
  readonly status?: number;
  readonly changes?: PodChanges;
  /** What each exec ends with at once. */
  readonly failure?: string;
}

async function start(answers: Answers = {}) {
  const asked: URL[] = [];
  const execs: string[][] = [];
  server = await startApiServer({
    answer(request, response) {
      asked.push(new URL(request.url ?? '', 'http://h'));
      const { status = 200, changes } = answers;
      if (status === 200) sendJson(response, 200, createPod('web', changes));
      else if (status === 403) sendJson(response, 403, createStatus(403, 'Forbidden', 'no'));
      else sendJson(response, status, createStatus(status, 'NotFound', 'pods "web" not found'));
    },
    serve(socket, request) {
      const { searchParams } = new URL(request.url ?? '', 'http://h');
      execs.push(searchParams.getAll('command'));
      const end = (status: object): void => {
        socket.send(Buffer.concat([Uint8Array.of(3), Buffer.from(JSON.stringify(status))]));
        socket.close(1000);
      };
      if (answers.failure) {
        end({ status: 'Failure', message: answers.failure, reason: 'InternalError', code: 500 });
        return;
      }
      // A shell ends with its input.
      socket.on('message', (data: Buffer) => {
        if (data[0] === 255) end(SUCCESS);
      });
    },
  });
  const clock = createManualClock();
  const needs = {
    transport: openTransport(server.address),
    clock,
    memory: createShellMemory({ clock }),
  };
  const open = (wish: Partial<ShellWish> = {}, options: Partial<ShellOptions> = {}) =>
    openShell(needs, { ...WISH, ...wish }, SIZE, { signal, ...options });
  return { open, execs, asked };
}

describe('the command', () => {
  test('is our choice of shells, in one exec', async () => {
    const { open, execs } = await start();
    const { stream, ...chosen } = await open();
    expect(chosen).toEqual({
      container: 'app',
      command: SHELL_COMMAND,
      place: { server: server.address, podUid: 'uid-web' },
      facts: { podUid: 'uid-web', node: 'node-1', image: 'app:1' },
    });
    expect(execs).toEqual([SHELL_COMMAND]);
    await stream.close();
  });

  test.each<[string, PodChanges]>([
    ['says so', { spec: { os: { name: 'windows' } } }],
    ['selects such nodes', { spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } }],
  ])('is PowerShell or cmd, in one exec, in a pod that %s', async (_case, changes) => {
    const { open, execs } = await start({ changes });
    const { stream, command } = await open();
    expect(command).toBe(WINDOWS_SHELL_COMMAND);
    expect(execs).toEqual([WINDOWS_SHELL_COMMAND]);
    await stream.close();
  });

  test('is what was asked for, wherever it is', async () => {
    const { open, execs } = await start({ changes: { spec: { os: { name: 'windows' } } } });
    const { stream } = await open({ command: ['python'] });
    expect(execs).toEqual([['python']]);
    await stream.close();
  });
});

describe('who may not read pods', () => {
  test('has a shell in the container that is named', async () => {
    const { open, execs } = await start({ status: 403 });
    const { stream, place } = await open({ container: 'app' });
    expect(place).toEqual({ server: server.address });
    expect(execs).toHaveLength(1);
    await stream.close();
  });

  test('is told so where the container has to be chosen', async () => {
    const { open } = await start({ status: 403 });
    await expect(open()).rejects.toMatchObject({ code: 'forbidden' });
  });
});

test.each(['Succeeded', 'Failed'])(
  'a pod that is %s is refused, though its container is named',
  async (phase) => {
    const { open, execs } = await start({ changes: { status: { phase } } });
    await expect(open({ container: 'app' })).rejects.toMatchObject({ code: 'pod-completed' });
    expect(execs).toEqual([]);
  },
);

describe('an image without a shell', () => {
  const FAILURE = 'exec: "sh": executable file not found in $PATH: unknown';
  const imageID = 'registry/app@sha256:1';
  const changes = {
    status: { containerStatuses: [createContainerStatus('app', { running: {} }, { imageID })] },
  };

  test('is remembered by its digest: the next shell is not tried, another command is', async () => {
    const { open, execs } = await start({ changes, failure: FAILURE });
    const first = await open();
    expect(await first.stream.ended).toMatchObject({ error: { code: 'no-shell' } });
    await expect(open()).rejects.toMatchObject({
      code: 'no-shell',
      detail: `found a moment ago in ${imageID}`,
      hint: expect.stringContaining('kubereel debug web'),
    });
    expect(execs).toHaveLength(1);
    await (await open({ command: ['/app'] })).stream.ended;
    expect(execs).toHaveLength(2);
  });

  test('that is Windows’ has one the next time', async () => {
    const { open, execs } = await start({
      changes,
      failure: 'hcs::System::CreateProcess app: The system cannot find the file specified.',
    });
    await (await open()).stream.ended;
    await (await open()).stream.ended;
    expect(execs).toEqual([SHELL_COMMAND, WINDOWS_SHELL_COMMAND]);
  });

  test('is not what another command failed for', async () => {
    const { open, execs } = await start({ changes, failure: FAILURE });
    await (await open({ command: ['/app'] })).stream.ended;
    await (await open()).stream.ended;
    expect(execs).toHaveLength(2);
  });
});

describe('in the place of one that was lost', () => {
  test('is the same pod', async () => {
    const { open } = await start();
    const { stream, place } = await open();
    const again = await open({ container: 'app' }, { place });
    expect(again.place).toEqual(place);
    await Promise.all([stream.close(), again.stream.close()]);
  });

  test('a pod that was deleted, or replaced by its namesake, is gone', async () => {
    const { open, execs } = await start();
    const place = { server: server.address, podUid: 'uid-before' };
    await expect(open({ container: 'app' }, { place })).rejects.toMatchObject({
      code: 'pod-gone',
      message: 'pod shop/web was replaced by another one of that name',
    });
    await server.close();
    const deleted = await start({ status: 404 });
    await expect(deleted.open({ container: 'app' }, { place })).rejects.toMatchObject({ code: 'pod-gone' });
    expect([...execs, ...deleted.execs]).toEqual([]);
  });

  test('another cluster is no place for it, where its pod cannot be told from ours', async () => {
    const { open, execs } = await start({ status: 403 });
    const place = { server: 'https://before' };
    await expect(open({ container: 'app' }, { place })).rejects.toMatchObject({ code: 'pod-gone' });
    expect(execs).toEqual([]);
  });
});

test('a shell is under guard: its pod is asked for until it ends', async () => {
  const { open, asked } = await start();
  const clock = createManualClock();
  const needs = { transport: openTransport(server.address), clock, memory: createShellMemory({ clock }) };
  const { stream } = await openShell(needs, WISH, SIZE, { signal });
  await clock.advance(2_000);
  await until(() => asked.some((url) => url.searchParams.has('fieldSelector')));
  await stream.close();
  await until(() => clock.sleepers === 0);
  const other = await open();
  await other.stream.close();
});
