import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Clock, createSystemClock } from '../../../main/base/clock.ts';
import { createLog } from '../../../main/base/log.ts';
import { listenOnLoopback } from '../../../main/base/loopback.ts';
import type { ContainerProcess, TerminalSize } from '../../../main/demo/container-process.ts';
import { type ContainerPlan, POD_PLANS, type PodPlan } from '../../../main/demo/demo-pods.ts';
import type { ExecRequest } from '../../../main/demo/exec-request.ts';
import { runExecSession } from '../../../main/demo/exec-session.ts';
import { internalError, StatusError } from '../../../main/demo/status.ts';
import { type ExecClient, openExec } from '../../fakes/demo-client.ts';

const system = createSystemClock();
/** Its waits are a hundredth: a client that has gone is noticed by pings seconds apart. */
const clock: Clock = { ...system, sleep: (ms, options) => system.sleep(ms / 100, options) };
const POD = POD_PLANS[0] as PodPlan;
const SUCCESS = { metadata: {}, status: 'Success' };

/** A program whose every side is in the test's hands. */
interface Program extends ContainerProcess {
  readonly written: Buffer[];
  readonly sizes: TerminalSize[];
  readonly pulledBytes: number;
  inputEnded: boolean;
  endedBy: 'nobody' | 'session';
}

function createProgram(
  options: { output?: () => Generator<Uint8Array>; exitCode?: number; takesInput?: boolean } = {},
): Program {
  const ended = Promise.withResolvers<number>();
  let pulledBytes = 0;

  async function* stdout(): AsyncGenerator<Uint8Array> {
    for (const bytes of options.output?.() ?? []) {
      pulledBytes += bytes.length;
      yield bytes;
      // A real program's output arrives in turns of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (options.exitCode === undefined) await ended.promise;
    else ended.resolve(options.exitCode);
  }

  const program: Program = {
    pid: 0,
    written: [],
    sizes: [],
    inputEnded: false,
    endedBy: 'nobody',
    get pulledBytes() {
      return pulledBytes;
    },
    stdout: stdout(),
    exited: ended.promise,
    async write(bytes, { signal }) {
      if (options.takesInput === false)
        await new Promise((_, reject) => signal.addEventListener('abort', reject));
      program.written.push(Buffer.from(bytes));
    },
    async closeInput() {
      program.inputEnded = true;
    },
    resize: (size) => program.sizes.push(size),
  };
  ends.set(program, () => ended.resolve(137));
  return program;
}
const ends = new WeakMap<ContainerProcess, () => void>();

interface Stage {
  readonly client: ExecClient;
  readonly server: WebSocket;
  readonly done: Promise<void>;
}

async function startStage(
  start: () => Promise<Program> | Program,
  request: Partial<ExecRequest> = {},
  subprotocol: 'v5.channel.k8s.io' | 'v4.channel.k8s.io' = 'v5.channel.k8s.io',
): Promise<Stage> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  const stage = Promise.withResolvers<{ server: WebSocket; done: Promise<void> }>();
  sockets.on('connection', (socket) => {
    const done = runExecSession(
      { clock, log: createLog({ level: 'silent' }) },
      {
        socket,
        subprotocol,
        request: {
          kind: 'exec',
          work: {
            pod: POD,
            container: POD.containers[0] as ContainerPlan,
            command: ['sh'],
            tty: false,
            hasInput: true,
          },
          stdin: true,
          stdout: true,
          stderr: false,
          ...request,
        },
        start: async () => await start(),
        async end(process) {
          (process as Program).endedBy = 'session';
          ends.get(process)?.();
        },
      },
    );
    stage.resolve({ server: socket, done });
  });
  const port = await listenOnLoopback(http, 0);
  const client = await openExec(`http://127.0.0.1:${port}`, { protocols: [subprotocol] });
  onTestFinished(async () => {
    client.socket.terminate();
    const { done } = await stage.promise;
    await done;
    http.close();
  });
  return { client, ...(await stage.promise) };
}

function* justOnce(text: string): Generator<Uint8Array> {
  yield Buffer.from(text);
}

function* endlessly(): Generator<Uint8Array> {
  for (;;) yield Buffer.alloc(32 * 1024, 'y\n');
}

test('an empty frame, the output, the status, then the close', async () => {
  const { client } = await startStage(() => createProgram({ output: () => justOnce('hello'), exitCode: 0 }));
  expect(await client.ended).toEqual({ code: 1000, status: SUCCESS });
  expect(client.frames.slice(0, 2)).toEqual([
    { channel: 1, bytes: 0 },
    { channel: 1, bytes: 5 },
  ]);
  expect(client.frames.map(({ channel }) => channel)).toEqual([1, 1, 3]);
});

