/** What flows while a command runs: input, sizes, pings, and how it is ended from either side. */
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createSystemClock } from '../../main/base/clock.ts';
import type { DemoCluster } from '../../main/demo/demo-cluster.ts';
import { openShell } from '../../main/exec/shell.ts';
import { createShellMemory } from '../../main/exec/shell-memory.ts';
import type { PodInfo } from '../../main/kube/pod-info.ts';
import { listPods } from '../../main/kube/pods.ts';
import { createTransport, type KubeTransport } from '../../main/kube/transport.ts';
import { sendJson, startApiServer } from '../fakes/api-server.ts';
import { readAccess } from '../fakes/demo-client.ts';
import { startTestDemo } from '../fakes/demo-start.ts';
import { createContext, createCredentials, createDialNeeds, openTransport } from '../fakes/kube-access.ts';
import { createPod } from '../fakes/kube-pods.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { createPodList } from '../fakes/pods-api.ts';
import {
  openRemoteCommand,
  type RemoteCommand,
  type RemoteCommandOptions,
  readOutput,
  SUCCESS,
} from '../fakes/remote-command.ts';
import { startTcpProxy, type TcpProxy } from '../fakes/tcp-proxy.ts';
import { eventually, until } from '../fakes/until.ts';

const MIB = 1024 * 1024;
const opened: { end?(): Promise<void>; close?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await (one.end ?? one.close)?.();
});

async function open(options?: RemoteCommandOptions): Promise<RemoteCommand> {
  const command = await openRemoteCommand(options);
  opened.push(command);
  return command;
}

describe('rc-stdin-eof', () => {
  test('rc-stdin-eof-v5: 3 MB for `cat` come back whole, behind frames that are never cut and one end', async () => {
    const frames: Buffer[] = [];
    const { stream, peer } = await open({ request: { command: ['cat'], tty: false } });
    peer.socket.on('message', (data: Buffer) => {
      frames.push(data);
      if (data[0] === 0) peer.send(1, data.subarray(1));
      if (data[0] !== 255) return;
      peer.sendStatus(SUCCESS);
      peer.socket.close(1000);
    });
    const input = Buffer.alloc(3_000_000, 'kubereel ');
    const echoed = readOutput(stream);
    await stream.write(input);
    await stream.closeInput();
    expect((await echoed) === input.toString()).toBe(true);
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 0 });
    // A message of ours is one frame: as many as the bytes need, each with its channel.
    const stdin = frames.filter((frame) => frame[0] === 0);
    expect(stdin).toHaveLength(Math.ceil(input.length / 32_768));
    expect(Math.max(...frames.map((frame) => frame.length))).toBe(32_769);
    expect(frames.filter((frame) => frame[0] === 255)).toEqual([Buffer.from([255, 0])]);
    expect(frames.at(-1)?.[0]).toBe(255);
  });

  test('rc-stdin-eof-v4: that input has ended cannot be said, and is refused in words', async () => {
    const { stream, peer } = await open({ protocols: ['v4.channel.k8s.io'], request: { tty: false } });
    await stream.write(Buffer.from('some input'));
    await expect(stream.closeInput()).rejects.toMatchObject({
      code: 'exec-refused',
      message: 'this server cannot be told that the input has ended',
    });
    // Nothing was cut off: the command goes on and has its exit code.
    peer.send(1, 'still running');
    peer.sendStatus(SUCCESS);
    peer.socket.close(1000);
    expect(await readOutput(stream)).toBe('still running');
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 0 });
    expect(peer.heard).toEqual(['0:"some input"']);
  });
});

