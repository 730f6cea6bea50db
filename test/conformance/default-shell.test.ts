/** Which container is taken where none is named, and what is said where an image has no shell. */
import { afterEach, describe, expect, test } from 'vitest';
import { createSystemClock } from '../../main/base/clock.ts';
import { openCommand } from '../../main/exec/command.ts';
import type { ExecEnd } from '../../main/exec/exec-stream.ts';
import { openShell } from '../../main/exec/shell.ts';
import { createShellMemory } from '../../main/exec/shell-memory.ts';
import { type FakeApiServer, sendJson, startApiServer } from '../fakes/api-server.ts';
import { openTransport } from '../fakes/kube-access.ts';
import { createContainerStatus, createPod, type PodChanges } from '../fakes/kube-pods.ts';
import { exitStatus } from '../fakes/remote-command.ts';

const SIZE = { cols: 80, rows: 24 };
const PLACE = { namespace: 'shop', pod: 'web' };
const signal = new AbortController().signal;
const clock = createSystemClock();

let server: FakeApiServer;
afterEach(() => server.close());

/** A pod whose every exec ends at once with the status given. */
async function startPod(changes: PodChanges, status?: unknown) {
  const containers: (string | null)[] = [];
  server = await startApiServer({
    answer: (_request, response) => sendJson(response, 200, createPod('web', changes)),
    serve(socket, request) {
      containers.push(new URL(request.url ?? '', 'http://h').searchParams.get('container'));
      if (status === undefined) return;
      socket.send(Buffer.concat([Uint8Array.of(3), Buffer.from(JSON.stringify(status))]));
      socket.close(1000);
    },
  });
  return { needs: { transport: openTransport(server.address), clock }, containers };
}

describe('db-default-container', () => {
  const named = (...names: string[]) => names.map((name) => ({ name, image: `${name}:1` }));
  const SEVERAL = {
    spec: {
      containers: named('app', 'log'),
      initContainers: named('setup'),
      ephemeralContainers: named('debugger'),
    },
  };
  const annotate = (container: string): PodChanges => ({
    ...SEVERAL,
    metadata: { annotations: { 'kubectl.kubernetes.io/default-container': container } },
  });

  async function openIn(changes: PodChanges, container?: string) {
    const { needs, containers } = await startPod(changes);
    const target = {
      ...PLACE,
      command: ['ls'],
      stdin: false,
      tty: false,
      ...(container ? { container } : {}),
    };
    const { stream, choices } = await openCommand(needs, target, SIZE, { signal });
    await stream.close();
    return { container: containers[0], choices };
  }

  test('db-default-container: the first of several, with the others told', async () => {
    expect(await openIn(SEVERAL)).toEqual({
      container: 'app',
      choices: 'app, log, debugger (ephem), setup (init)',
    });
  });

  test('db-default-container: the annotation', async () => {
    expect(await openIn(annotate('log'))).toEqual({ container: 'log', choices: '' });
  });

  test('db-default-container: an annotation for none is an error that lists what there is', async () => {
    await expect(openIn(annotate('nope'))).rejects.toMatchObject({
      code: 'container-unknown',
      message: 'container nope is not valid for pod web out of: app, log, debugger (ephem), setup (init)',
    });
  });

  test.each(['setup', 'debugger', 'log'])(
    'db-default-container: `-c %s` is asked for as it is',
    async (name) => {
      expect(await openIn(SEVERAL, name)).toMatchObject({ container: name });
    },
  );

  test.each(['Succeeded', 'Failed'])(
    'db-default-container: a pod that is %s is refused at once',
    async (phase) => {
      await expect(openIn({ ...SEVERAL, status: { phase } })).rejects.toMatchObject({
        message: `cannot exec into a container in a completed pod; current phase is ${phase}`,
      });
    },
  );
});

describe('db-no-shell', () => {
  const IMAGE_ID = 'registry/distroless@sha256:1';
  const RUNNING = [createContainerStatus('app', { running: {} }, { imageID: IMAGE_ID })];
  const CONTAINERD = {
    metadata: {},
    status: 'Failure',
    message:
      'Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "1f": OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown',
    reason: 'InternalError',
    code: 500,
  };

  test.each([
    ['126', exitStatus(126)],
    ['127', exitStatus(127)],
    ['InternalError of containerd', CONTAINERD],
  ])(
    'db-no-shell: %s says so, offers a debug container, and the image is remembered',
    async (_case, status) => {
      const { needs, containers } = await startPod({ status: { containerStatuses: RUNNING } }, status);
      const memory = createShellMemory({ clock });
      const open = () => openShell({ ...needs, memory }, PLACE, SIZE, { signal });
      const end: ExecEnd = await (await open()).stream.ended;
      const expected = {
        code: 'no-shell',
        message: 'container app has no sh',
        hint: expect.stringContaining(
          'kubereel debug web --context staging --namespace shop --image busybox --target app -- sh',
        ),
      };
      expect(end).toMatchObject({ kind: 'failed', error: expected });
      await expect(open()).rejects.toMatchObject(expected);
      expect(containers).toEqual(['app']);
    },
  );

  test('db-no-shell: a shell that was there and ended with 127 is none of these', async () => {
    server = await startApiServer({
      answer: (_request, response) => sendJson(response, 200, createPod('web')),
      serve(socket) {
        socket.send(Buffer.from('\u0001$ nonsense: not found'));
        socket.send(Buffer.concat([Uint8Array.of(3), Buffer.from(JSON.stringify(exitStatus(127)))]));
        socket.close(1000);
      },
    });
    const needs = { transport: openTransport(server.address), clock, memory: createShellMemory({ clock }) };
    const { stream } = await openShell(needs, PLACE, SIZE, { signal });
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 127 });
  });
});
