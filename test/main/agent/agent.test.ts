// covers: main/agent/agent-session.ts
// covers: main/agent/agent-peer.ts
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentNeeds } from '../../../main/agent/agent.ts';
import { MAX_FRAME_BYTES, MAX_STDIN_BYTES } from '../../../main/agent/frames.ts';
import { createSystemClock } from '../../../main/base/clock.ts';
import { AppError } from '../../../main/base/errors.ts';
import { DEFAULT_ANSWER } from '../../../main/policy/strictest-answer.ts';
import type { Sidecar } from '../../../main/recording/recording.ts';
import { openAgentClient } from '../../fakes/agent-client.ts';
import { type AgentStage, CONSOLE, INIT, NO_TERMS, startAgentStage } from '../../fakes/agent-stage.ts';
import { createScriptedRecorders, lostAt, VAULT } from '../../fakes/scripted-recorders.ts';
import type { ScriptedShell } from '../../fakes/scripted-shell.ts';
import { until } from '../../fakes/until.ts';

let stage: AgentStage;
beforeEach(async () => {
  stage = await startAgentStage();
});
afterEach(() => stage.stop());

async function restart(changes: Partial<AgentNeeds>): Promise<void> {
  await stage.stop();
  stage = await startAgentStage(changes);
}

async function openShell(init: object = INIT) {
  const client = await stage.openClient();
  client.say(init);
  await client.frame('exec_started');
  const shell = stage.shells.at(-1);
  if (!shell) throw new Error('no command was opened');
  return { client, shell };
}

/** The one recording, once it is closed. */
async function readRecording(): Promise<{ sidecar: Sidecar; cast: string }> {
  return until(async () => {
    const names = await readdir(stage.folder);
    const id = names.find((name) => name.endsWith('.cast'))?.slice(0, -'.cast'.length);
    if (id === undefined) return undefined;
    const sidecar = JSON.parse(await readFile(join(stage.folder, `${id}.json`), 'utf8')) as Sidecar;
    if (sidecar.state.kind === 'live') return undefined;
    return { sidecar, cast: await readFile(join(stage.folder, `${id}.cast`), 'utf8') };
  });
}