describe('rc-ping', () => {
  /** All times a fortieth. */
  const TIMES = { pingMs: 125, deadlineMs: 1_525 };

  async function openThroughProxy(pingMs: number): Promise<RemoteCommand & { readonly proxy: TcpProxy }> {
    const made = Promise.withResolvers<TcpProxy>();
    const command = await open({
      keepAliveTimes: { pingMs },
      async via(port) {
        const proxy = await startTcpProxy(port);
        made.resolve(proxy);
        opened.push(proxy);
        return `http://127.0.0.1:${proxy.port}`;
      },
    });
    return { ...command, proxy: await made.promise };
  }

  test('rc-ping: an idle shell outlives the idle time of a proxy many times', async () => {
    const { stream, peer, proxy } = await openThroughProxy(50);
    let pings = 0;
    peer.socket.on('ping', () => {
      pings += 1;
    });
    for (let idleTime = 1; idleTime <= 10; idleTime += 1) {
      const before = pings;
      // Its idle time is as long as a few pings take, however long that is.
      await until(() => pings >= before + 2);
      proxy.endIdle();
    }
    peer.send(1, 'good morning');
    const { value } = await stream.output[Symbol.asyncIterator]().next();
    expect(Buffer.from(value?.bytes ?? []).toString()).toBe('good morning');
  });

  test('rc-ping: without pings the same proxy cuts it, which is told as a lost connection', async () => {
    const { stream, proxy } = await openThroughProxy(3_600_000);
    let isOver = false;
    void stream.ended.then(() => {
      isOver = true;
    });
    await until(() => {
      proxy.endIdle();
      return isOver;
    });
    expect(await stream.ended).toMatchObject({ kind: 'lost', error: { code: 'connection-lost' } });
  });

  test('rc-ping: a peer that answers no more is lost', async () => {
    const { stream, peer } = await open({ keepAliveTimes: TIMES });
    peer.socket.pause();
    expect(await stream.ended).toMatchObject({
      kind: 'lost',
      error: { code: 'connection-lost', message: expect.stringContaining('stopped answering') },
    });
  });

  test('rc-ping: a peer that does not take our input is not lost while its output flows', async () => {
    const { stream, peer } = await open({ keepAliveTimes: TIMES });
    // It reads nothing, so that pings and input wait; what it prints comes all the same.
    peer.socket.pause();
    const writing = stream.write(Buffer.alloc(32 * MIB));
    const refused = expect(writing).rejects.toMatchObject({ code: 'session-ended' });
    const printing = setInterval(() => peer.send(1, '.'), 50);
    let dots = '';
    for await (const { bytes } of stream.output) {
      dots += Buffer.from(bytes).toString();
      // Twice the deadline.
      if (dots.length >= 60) break;
    }
    clearInterval(printing);
    expect(dots).toMatch(/^\.{60,}$/);
    peer.socket.terminate();
    await refused;
  });
});

describe('rc-resize', () => {
  const sizeOf = (message: string): unknown => JSON.parse(JSON.parse(message.slice(2)) as string);

  test('rc-resize: the size at the start is sent once, in the words of kubectl', async () => {
    const { peer } = await open({ size: { cols: 120, rows: 40 } });
    await until(() => peer.heard.length > 0);
    expect(peer.heard).toEqual([`4:${JSON.stringify('{"Width":120,"Height":40}\n')}`]);
  });

  test('rc-resize: of a burst of 100 the last one wins', async () => {
    const { stream, peer } = await open({ size: { cols: 80, rows: 24 } });
    for (let cols = 1; cols <= 100; cols += 1) stream.resize({ cols, rows: 30 });
    await until(() => peer.heard.some((message) => message.includes('100')));
    expect(sizeOf(peer.heard.at(-1) ?? '')).toEqual({ Width: 100, Height: 30 });
  });

  test('rc-resize: a side is a number from 1 to 65535, whatever is asked for', async () => {
    const { stream, peer } = await open();
    const odd = [
      { cols: 0, rows: Number.NaN },
      { cols: 1e9, rows: Number.POSITIVE_INFINITY },
      { cols: -3, rows: 24.9 },
    ];
    for (const [index, size] of odd.entries()) {
      stream.resize(size);
      await until(() => peer.heard.length === index + 1);
    }
    expect(peer.heard.map(sizeOf)).toEqual([
      { Width: 1, Height: 1 },
      { Width: 65_535, Height: 65_535 },
      { Width: 1, Height: 24 },
    ]);
  });

  test('rc-resize: what is attached to is sent one that is off by one first, so that it redraws', async () => {
    const { peer } = await open({ request: { kind: 'attach', command: [] }, size: { cols: 120, rows: 40 } });
    await until(() => peer.heard.length === 2);
    expect(peer.heard.map(sizeOf)).toEqual([
      { Width: 121, Height: 41 },
      { Width: 120, Height: 40 },
    ]);
  });

  test('rc-resize: no listener and no timer stays when a command has ended', async () => {
    const { stream, peer, client } = await open({ size: { cols: 80, rows: 24 } });
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    peer.sendStatus(SUCCESS);
    peer.socket.close(1000);
    await stream.ended;
    stream.resize({ cols: 100, rows: 24 });
    await until(() => client.readyState === client.CLOSED);
    expect(client.listenerCount('pong')).toBe(0);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThanOrEqual(
      timers,
    );
    expect(peer.heard).toHaveLength(1);
  });
});

