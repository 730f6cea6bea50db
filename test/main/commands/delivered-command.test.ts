// covers: main/commands/recorded-relay.ts
// covers: main/compose-delivery.ts
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DemoCluster } from '../../../main/demo/demo-cluster.ts';
import { readSidecar } from '../../fakes/cast-folder.ts';
import { DEMO_PODS, startTestDemo } from '../../fakes/demo-start.ts';
import { type ForeignRecorder, startForeignRecorder } from '../../fakes/foreign-recorder.ts';
import { BARE_ENVIRONMENT, CLI, type KubereelResult, runKubereel } from '../../fakes/kubereel-cli.ts';
import { runHere } from '../../fakes/kubereel-here.ts';
import { until } from '../../fakes/until.ts';

/** Commands under a policy with a recorder, against the demo cluster. */
let demo: DemoCluster;
const pod = DEMO_PODS.web;
let home: string;
beforeAll(async () => {
  demo = await startTestDemo();
});
afterAll(() => demo.stop());
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kubereel-delivered-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function useRecorder({ address }: ForeignRecorder, said = ''): Promise<void> {
  const rule = `{ name: all, recorders: [{ kind: tsrecorder, url: "${address}", name: vault }]${said} }`;
  await writeFile(join(home, 'policy.yaml'), `version: 1\nrules: [${rule}]\n`);
}

function run(...args: readonly string[]): Promise<KubereelResult> {
  return runKubereel(demo.kubeconfigPath, args, { KUBEREEL_HOME: home });
}

async function findCast(): Promise<string> {
  const folder = join(home, 'recordings');
  const name = (await readdir(folder)).find((one) => one.endsWith('.cast')) ?? '';
  return join(folder, name);
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

async function countOwed(): Promise<number> {
  return (await readdir(join(home, 'uploads'))).filter((name) => name.endsWith('.json')).length;
}

test('a command is delivered while it runs, with the header of the protocol', async () => {
  const recorder = await startForeignRecorder();
  await useRecorder(recorder, ', atStart: closed, midway: closed');
  const { code, stdout, stderr } = await run('exec', '-q', pod, '--', 'echo', 'hello');
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: 'hello\n' });
  expect(stderr).not.toContain('record at');
  // Where a machine is too busy for it to be confirmed at the end, it is owed.
  expect((await runHere(home, ['uploads', 'retry'])).code).toBe(0);
  expect(recorder.deliveries.at(-1)).toMatchObject({ state: 'whole', problems: [] });
  expect(recorder.deliveries.at(-1)?.sha256).toBe(await sha256(await findCast()));
  expect(await countOwed()).toBe(0);
});

test('midway open: the output is whole, the exit code its own, and what is owed is told at the end', async () => {
  const recorder = await startForeignRecorder({ fullAfterBytes: 2_000 });
  await useRecorder(recorder);
  const bytes = 300_000;
  // It goes on until its input ends, which is when the user was told.
  const work = ['sh', '-c', `yes "a line of output" | head -c ${bytes}; cat; exit 3`];
  const child = spawn(process.execPath, [CLI, 'exec', '-q', '-i', pod, '--', ...work], {
    env: { ...BARE_ENVIRONMENT, KUBEREEL_HOME: home, KUBECONFIG: demo.kubeconfigPath },
  });
  let stdoutBytes = 0;
  let stderr = '';
  child.stdout.on('data', (piece: Buffer) => {
    stdoutBytes += piece.length;
  });
  child.stderr.on('data', (piece: Buffer) => {
    stderr += piece.toString();
  });
  const closed = once(child, 'close');
  await until(() => stderr.includes('\n'));
  expect(stderr).toMatch(/^warning: not on record at a recorder from here: recorder vault .*disk full/);
  child.stdin.end();
  const [code] = (await closed) as [number | null];
  expect([code, stdoutBytes]).toEqual([3, bytes]);
  expect(stderr).toContain('warning: this recording is owed to a recorder: ');
  expect(await countOwed()).toBe(1);
  // Nor is the warning output of the pod.
  expect(await readFile(await findCast(), 'utf8')).not.toMatch(/"o","[^"]*not on record/);
  recorder.behaviour.fullAfterBytes = undefined;
  expect((await runHere(home, ['uploads', 'retry'])).code).toBe(0);
  expect(recorder.deliveries.at(-1)?.sha256).toBe(await sha256(await findCast()));
  expect(await countOwed()).toBe(0);
});

test('midway closed: it is told at once, and the command ends after the grace with that reason', async () => {
  const recorder = await startForeignRecorder({ fullAfterBytes: 2_000 });
  await useRecorder(recorder, ', midway: closed, graceSeconds: 1');
  const work = 'yes "a line" | head -c 5000; while true; do echo tick; sleep 0.1; done';
  const { code, stdout, stderr } = await run('exec', '-q', pod, '--', 'sh', '-c', work);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^warning: not on record .*disk full.*; this session ends in 1 s$/m);
  expect(stderr).toMatch(
    /^error: the shell was ended, as it has to be on record at a recorder: .*disk full/m,
  );
  const cast = await findCast();
  const lines = (await readFile(cast, 'utf8')).trimEnd().split('\n').slice(1);
  const events = lines.map((line) => JSON.parse(line) as [number, string, string]);
  const recorded = events.map(([, kind, text]) => (kind === 'o' ? text : '')).join('');
  expect(recorded.startsWith(stdout.toString())).toBe(true);
  expect(events.at(-1)).toEqual([
    expect.any(Number),
    'm',
    expect.stringContaining('the shell was ended, as it has to be'),
  ]);
  expect(await readSidecar(cast)).toMatchObject({ state: { end: { kind: 'failed' } } });
  expect(await countOwed()).toBe(1);
});

test('requests that no recorder was told of: told names them at the end, required sends none', async () => {
  const recorder = await startForeignRecorder({ takesEvents: false });
  await useRecorder(recorder, ', apiRequests: told');
  const told = await run('pods', '-A');
  expect(told).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(
      /^warning: \d+ requests? to \S+ went out though no recorder took the event: .*takes no events \(\/v2\/event\)/,
    ),
  });
  expect(told.stdout.toString()).toContain(pod);
  await useRecorder(recorder, ', apiRequests: required');
  const required = await run('pods', '-A');
  expect({ ...required, stdout: required.stdout.toString() }).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^error: GET \/api\/v1\/pods was not sent, .*\n1\. recorder vault .*takes no events/,
    ),
  });
});