describe('a command of a page', () => {
  test('runs where it says, is shown and recorded, and ends with its true exit code', async () => {
    const { client, shell } = await openShell();
    expect(client.socket.protocol).toBe('kc-agent');
    expect(stage.targets).toEqual([
      {
        context: 'demo',
        namespace: 'shop',
        pod: 'web-1',
        container: 'app',
        command: ['sh'],
        stdin: true,
        tty: true,
      },
    ]);
    expect(stage.agent.sessions.list()).toMatchObject([
      { door: 'browser', client: CONSOLE, context: 'demo', pod: 'web-1', container: 'app', kind: 'exec' },
    ]);
    client.say({ type: 'stdin', data: 'exit 3\r' });
    client.say({ type: 'resize', cols: 120, rows: 40 });
    await until(() => shell.sizes.length > 0);
    expect(shell.input).toEqual(['exit 3\r']);
    expect(shell.sizes).toEqual([{ cols: 120, rows: 40 }]);
    shell.print('bye\r\n');
    shell.end({ kind: 'exited', exitCode: 3 });
    expect(await client.closed).toBe(1000);
    expect(client.heard.map(({ type }) => type)).toEqual(['exec_started', 'stdout', 'exit']);
    expect(client.heard.at(-1)).toEqual({ type: 'exit', exitCode: 3 });
    const { sidecar, cast } = await readRecording();
    expect(sidecar.details).toMatchObject({ door: { kind: 'browser', client: CONSOLE }, hasTty: true });
    expect(sidecar.state).toMatchObject({ end: { kind: 'exited', exitCode: 3 } });
    expect(cast).toContain('bye\\r\\n');
    expect(cast).toContain('"r","120x40"');
    expect(cast).not.toContain('exit 3');
    await until(() => stage.agent.sessions.list().length === 0);
  });

  test('keeps characters whole that its output cuts, and shows what is none as browsers do', async () => {
    const { client, shell } = await openShell();
    const bytes = Buffer.from('界😀');
    for (const byte of bytes) shell.print(Uint8Array.of(byte));
    shell.print(Uint8Array.of(0xff, 0xe7, 0x95));
    shell.end({ kind: 'exited', exitCode: 0 });
    await client.closed;
    expect(client.text('stdout')).toBe('界😀\ufffd\ufffd');
    expect(client.heard.filter(({ data }) => data === '')).toEqual([]);
  });

  test('gets all that is typed, in order, also a paste of 1 MiB that nobody takes for a while', async () => {
    const gate = Promise.withResolvers<void>();
    const { client, shell } = await openShell();
    const { write } = shell.stream;
    Object.assign(shell.stream, {
      async write(bytes: Uint8Array) {
        await gate.promise;
        await write(bytes);
      },
    });
    // More than the buffers of two sockets take.
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const pastes = [...letters].map((letter) => letter.repeat(MAX_STDIN_BYTES));
    for (const data of pastes) client.say({ type: 'stdin', data });
    for (let index = 0; index < 200; index += 1) client.say({ type: 'stdin', data: `${index},` });
    client.say({ type: 'resize', cols: 1, rows: 1 });
    // What is not read waits in the sockets, and then in the page.
    let before = Number.POSITIVE_INFINITY;
    await until(() => {
      const waiting = client.socket.bufferedAmount;
      const isStill = waiting === before;
      before = waiting;
      return isStill;
    });
    expect(before).toBeGreaterThan(MAX_STDIN_BYTES);
    expect(shell.input).toEqual([]);
    gate.resolve();
    await until(() => shell.sizes.length > 0);
    const small = Array.from({ length: 200 }, (_, index) => `${index},`);
    // Not by a matcher, which would print all of it.
    expect(shell.input.join('') === [...pastes, ...small].join('')).toBe(true);
  });

  test('waits while its page does not read, and loses nothing', async () => {
    const { client, shell } = await openShell();
    client.socket.pause();
    const line = 'x'.repeat(64 * 1024);
    let printed = 0;
    while (!shell.isPaused) {
      shell.print(line);
      printed += line.length;
      await new Promise(setImmediate);
    }
    client.socket.resume();
    shell.end({ kind: 'exited', exitCode: 0 });
    await client.closed;
    expect(client.text('stdout').length).toBe(printed);
    expect(client.heard.at(-1)).toEqual({ type: 'exit', exitCode: 0 });
  });

  test('is ended in the app also where its page does not read', async () => {
    await restart({ limits: { goodbyeMs: 100 } });
    const { client, shell } = await openShell();
    client.socket.pause();
    while (!shell.isPaused) {
      shell.print('x'.repeat(64 * 1024));
      await new Promise(setImmediate);
    }
    const [{ sessionId } = { sessionId: '' }] = stage.agent.sessions.list();
    await stage.agent.sessions.end(sessionId);
    expect((await readRecording()).sidecar.state).toMatchObject({ end: { kind: 'closed' } });
  });

  test('ends with its page, and its recording says that it was closed', async () => {
    const { client, shell } = await openShell();
    shell.print('last words');
    await client.frame('stdout');
    client.socket.terminate();
    await until(() => shell.isClosed);
    const { sidecar, cast } = await readRecording();
    expect(sidecar.state).toMatchObject({ end: { kind: 'closed' } });
    expect(cast).toContain('last words');
  });

  test('that fails says so, and has no exit code', async () => {
    const { client, shell } = await openShell();
    const error = new AppError('connection-lost', 'the connection broke\u001b[31m', {
      hint: 'Try it again.',
    });
    shell.end({ kind: 'lost', error });
    expect(await client.closed).toBe(1011);
    expect(client.heard.at(-1)).toEqual({
      type: 'error',
      data: 'the connection broke [31m. Try it again.',
    });
    expect((await readRecording()).sidecar.state).toMatchObject({ end: { kind: 'failed' } });
  });

  test('is ended in the app, and its page is told', async () => {
    const { client } = await openShell();
    const [{ sessionId } = { sessionId: '' }] = stage.agent.sessions.list();
    await stage.agent.sessions.end(sessionId);
    await client.closed;
    expect(client.text('error')).toContain('ended in Kubereel');
    expect((await readRecording()).sidecar.state).toMatchObject({ end: { kind: 'closed' } });
    await expect(stage.agent.sessions.end(sessionId)).rejects.toMatchObject({ code: 'session-not-found' });
  });

  test('that ends in order when it is ended in the app has its exit code, and its page is told why', async () => {
    const { client, shell } = await openShell();
    Object.assign(shell.stream, { close: async () => shell.end({ kind: 'exited', exitCode: 130 }) });
    const [{ sessionId } = { sessionId: '' }] = stage.agent.sessions.list();
    await stage.agent.sessions.end(sessionId);
    await client.closed;
    expect(client.text('stderr')).toBe('\r\nwarning: this command was ended in Kubereel\r\n');
    expect(client.heard.at(-1)).toEqual({ type: 'exit', exitCode: 130 });
  });

  test('ends with the program, its recording closed', async () => {
    const { client } = await openShell();
    await stage.agent.end();
    expect(await client.closed).toBe(1000);
    expect((await readRecording()).sidecar.state).toMatchObject({ kind: 'closed' });
    const late = await stage.openClient();
    late.say(INIT);
    await late.closed;
    expect(late.text('error')).toContain('Kubereel is ending');
  });
});