describe('with the demo cluster, whose shells are processes', () => {
  const signal = new AbortController().signal;
  const clock = createSystemClock();
  let demo: DemoCluster;
  let transport: KubeTransport;
  let pods: readonly PodInfo[];

  beforeAll(async () => {
    demo = await startTestDemo();
    const { server, authority, token } = await readAccess(demo);
    transport = createTransport(
      createDialNeeds(),
      createContext(server, { certificateAuthority: authority }),
      createCredentials({ authorization: `Bearer ${token}` }),
    );
    pods = await listPods({ transport }, { namespace: null }, { signal });
  });

  afterAll(async () => {
    await transport?.close();
    await demo?.stop();
  });

  async function openDemoShell(start: string) {
    const pod = pods.find(({ name }) => name.startsWith(start));
    if (!pod) throw new Error(`no pod ${start}`);
    const { stream } = await openShell(
      { transport, clock, memory: createShellMemory({ clock }) },
      { namespace: pod.namespace, pod: pod.name },
      { cols: 80, rows: 24 },
      { signal },
    );
    const screen = { text: '' };
    const reading = (async () => {
      for await (const { bytes } of stream.output) screen.text += Buffer.from(bytes).toString();
    })();
    return { stream, screen, reading };
  }

  test('rc-close-tty: no shell is left of a tab that was closed', async () => {
    const { stream, screen, reading } = await openDemoShell('web-');
    await stream.write(Buffer.from('echo "pid=$$="\r'));
    const found = await until(() => /pid=(\d+)=/.exec(screen.text));
    const shell = Number(found[1]);
    expect(() => process.kill(shell, 0)).not.toThrow();
    await stream.close();
    await reading;
    await eventually(() => expect(() => process.kill(shell, 0)).toThrow('ESRCH'));
  });
});

describe('rc-pod-deleted', () => {
  test('rc-pod-deleted: a shell that the server leaves open and silent ends with that reason in 10 s', async () => {
    const watches: ServerResponse[] = [];
    const server = await startApiServer({
      answer(request, response) {
        const { pathname, searchParams } = new URL(request.url ?? '', 'http://h');
        if (pathname.endsWith('/pods/web')) sendJson(response, 200, createPod('web'));
        else if (!searchParams.has('watch')) sendJson(response, 200, createPodList([createPod('web')]));
        else {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.flushHeaders();
          watches.push(response);
        }
      },
      // The stream stays open and says nothing, as after kubernetes/kubernetes#129144.
      serve() {},
    });
    opened.push(server);
    const clock = createManualClock();
    const { stream } = await openShell(
      { transport: openTransport(server.address), clock, memory: createShellMemory({ clock }) },
      { namespace: 'shop', pod: 'web' },
      { cols: 80, rows: 24 },
      { signal: new AbortController().signal },
    );
    /** Turns the clock where something waits for it, and not while an answer is on its way. */
    const pass = async (): Promise<void> => {
      if (clock.sleepers > 0) await clock.advance(500);
    };
    await until(async () => {
      await pass();
      return watches.length === 1;
    });
    watches[0]?.write(`${JSON.stringify({ type: 'DELETED', object: createPod('web') })}\n`);
    const deletedMs = clock.nowMs();
    let isOver = false;
    void stream.ended.then(() => {
      isOver = true;
    });
    await until(async () => {
      await pass();
      return isOver;
    });
    expect(await stream.ended).toMatchObject({
      kind: 'failed',
      error: { code: 'pod-gone', message: 'pod shop/web was deleted' },
    });
    expect(clock.nowMs() - deletedMs).toBeLessThanOrEqual(10_000);
  });
});
