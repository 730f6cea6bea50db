// covers: main/proxy/command/exec-desk.ts
// covers: main/proxy/command/exec-recorder.ts
// covers: main/proxy/command/exec-words.ts

import { afterEach, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { AppError } from '../../../../main/base/errors.ts';
import { sendJson } from '../../../fakes/api-server.ts';
import { readOutput } from '../../../fakes/cast-folder.ts';
import { EXEC_PATH, endPassages, startPassage } from '../../../fakes/exec-passage.ts';
import { exitStatus, SUCCESS } from '../../../fakes/remote-command.ts';
import { until } from '../../../fakes/until.ts';

const say = (socket: WebSocket, channel: number, payload: string | Uint8Array): void =>
  socket.send(Buffer.concat([Uint8Array.of(channel), Buffer.from(payload)]));
const finish = (socket: WebSocket, status: unknown): void => {
  say(socket, 3, JSON.stringify(status));
  socket.close(1000);
};

afterEach(endPassages);

test('a command without a terminal passes as it came, and is on record with its door and its end', async () => {
  const passage = await startPassage({
    serve(socket) {
      socket.on('message', (data: Buffer) => {
        if (data[0] !== 0) return;
        say(socket, 1, `out ${data.subarray(1)}`);
        say(socket, 2, 'err\n');
        finish(socket, exitStatus(3));
      });
    },
  });
  const client = passage.connect('command=sh&command=-c&container=app&stdin=true&stdout=true&stderr=true');
  await client.opened;
  await until(() => passage.desk.list().length === 1);
  expect(passage.desk.list()[0]).toMatchObject({
    sessionId: 's1',
    door: 'kubectl',
    client: 'kubectl/v1.32.0 (test)',
    context: 'demo',
    namespace: 'shop',
    pod: 'web-1',
    container: 'app',
    command: ['sh', '-c'],
    kind: 'exec',
    recording: { kind: 'recording' },
  });
  client.send(0, 'hello\n');
  expect(await client.closed).toBe(1000);
  expect(client.heard).toEqual(['1:out hello\n', '2:err\n', `3:${JSON.stringify(exitStatus(3))}`]);
  const { path, sidecar } = await passage.recorded();
  expect(await readOutput(path)).toBe('out hello\nerr\n');
  expect(sidecar.details).toMatchObject({
    sessionId: 's1',
    hasTty: false,
    command: ['sh', '-c'],
    door: { kind: 'kubectl', client: 'kubectl/v1.32.0 (test)' },
  });
  expect(sidecar.state).toMatchObject({ kind: 'closed', end: { kind: 'exited', exitCode: 3 } });
  expect(passage.desk.list()).toEqual([]);
});

test('a terminal’s first size stands in the head of its recording, the others in their places', async () => {
  const passage = await startPassage({
    serve(socket) {
      say(socket, 1, '$ ');
      socket.on('message', (data: Buffer) => {
        if (data[0] === 4) say(socket, 1, `told ${data.subarray(1).toString().trim()}\r\n`);
        if (data[0] === 0) finish(socket, SUCCESS);
      });
    },
    needs: { sizeWaitMs: 60_000 },
  });
  const client = passage.connect('command=sh&stdin=true&stdout=true&tty=true');
  await client.opened;
  client.send(4, '{"Width":120,"Height":40}\n');
  await until(() => client.text(1).includes('told'));
  client.send(4, '{"Width":100,"Height":30}\n');
  await until(() => client.text(1).split('told').length === 3);
  client.send(0, 'x');
  await client.closed;
  const { events, sidecar } = await passage.recorded();
  expect(sidecar.size).toEqual({ cols: 120, rows: 40 });
  expect(events.flatMap((event) => (event.kind === 'resize' ? [event.size] : []))).toEqual([
    { cols: 100, rows: 30 },
  ]);
});

test('a terminal whose size nobody tells is held no longer than the limit', async () => {
  const passage = await startPassage({
    serve: (socket) => say(socket, 1, '$ '),
    needs: { sizeWaitMs: 20 },
  });
  const client = passage.connect('command=sh&stdin=true&stdout=true&tty=true');
  await until(() => client.text(1) === '$ ');
  client.socket.terminate();
  const { sidecar } = await passage.recorded();
  expect(sidecar.size).toEqual({ cols: 80, rows: 24 });
  expect(sidecar.state).toMatchObject({ end: { kind: 'closed' } });
});

test('what is typed before a terminal’s size is told does not wait for it', async () => {
  const passage = await startPassage({
    serve(socket) {
      socket.on('message', (data: Buffer) => {
        if (data[0] === 0) say(socket, 1, data.subarray(1));
        if (data[0] === 4) finish(socket, SUCCESS);
      });
    },
    needs: { sizeWaitMs: 600_000 },
  });
  const client = passage.connect('command=sh&stdin=true&stdout=true&tty=true');
  await client.opened;
  client.send(0, 'early');
  await until(() => client.text(1) === 'early');
  client.send(4, '{"Width":120,"Height":40}\n');
  await client.closed;
  const { events, sidecar } = await passage.recorded();
  expect(sidecar.size).toEqual({ cols: 80, rows: 24 });
  expect(events).toContainEqual(expect.objectContaining({ kind: 'resize', size: { cols: 120, rows: 40 } }));
});

test('nothing that is typed is on record', async () => {
  const passage = await startPassage({
    serve(socket) {
      socket.on('message', (data: Buffer) => {
        if (data[0] === 0) finish(socket, SUCCESS);
      });
    },
    needs: { sizeWaitMs: 1 },
  });
  const client = passage.connect('command=sh&stdin=true&stdout=true&tty=true');
  await client.opened;
  client.send(0, 'secret');
  await client.closed;
  const { events } = await passage.recorded();
  expect(JSON.stringify(events)).not.toContain('secret');
});

test.each([
  ['a terminal', 'command=sh&stdin=true&stdout=true&tty=true', 1],
  ['no terminal', 'command=sh&stdin=true&stdout=true&stderr=true', 0],
])('prompts are marked of %s alone', async (_case, query, marks) => {
  const passage = await startPassage({
    serve(socket) {
      say(socket, 1, '\x1b]133;A\x07$ \x1b]133;C\x07out\r\n\x1b]133;D;0\x07\x1b]133;A\x07$ ');
      finish(socket, SUCCESS);
    },
    needs: { sizeWaitMs: 1 },
  });
  await passage.connect(query).closed;
  const { events } = await passage.recorded();
  expect(Math.min(1, events.filter(({ kind }) => kind === 'marker').length)).toBe(marks);
});

test('where the policy has input recorded, a line that is echoed is on record', async () => {
  const passage = await startPassage({
    policy: { input: 'always' },
    serve(socket) {
      say(socket, 1, '$ ');
      socket.on('message', (data: Buffer) => {
        if (data[0] !== 0) return;
        const typed = data.subarray(1).toString();
        say(socket, 1, typed.replaceAll('\r', '\r\n'));
        if (typed.includes('\r')) finish(socket, SUCCESS);
      });
    },
    needs: { sizeWaitMs: 1 },
  });
  const client = passage.connect('command=sh&stdin=true&stdout=true&tty=true');
  await until(() => client.text(1) === '$ ');
  for (const key of ['l', 's']) {
    const before = client.text(1);
    client.send(0, key);
    await until(() => client.text(1) === `${before}${key}`);
  }
  client.send(0, '\r');
  await client.closed;
  const { events } = await passage.recorded();
  expect(events.filter(({ kind }) => kind === 'input')).toMatchObject([{ text: 'ls\r' }]);
});

test('the server’s own refusal passes as it came', async () => {
  const passage = await startPassage({
    refuse: (_request, socket) => {
      socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\nno such 1');
      return true;
    },
  });
  await expect(passage.connect().opened).rejects.toThrow('404 no such 1');
  expect(passage.writers).toEqual([]);
  expect(passage.desk.list()).toEqual([]);
});

test('a server that breaks off ends the recording with that, and the client sees the same', async () => {
  const passage = await startPassage({
    serve(socket, _request, tcp) {
      say(socket, 1, 'before\n');
      // Half of a frame.
      socket.on('message', () =>
        tcp.write(Uint8Array.of(0x82, 126, 0, 126, 1, 120), () => tcp.resetAndDestroy()),
      );
    },
  });
  const client = passage.connect();
  await until(() => client.text(1) === 'before\n');
  client.send(0, 'go on');
  expect(await client.closed).toBe(1006);
  const { path, sidecar } = await passage.recorded();
  expect(await readOutput(path)).toContain('before\n');
  expect(sidecar.state).toMatchObject({
    end: { kind: 'failed', note: expect.stringContaining('shop/web-1') },
  });
});

test('a command that the node refuses to start is on record with its words', async () => {
  const words = 'executable file not found in $PATH';
  const passage = await startPassage({
    serve: (socket) => finish(socket, { status: 'Failure', reason: 'InternalError', message: words }),
  });
  await passage.connect().closed;
  const { sidecar } = await passage.recorded();
  expect(sidecar.state).toMatchObject({ end: { kind: 'failed', note: words } });
});

test('the user ends it in the app: its client is told so, the recording is closed', async () => {
  const passage = await startPassage({ serve: (socket) => say(socket, 1, 'working\n') });
  const client = passage.connect();
  await until(() => client.text(1) === 'working\n');
  await passage.desk.end('s1');
  expect(await client.closed).toBe(1000);
  expect(client.text(2)).toBe('this command was ended in Kubereel\n');
  expect(JSON.parse(client.text(3))).toMatchObject({
    status: 'Failure',
    message: expect.stringContaining('Kubereel'),
  });
  const { sidecar } = await passage.recorded();
  expect(sidecar.state).toMatchObject({ end: { kind: 'closed' } });
});

test('an attach is on record with the exit code that the container tells', async () => {
  const passage = await startPassage({
    serve: (socket) => finish(socket, SUCCESS),
    answer: (_request, response) =>
      sendJson(response, 200, {
        kind: 'Pod',
        metadata: { name: 'web-1', namespace: 'shop', uid: 'u1' },
        spec: { containers: [{ name: 'app', image: 'busybox' }] },
        status: {
          phase: 'Failed',
          containerStatuses: [{ name: 'app', state: { terminated: { exitCode: 7, reason: 'Error' } } }],
        },
      }),
  });
  const client = passage.connect(
    'container=app&stdout=true&stderr=true',
    EXEC_PATH.replace('exec', 'attach'),
  );
  await client.closed;
  const { sidecar } = await passage.recorded();
  expect(sidecar.state).toMatchObject({ end: { kind: 'exited', exitCode: 7 } });
});

test('what is still live at the end of the program is told so, and its recording closed', async () => {
  const passage = await startPassage({ serve: (socket) => say(socket, 1, 'working\n') });
  const client = passage.connect();
  await until(() => client.text(1) === 'working\n');
  await passage.desk.endAll(new AppError('internal', 'Kubereel has failed'));
  await client.closed;
  expect(client.text(2)).toBe('Kubereel has failed\n');
  const { sidecar } = await passage.recorded();
  expect(sidecar.state).toMatchObject({ end: { kind: 'failed', note: 'Kubereel has failed' } });
});

test('at the limit one more is refused before policy and cluster are asked', async () => {
  const passage = await startPassage({ serve: () => {}, needs: { mostSessions: 1 } });
  await passage.connect().opened;
  await expect(passage.connect().opened).rejects.toThrow('too-many');
  expect(passage.server.requests).toHaveLength(1);
});

test('one that is ended while it opens leaves nothing', async () => {
  const asked = Promise.withResolvers<void>();
  const passage = await startPassage({
    refuse() {
      asked.resolve();
      return true;
    },
  });
  const client = passage.connect();
  await asked.promise;
  await passage.desk.end('s1');
  await expect(client.opened).rejects.toThrow('cancelled');
  expect(passage.writers).toEqual([]);
});