describe('what is no command', () => {
  test.each([
    ['no JSON', 'exec_init', 'the first frame is no exec_init'],
    ['another frame', JSON.stringify({ type: 'stdin', data: 'x' }), '"type"'],
    ['a bad name', JSON.stringify({ ...INIT, pod: '../secrets' }), '"pod"'],
    ['a context that is not there', JSON.stringify({ ...INIT, cluster: 'prod' }), 'no context of the name'],
  ])('%s is refused in words, and no cluster is asked', async (_what, text, words) => {
    const client = await stage.openClient();
    client.socket.send(text);
    expect(await client.closed).toBe(1008);
    expect(client.heard).toEqual([{ type: 'error', data: expect.stringContaining(words) }]);
    expect(stage.targets).toEqual([]);
    expect(stage.agent.sessions.list()).toEqual([]);
  });

  test('bytes instead of text, first or later, are refused', async () => {
    const early = await stage.openClient();
    early.socket.send(Buffer.from(JSON.stringify(INIT)));
    expect(await early.closed).toBe(1008);
    const { client, shell } = await openShell();
    client.socket.send(Buffer.from('x'));
    expect(await client.closed).toBe(1008);
    expect(client.text('error')).toContain('frames are text');
    expect(shell.isClosed).toBe(true);
    expect((await readRecording()).sidecar.state).toMatchObject({ end: { kind: 'failed' } });
  });

  test('a frame of no known kind ends a command, and so does one above the limit', async () => {
    const { client } = await openShell();
    client.say({ type: 'exit', exitCode: 0 });
    expect(await client.closed).toBe(1008);
    expect(client.text('error')).toContain('neither stdin nor resize');
    const { client: second, shell } = await openShell();
    second.socket.send('x'.repeat(MAX_FRAME_BYTES + 1));
    expect(await second.closed).toBe(1009);
    await until(() => shell.isClosed);
  });

  test('a page that says nothing is not waited for', async () => {
    await restart({ limits: { initMs: 50 } });
    const client = await stage.openClient();
    expect(await client.closed).toBe(1011);
    expect(client.text('error')).toContain('no exec_init came within');
  });

  test('bytes behind the time limit of the first frame are nobody’s, and harm nobody', async () => {
    await restart({ limits: { initMs: 20 } });
    const client = await stage.openClient();
    const sending = setInterval(() => client.socket.send(Buffer.from('x')), 1);
    await client.closed;
    clearInterval(sending);
    expect(client.heard.map(({ type }) => type)).toEqual(['error']);
  });

  test('a page that has gone meanwhile opens nothing', async () => {
    const opening = Promise.withResolvers<never>();
    let signal: AbortSignal | undefined;
    await restart({
      openCommand(_context, _target, _size, options) {
        ({ signal } = options);
        options.signal.addEventListener('abort', () => opening.reject(options.signal.reason));
        return opening.promise;
      },
    });
    const client = await stage.openClient();
    client.say(INIT);
    await until(() => signal);
    client.socket.terminate();
    await until(() => signal?.aborted);
    await opening.promise.catch(() => {});
    expect((await readdir(stage.folder)).filter((name) => name.endsWith('.cast'))).toEqual([]);
  });
});

