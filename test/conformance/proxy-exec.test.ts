/** Commands of real kubectls through the recording proxy: what they show, and what is on record of it. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { AppError } from '../../main/base/errors.ts';
import type { FakeApiServer } from '../fakes/api-server.ts';
import { startCommandCluster } from '../fakes/command-cluster.ts';
import { startTestCore } from '../fakes/core.ts';
import { untilPrompt } from '../fakes/demo-kubectl.ts';
import { startTestDemo } from '../fakes/demo-start.ts';
import { openTransport } from '../fakes/kube-access.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import {
  type KubectlTerminal,
  type KubectlWay,
  kubectlWays,
  newestWays,
  type RecordedCommand,
  type RecordedKubectl,
  startRecordedKubectl,
} from '../fakes/recorded-kubectl.ts';
import { createScriptedRecorders, lostAt, VAULT } from '../fakes/scripted-recorders.ts';
import { until } from '../fakes/until.ts';

const SIZE = { cols: 132, rows: 43 };
const INPUT = Buffer.alloc(200_000, 'żółć and all the rest of it\n');
const MIB = 1024 * 1024;

const endOf = ({ sidecar: { state } }: RecordedCommand): unknown => ('end' in state ? state.end : state.kind);

describe.skipIf(kubectlWays.length === 0)('kubectl through the recording proxy', () => {
  let cluster: FakeApiServer;
  let stage: RecordedKubectl;

  beforeAll(async () => {
    cluster = await startCommandCluster();
    stage = await startRecordedKubectl(openTransport(cluster.address));
  });
  beforeEach(() => stage.forget());
  afterAll(async () => {
    await stage?.close();
    await cluster?.close();
  });

  function openTerminal(way: KubectlWay, args: readonly string[]): KubectlTerminal {
    const terminal = stage.openTerminal(way, args);
    let isOver = false;
    void terminal.ended.then(() => {
      isOver = true;
    });
    onTestFinished(() => {
      if (!isOver) terminal.kill();
    });
    return terminal;
  }

  async function onlyRecording(): Promise<RecordedCommand> {
    const [only, ...others] = await stage.recorded();
    expect(others).toEqual([]);
    if (!only) throw new Error('nothing is on record');
    return only;
  }

  describe.each(kubectlWays)('$version over $transport', (way) => {
    test('exec: output, errors and exit code pass, and are on record', async () => {
      const result = await stage.run(way, ['exec', 'web', '-c', 'app', '--', 'say', 'out ☃\n', 'err\n', '3']);
      expect(result).toMatchObject({ code: 3, stdout: Buffer.from('out ☃\n') });
      expect(result.stderr).toContain('err\n');
      const recording = await onlyRecording();
      expect([...recording.output].sort().join('')).toBe([...'out ☃\nerr\n'].sort().join(''));
      expect(endOf(recording)).toEqual({ kind: 'exited', exitCode: 3 });
      expect(recording.sidecar.details).toMatchObject({
        context: 'staging',
        namespace: 'shop',
        pod: 'web',
        container: 'app',
        command: ['say', 'out ☃\n', 'err\n', '3'],
        hasTty: false,
        door: { kind: 'kubectl', client: expect.stringMatching(/^kubectl/) },
      });
    });

    test('rc-stdin-eof: all that goes in comes back, on record as output only', async () => {
      stage.policy = { recording: 'required' };
      const result = await stage.run(way, ['exec', '-i', 'web', '--', 'cat'], { input: INPUT });
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout.equals(INPUT)).toBe(true);
      const recording = await onlyRecording();
      expect(recording.output).toBe(INPUT.toString());
      expect(await readFile(recording.path, 'utf8')).not.toMatch(/^\[[\d.]+, *"i"/m);
    });

    test('rc-resize: a terminal is on record in the size that it had', async () => {
      const terminal = openTerminal(way, ['exec', '-it', 'web', '--', 'screen']);
      await until(() => terminal.screen().includes('{"Width":132,"Height":43}'));
      terminal.type('yq');
      expect(await terminal.ended).toBe(7);
      const recording = await onlyRecording();
      expect(recording.sidecar).toMatchObject({ size: SIZE, details: { hasTty: true } });
      expect(recording.output).toContain('told {"Width":132,"Height":43}\r\n');
      expect(endOf(recording)).toEqual({ kind: 'exited', exitCode: 7 });
    });

    test('attach: in the size with which kubectl has the screen drawn anew, then in its own', async () => {
      const terminal = openTerminal(way, ['attach', '-it', 'term']);
      await until(() => terminal.screen().includes('{"Width":132,"Height":43}'));
      terminal.type('yq');
      await terminal.ended;
      const recording = await onlyRecording();
      expect(recording.sidecar).toMatchObject({
        size: { cols: 133, rows: 44 },
        details: { pod: 'term', command: [] },
      });
      expect(await readFile(recording.path, 'utf8')).toMatch(/"r", *"132x43"/);
    });

    // What runs `tar` for a container here is this machine.
    test.skipIf(process.platform === 'win32')(
      'cp both ways: files arrive whole, and are not on record',
      async () => {
        const folder = await mkdtemp(join(tmpdir(), 'kubereel-cp-'));
        onTestFinished(() => rm(folder, { recursive: true, force: true }));
        const bytes = randomBytes(3 * MIB);
        await writeFile(join(folder, 'here'), bytes);
        const up = await stage.run(way, ['cp', join(folder, 'here'), `web:${join(folder, 'there')}`]);
        expect(up).toMatchObject({ code: 0 });
        expect((await readFile(join(folder, 'there'))).equals(bytes)).toBe(true);
        const down = await stage.run(way, ['cp', `web:${join(folder, 'there')}`, join(folder, 'back')]);
        expect(down).toMatchObject({ code: 0 });
        expect((await readFile(join(folder, 'back'))).equals(bytes)).toBe(true);
        const [recording] = await stage.recorded();
        expect(recording?.sidecar.state).toMatchObject({ binaryBytes: expect.any(Number) });
        expect(recording?.output.length).toBeLessThan(3 * MIB);
      },
    );
  });

  describe.each(newestWays)('$version over $transport', (way) => {
    test.each([0, 1, 3, 137, 255])('rc-exit-codes: %i', async (exitCode) => {
      const result = await stage.run(way, ['exec', 'web', '--', 'say', '', '', String(exitCode)]);
      expect(result.code).toBe(exitCode);
      expect(endOf(await onlyRecording())).toEqual({ kind: 'exited', exitCode });
    });

    test.each([
      [{ reason: 'required' }, 'kubereel exec --reason TEXT'],
      [{ confirm: 'typed' }, 'kubereel exec --confirm NAME'],
      [{ atStart: 'closed' }, 'has to be on record at a recorder'],
    ] as const)('the policy %j refuses in a sentence', async (policy, words) => {
      stage.policy = policy;
      const result = await stage.run(way, ['exec', 'web', '--', 'say', 'out']);
      expect(result.code).toBe(1);
      expect(result.stdout.toString()).toBe('');
      expect(result.stderr).toContain('Error from server (Forbidden)');
      expect(result.stderr).toContain(words);
      expect(await stage.recorded()).toEqual([]);
    });

    test('with recording off it passes, off the record', async () => {
      stage.policy = { recording: 'off' };
      expect(await stage.run(way, ['exec', 'web', '--', 'say', 'out\n'])).toMatchObject({
        code: 0,
        stderr: '',
        stdout: Buffer.from('out\n'),
      });
      expect(await stage.recorded()).toEqual([]);
    });

    test('recorders that do not take it: none opens where that is closed, all is told', async () => {
      const recorders = createScriptedRecorders(tmpdir());
      const attempts = [lostAt(VAULT)];
      recorders.answer = { attempts, state: { kind: 'owed', sinceMs: 0, attempts } };
      stage.policy = { recorders: [VAULT], atStart: 'closed' };
      stage.connectRecorders = recorders.connect;
      const result = await stage.run(way, ['exec', 'web', '--', 'say', 'out']);
      expect(result.stderr).toContain('the recorder cut the connection');
      expect(result.stdout.toString()).toBe('');
      expect(recorders.deeds).not.toContain('begin');
    });

    test('recorders that are lost midway: a line at once, the end after the grace, in words', async () => {
      const recorders = createScriptedRecorders(await mkdtemp(join(tmpdir(), 'kubereel-planned-')));
      recorders.confirmed.resolve();
      const clock = createManualClock();
      stage.clock = clock;
      stage.policy = { recorders: [VAULT], midway: 'closed', graceSeconds: 10 };
      stage.connectRecorders = recorders.connect;
      const terminal = openTerminal(way, ['exec', '-it', 'web', '--', 'screen']);
      await until(() => terminal.screen().includes('told'));
      recorders.become({ kind: 'owed', sinceMs: 0, attempts: [lostAt(VAULT)] });
      await until(() => terminal.screen().includes('this session ends in 10 s'));
      terminal.type('typed meanwhile');
      await until(() => terminal.screen().includes('typed meanwhile'));
      await clock.advance(10_000);
      expect(await terminal.ended).toBe(1);
      expect(terminal.screen()).toContain('it has to be on record at a recorder');
    });

    test('a disk that is full where recording is required: nothing more is shown, and why', async () => {
      const clock = createManualClock();
      stage.clock = clock;
      stage.policy = { recording: 'required' };
      const terminal = openTerminal(way, ['exec', '-it', 'web', '--', 'screen']);
      await until(() => terminal.screen().includes('told'));
      stage.disk.freeBytes = 0;
      terminal.type('hidden');
      let isOver = false;
      void terminal.ended.then(() => {
        isOver = true;
      });
      await until(async () => {
        if (clock.sleepers > 0) await clock.advance(1_000);
        return isOver;
      });
      expect(await terminal.ended).toBe(1);
      expect(terminal.screen()).not.toContain('hidden');
      expect(terminal.screen()).toContain('as it has to be recorded');
    });

    test('a disk that is full where recording is not required: all is shown, and a line says so', async () => {
      const terminal = openTerminal(way, ['exec', '-it', 'web', '--', 'screen']);
      await until(() => terminal.screen().includes('told'));
      stage.disk.freeBytes = 0;
      terminal.type('shown');
      await until(() => terminal.screen().includes('shown'));
      await until(() => /warning: .*the disk is full/.test(terminal.screen()));
      terminal.type('q');
      expect(await terminal.ended).toBe(7);
    });

    test('a flood is shown and on record whole', async () => {
      stage.policy = { recording: 'required' };
      const result = await stage.run(way, ['exec', 'web', '--', 'flood', String(8 * MIB)]);
      expect(result.stdout.byteLength).toBe(8 * MIB);
      expect((await onlyRecording()).output).toBe(result.stdout.toString());
    });

    test('the user ends it in the app, and reads so', async () => {
      const terminal = openTerminal(way, ['exec', '-it', 'web', '--', 'screen']);
      await until(() => terminal.screen().includes('told'));
      const [live] = stage.desk.list();
      await stage.desk.end(live?.sessionId ?? '');
      expect(await terminal.ended).toBe(1);
      expect(terminal.screen()).toContain('this command was ended in Kubereel');
      expect(endOf(await onlyRecording())).toEqual({ kind: 'closed' });
    });

    test('a kubectl that is killed ends its recording as one that was left', async () => {
      const kubectl = spawn(way.program, ['exec', '-i', 'web', '--', 'cat'], {
        env: stage.environmentOf(way),
      });
      let shown = '';
      kubectl.stdout.on('data', (bytes: Buffer) => {
        shown += bytes;
      });
      kubectl.stdin.on('error', () => {}).write('hello\n');
      await until(() => shown === 'hello\n');
      kubectl.kill('SIGKILL');
      const recording = await onlyRecording();
      expect(recording.output).toBe('hello\n');
      // Its server may say how the command took the end of its input.
      expect(endOf(recording)).toMatchObject({ kind: expect.stringMatching(/closed|exited/) });
    });
  });

  test('rc-many: 20 shells at once, each in its own recording', async () => {
    const ways = Array.from(
      { length: 20 },
      (_, index) => newestWays[index % newestWays.length] as KubectlWay,
    );
    const shells = ways.map((way, index) => {
      const kubectl = spawn(way.program, ['exec', '-i', 'web', '--', 'cat'], {
        env: stage.environmentOf(way),
      });
      const shell = { kubectl, words: `shell ${index}\n`, shown: '' };
      kubectl.stdout.on('data', (bytes: Buffer) => {
        shell.shown += bytes;
      });
      kubectl.stdin.write(shell.words);
      onTestFinished(() => void kubectl.kill('SIGKILL'));
      return shell;
    });
    // One after the other: each may take as long as one alone.
    for (const shell of shells) await until(() => shell.shown === shell.words);
    expect(stage.desk.list()).toHaveLength(20);
    for (const { kubectl } of shells) kubectl.stdin.end();
    const recordings = await stage.recorded();
    expect(recordings.map(({ output }) => output).sort()).toEqual(shells.map(({ words }) => words).sort());
    expect(recordings.map(endOf)).toEqual(shells.map(() => ({ kind: 'exited', exitCode: 0 })));
  });
});

const webSockets = newestWays.filter(({ transport }) => transport === 'websocket');
test.skipIf(webSockets.length === 0).each(webSockets)(
  'db-ephemeral: kubectl debug $version is on record with the exit code of its container',
  async (way) => {
    const demo = await startTestDemo();
    const app = await startTestCore({ KUBECONFIG: demo.kubeconfigPath });
    const [context] = [...app.core.contexts.current().entries.contexts.keys()];
    const stage = await startRecordedKubectl(await app.core.contexts.transport(context ?? ''), {
      exitWaitMs: 30_000,
    });
    const pod = 'payments-6b8f5d7c9-h7w2d';
    const flags = ['--image=busybox:1.37', '--target=payments', '--profile=general'];
    const terminal = stage.openTerminal(way, ['debug', '-it', pod, ...flags]);
    try {
      await untilPrompt(terminal.type, () => terminal.screen().includes(`${pod}$ `));
      terminal.type('echo "$((20 + 3)) times"\r');
      await until(() => terminal.screen().includes('23 times'));
      terminal.type('exit 6\r');
      await terminal.ended;
      const [recording] = await stage.recorded();
      expect(recording?.output).toContain('23 times');
      const container = expect.stringContaining('debugger');
      expect(recording?.sidecar.details).toMatchObject({ pod, container });
      expect(recording && endOf(recording)).toEqual({ kind: 'exited', exitCode: 6 });
    } finally {
      terminal.kill();
      await stage.close();
      await app.end();
      await demo.stop();
    }
  },
);

test.skipIf(newestWays.length === 0).each(newestWays)(
  'a server that is killed ends kubectl $version over $transport and its recording',
  async (way) => {
    const cluster = await startCommandCluster();
    const stage = await startRecordedKubectl(openTransport(cluster.address));
    onTestFinished(() => stage.close());
    const terminal = stage.openTerminal(way, ['exec', '-it', 'web', '--', 'screen']);
    await until(() => terminal.screen().includes('told'));
    await cluster.close();
    const code = await terminal.ended;
    // Over SPDY kubectl takes the end of its connection for success, also without a proxy.
    if (way.transport === 'websocket') expect(code).toBe(1);
    const [recording] = await stage.recorded();
    expect(recording && endOf(recording)).toMatchObject({
      kind: 'failed',
      note: expect.stringContaining('was lost'),
    });
  },
);

test.skipIf(newestWays.length === 0).each(newestWays)(
  'the proxy ends with $version over $transport live: kubectl is told, the recording is whole',
  async (way) => {
    const cluster = await startCommandCluster();
    const stage = await startRecordedKubectl(openTransport(cluster.address));
    const terminal = stage.openTerminal(way, ['exec', '-it', 'web', '--', 'screen']);
    await until(() => terminal.screen().includes('told'));
    await stage.desk.endAll(new AppError('cancelled', 'Kubereel is ending'));
    expect(await terminal.ended).toBe(1);
    expect(terminal.screen()).toContain('Kubereel is ending');
    const [recording] = await stage.recorded();
    expect(recording && endOf(recording)).toEqual({ kind: 'closed' });
    await stage.close();
    await cluster.close();
  },
);