test.each([
  [{ stdout: false, stderr: true }, 2],
  [{ stdout: false, stderr: false }, 3],
])('the empty frame is on the first channel that was asked for', async (streams, channel) => {
  const { client } = await startStage(
    () => createProgram({ output: () => justOnce('unwanted'), exitCode: 0 }),
    streams,
  );
  await client.ended;
  expect(client.frames[0]).toEqual({ channel, bytes: 0 });
  expect(client.output(1)).toHaveLength(0);
});

test('an exit code is a status; that of an attach is always a success', async () => {
  const exec = await startStage(() => createProgram({ exitCode: 7 }));
  expect((await exec.client.ended).status).toMatchObject({
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '7' }] },
  });
  const attach = await startStage(() => createProgram({ exitCode: 7 }), { kind: 'attach' });
  expect((await attach.client.ended).status).toEqual(SUCCESS);
});

test('a program that cannot be started is a failure after the upgrade', async () => {
  const { client } = await startStage(() =>
    Promise.reject(new StatusError(internalError('no such program'))),
  );
  expect(await client.ended).toMatchObject({
    code: 1000,
    status: {
      status: 'Failure',
      reason: 'InternalError',
      message: 'Internal error occurred: no such program',
    },
  });
});

test('input, sizes and the end of input reach the program in order', async () => {
  const program = createProgram();
  const { client } = await startStage(() => program);
  client.send(4, '{"Width":100,"Height":30}');
  client.send(0, 'abc');
  client.send(9, 'noise');
  client.send(0, 'def');
  client.send(255, Buffer.of(0));
  await expect.poll(() => program.inputEnded).toBe(true);
  expect(Buffer.concat(program.written).toString()).toBe('abcdef');
  expect(program.sizes).toEqual([{ columns: 100, rows: 30 }]);
});

test('in version 4 there is no end of input', async () => {
  const program = createProgram();
  const { client } = await startStage(() => program, {}, 'v4.channel.k8s.io');
  client.send(255, Buffer.of(0));
  client.send(0, 'later');
  await expect.poll(() => program.written.length).toBe(1);
  expect(program.inputEnded).toBe(false);
});

test('input that was not asked for is dropped', async () => {
  const program = createProgram();
  const { client } = await startStage(() => program, { stdin: false });
  client.send(0, 'abc');
  client.send(4, '{"Width":100,"Height":30}');
  await expect.poll(() => program.sizes.length).toBe(1);
  expect(program.written).toEqual([]);
});

test('the program ends with the socket, also a silent one', async () => {
  const program = createProgram();
  const { client, done } = await startStage(() => program);
  client.socket.terminate();
  await done;
  expect(program.endedBy).toBe('session');
});

test('a program that started after its socket had gone is ended', async () => {
  const program = createProgram();
  const opened = Promise.withResolvers<void>();
  const { client, server, done } = await startStage(async () => {
    await opened.promise;
    return program;
  });
  client.socket.terminate();
  if (server.readyState !== server.CLOSED) await once(server, 'close');
  opened.resolve();
  await done;
  expect(program.endedBy).toBe('session');
});

test('a client that does not read makes the program wait, and what waits is bounded', async () => {
  const program = createProgram({ output: endlessly });
  const { client, server } = await startStage(() => program);
  client.socket.pause();
  await expectToStandStill(() => program.pulledBytes);
  // What we hold is the limit and one chunk more; the rest is in the system's socket buffers.
  expect(server.bufferedAmount).toBeLessThan(256 * 1024 + 40 * 1024);
  const stalledAt = program.pulledBytes;
  client.socket.resume();
  await expect.poll(() => program.pulledBytes).toBeGreaterThan(stalledAt + 1024 * 1024);
});

test('a program that does not read makes the client wait', async () => {
  const program = createProgram({ takesInput: false });
  const { client } = await startStage(() => program);
  const chunk = Buffer.alloc(32 * 1024);
  let sentBytes = 0;
  for (; client.socket.bufferedAmount < 1024 * 1024; sentBytes += chunk.length) {
    client.send(0, chunk);
    await new Promise((resolve) => setImmediate(resolve));
    // Loopback buffers take some megabytes; a server that reads on would take any amount.
    expect(sentBytes).toBeLessThan(64 * 1024 * 1024);
  }
  await expectToStandStill(() => client.socket.bufferedAmount);
});

test('a client that goes away while the program does not read is noticed', async () => {
  const program = createProgram({ takesInput: false });
  const { client, server, done } = await startStage(() => program);
  const chunk = Buffer.alloc(32 * 1024);
  while (!server.isPaused) {
    client.send(0, chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.socket.terminate();
  await done;
  expect(program.endedBy).toBe('session');
});

async function expectToStandStill(measure: () => number): Promise<void> {
  let last = -1;
  await expect
    .poll(
      () => {
        const before = last;
        last = measure();
        return last === before;
      },
      { interval: 250 },
    )
    .toBe(true);
}