describe('a page', () => {
  test('has a limit of sessions of its own, and gives each place back', async () => {
    await restart({ limits: { sessions: 2 } });
    const first = await stage.openClient();
    await stage.openClient();
    await expect(stage.openClient()).rejects.toThrow('429');
    await stage.openClient('http://localhost:5174');
    first.socket.terminate();
    await until(() => stage.openClient().catch(() => undefined));
  });

  test('has a limit of bytes, and waits at it', async () => {
    await restart({ limits: { bytesPerSecond: 256 * 1024 } });
    const { client, shell } = await openShell();
    const startedAt = performance.now();
    for (let count = 0; count < 8; count += 1) shell.print('x'.repeat(64 * 1024));
    shell.end({ kind: 'exited', exitCode: 0 });
    await client.closed;
    expect(client.text('stdout').length).toBe(512 * 1024);
    // The first second's worth passes at once; of the rest all but the last piece has been waited for.
    expect(performance.now() - startedAt).toBeGreaterThan(700);
  });

  test('that does not answer is let go', async () => {
    await restart({ limits: { times: { tickMs: 20, ticksPerPing: 1, silentTicks: 10 } } });
    const { client, shell } = await openShell();
    // Nothing of it is read, and so no ping is answered.
    client.socket.pause();
    await until(() => shell.isClosed);
    expect((await readRecording()).sidecar.state).toMatchObject({ end: { kind: 'closed' } });
  });

  test('that answers stays', async () => {
    await restart({ limits: { times: { tickMs: 20, ticksPerPing: 1, silentTicks: 20 } } });
    const { client, shell } = await openShell();
    let pings = 0;
    client.socket.on('ping', () => {
      pings += 1;
    });
    await until(() => pings > 25);
    expect(shell.isClosed).toBe(false);
  });

  test('that is removed loses what it has open; so does one that is allowed anew', async () => {
    for (const change of ['remove', 'allow'] as const) {
      const { client, shell } = await openShell();
      await stage.origins[change](CONSOLE);
      expect(await client.closed, change).toBe(1008);
      expect(client.text('error')).toContain('not allowed any more');
      expect(shell.isClosed).toBe(true);
      const token = change === 'remove' ? (await stage.origins.allow(CONSOLE)).token : undefined;
      if (token !== undefined) {
        await restart({});
      }
    }
  });

  test('with the token of another one is refused', async () => {
    const { token } = await stage.origins.allow(CONSOLE);
    await stage.origins.allow('http://localhost:5174');
    const page = { port: stage.port, origin: 'http://localhost:5174', token };
    await expect(openAgentClient(page)).rejects.toThrow('401');
    expect(stage.agent.refused()).toMatchObject([{ origin: 'http://localhost:5174', why: 'wrong-token' }]);
  });
});

describe('the policy', () => {
  const shellsOpened = (): readonly ScriptedShell[] => stage.shells;

  test('refuses before a cluster is asked', async () => {
    const refuse = (): Promise<never> =>
      Promise.reject(new AppError('policy-invalid', 'the policy cannot be read'));
    await restart({ terms: { ...NO_TERMS, answerPolicy: refuse } });
    const client = await stage.openClient();
    client.say(INIT);
    await client.closed;
    expect(client.text('error')).toContain('the policy cannot be read');
    expect(shellsOpened()).toEqual([]);
  });

  test('that wants a reason opens no command of a page, which cannot give one', async () => {
    const answer = { ...DEFAULT_ANSWER, reason: 'required' } as const;
    await restart({ terms: { ...NO_TERMS, answerPolicy: async () => answer } });
    const client = await stage.openClient();
    client.say(INIT);
    expect(await client.closed).toBe(1008);
    expect(client.text('error')).toContain('a reason has to be given');
    expect(shellsOpened()).toEqual([]);
  });

  test('that requires a recording opens none that cannot be begun', async () => {
    const answer = { ...DEFAULT_ANSWER, recording: 'required' } as const;
    await restart({
      terms: { ...NO_TERMS, answerPolicy: async () => answer },
      newCastWriter: () => Promise.reject(new AppError('disk-full', 'the disk is full')),
    });
    const client = await stage.openClient();
    client.say(INIT);
    await client.closed;
    expect(client.heard.map(({ type }) => type)).toEqual(['error']);
    expect(client.text('error')).toContain('no shell is opened that cannot be recorded');
    expect(shellsOpened()[0]?.isClosed).toBe(true);
  });

  test('that is content without lets it run, and says so in its terminal', async () => {
    await restart({ newCastWriter: () => Promise.reject(new AppError('disk-full', 'the disk is full')) });
    const { client } = await openShell();
    await client.frame('stderr');
    expect(client.text('stderr')).toBe('\r\nwarning: this command is not on record: the disk is full\r\n');
    expect(stage.agent.sessions.list()).toMatchObject([{ recording: { kind: 'failed' } }]);
  });

  test('that has it off is told as well, as a line where there is no terminal', async () => {
    const answer = { ...DEFAULT_ANSWER, recording: 'off' } as const;
    await restart({ terms: { ...NO_TERMS, answerPolicy: async () => answer } });
    const { client } = await openShell({ ...INIT, tty: false });
    await client.frame('stderr');
    expect(client.text('stderr')).toMatch(/^warning: this command is not on record\.[^\r]*\n$/);
    expect((await readdir(stage.folder)).filter((name) => name.endsWith('.cast'))).toEqual([]);
  });

  test('that wants recorders asks them before the cluster, and opens nothing that none takes', async () => {
    const answer = { ...DEFAULT_ANSWER, recorders: [VAULT], atStart: 'closed' } as const;
    const recorders = createScriptedRecorders(stage.folder);
    recorders.answer = { attempts: [lostAt(VAULT)], state: { kind: 'owed', sinceMs: 0, attempts: [] } };
    const { connect: connectRecorders } = recorders;
    await restart({ terms: { ...NO_TERMS, answerPolicy: async () => answer, connectRecorders } });
    const client = await stage.openClient();
    client.say(INIT);
    expect(await client.closed).toBe(1011);
    expect(client.text('error')).toContain('this shell has to be on record at a recorder, and none took it');
    expect(shellsOpened()).toEqual([]);
    expect(recorders.deeds).toEqual(['connect vault', 'cancel']);
  });

  test('that ends what a recorder has lost has the page told why, and shows nothing after it', async () => {
    const answer = { ...DEFAULT_ANSWER, recorders: [VAULT], midway: 'closed', graceSeconds: 0 } as const;
    const recorders = createScriptedRecorders(stage.folder);
    const { connect: connectRecorders } = recorders;
    await restart({ terms: { ...NO_TERMS, answerPolicy: async () => answer, connectRecorders } });
    const { client, shell } = await openShell();
    shell.print('before');
    await client.frame('stdout');
    recorders.become({ kind: 'owed', sinceMs: 0, attempts: [lostAt(VAULT)] });
    await until(() => shell.isClosed);
    shell.print('after');
    expect(await client.closed).toBe(1011);
    expect(client.text('stdout')).toBe('before');
    expect(client.text('stderr')).toContain('warning: ');
    expect(client.text('error')).toContain('the shell was ended, as it has to be on record at a recorder');
    recorders.confirmed.resolve();
    const { sidecar, cast } = await readRecording();
    expect(sidecar.state).toMatchObject({ end: { kind: 'failed' } });
    expect(cast).toContain('"m","');
  });

  test('that has input recorded gets it, as far as it is echoed', async () => {
    const answer = { ...DEFAULT_ANSWER, input: 'always' } as const;
    // No time passes: an echo has half a second, which a machine that does other things as well may need for itself.
    const clock = { ...createSystemClock(), nowMicros: () => 0 };
    await restart({ clock, terms: { ...NO_TERMS, answerPolicy: async () => answer } });
    const { client, shell } = await openShell();
    client.say({ type: 'stdin', data: 'ls' });
    await until(() => shell.input.length > 0);
    shell.print('ls');
    await client.frame('stdout');
    client.say({ type: 'stdin', data: '\r' });
    await until(() => shell.input.length > 1);
    shell.print('\r\n');
    shell.end({ kind: 'exited', exitCode: 0 });
    await client.closed;
    expect((await readRecording()).cast).toContain('"i","ls');
  });
});
