import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Core, compose } from '../../main/compose.ts';
import { SHELL_COMMAND } from '../../main/exec/shell-choice.ts';
import { openSessionRecording } from '../../main/session/session-recording.ts';
import { createShellTerms } from '../../main/session/shell-terms.ts';
import { CLI, type DemoProcess, startDemoProcess } from './demo-process.ts';
import { type Contender, compare, formatStandings } from './statistics.ts';
import { CONTAINER, CONTEXT, NAMESPACE, POD } from './work.ts';

/**
 * What a policy and a recorder cost the opening of a recorded shell, from asking for it to its first byte on record, beside
 * none. Medians, as ratios; nothing is asserted. The recorder is our own, in a process of its own on the same machine.
 */
const ROUNDS = 31;
const RULES = 200;
const NO_RECORDER = 'no policy';
const SIZE = { cols: 80, rows: 24 };
const { signal } = new AbortController();

interface Recorder {
  readonly url: string;
  stop(): Promise<void>;
}

async function startRecorder(): Promise<Recorder> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-bench-recorder-'));
  const args = [CLI, 'recorder', '--listen', '127.0.0.1:0', '--dir', folder, '--keep-free', '1MB'];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = (await once(lines, 'line')) as [string];
  const url = /https?:\/\/\S+/.exec(line)?.[0];
  if (url === undefined) throw new Error(`the recorder said ${line}`);
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Opener extends Contender {
  end(): Promise<void>;
}

async function openWith(demo: DemoProcess, name: string, policy: string | undefined): Promise<Opener> {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-bench-delivery-'));
  if (policy !== undefined) await writeFile(join(home, 'policy.yaml'), policy);
  const core = await compose({
    environment: { PATH: process.env['PATH'], KUBEREEL_HOME: home, KUBECONFIG: demo.kubeconfigPath },
    platform: process.platform,
  });
  return {
    name,
    run: () => openShell(core),
    async end() {
      await core.end();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** As `session/recorded-start.ts` does, step for step. */
async function openShell(core: Core): Promise<number> {
  const place = { context: CONTEXT, namespace: NAMESPACE, pod: POD, container: CONTAINER };
  const needs = {
    answerPolicy: core.policy.answer,
    rehearseRecording: () => core.rehearseRecording(),
    connectRecorders: core.connectRecorders,
  };
  const startedAt = performance.now();
  const terms = createShellTerms(needs, place);
  const answer = await terms.agree({});
  const start = await terms.connect(SIZE, { signal });
  const target = { ...place, command: SHELL_COMMAND, stdin: true, tty: true };
  const { stream } = await core.openCommand(CONTEXT, target, SIZE, { signal });
  const details = { ...place, command: SHELL_COMMAND, hasTty: true };
  const writing = { clock: core.clock, newCastWriter: core.newCastWriter, onChanged: () => {} };
  const recording = await openSessionRecording(writing, details, SIZE, answer, start);
  for await (const { bytes } of stream.output) {
    await recording.take({ kind: 'output', timeMicros: 0, bytes });
    break;
  }
  const took = performance.now() - startedAt;
  await stream.close();
  await recording.close({ kind: 'closed' });
  await recording.delivered();
  const { state } = recording;
  const arrived = state.kind === 'stored' ? state.delivery?.kind : state.kind;
  if (start && arrived !== 'delivered') throw new Error(`the recording is ${arrived}`);
  return took;
}

/** As many rules as a large company has, none of which is for this shell. */
function describeRules(count: number, last = ''): string {
  const rules = Array.from(
    { length: count },
    (_, index) =>
      `  - { name: "team ${index}", match: { namespace: "team-${index}-*" }, recording: required }\n`,
  );
  return `version: 1\nrules:\n${rules.join('')}${last}`;
}

const demo = await startDemoProcess();
const recorder = await startRecorder();
const openers: Opener[] = [];
try {
  const recorders = `recorders: [{ kind: tsrecorder, url: "${recorder.url}" }]`;
  const closed = 'atStart: closed, midway: closed';
  for (const [name, policy] of [
    [NO_RECORDER, undefined],
    [`${RULES} rules, no recorder`, describeRules(RULES)],
    ['a recorder, open', describeRules(0, `  - { name: all, ${recorders} }\n`)],
    ['a recorder, closed', describeRules(0, `  - { name: all, ${recorders}, ${closed} }\n`)],
  ] as const)
    openers.push(await openWith(demo, name, policy));
  const standings = await compare(openers, ROUNDS);
  process.stdout.write(`${formatStandings('Opening of a recorded shell', 'ms', NO_RECORDER, standings)}\n`);
} finally {
  for (const opener of openers) await opener.end();
  await recorder.stop();
  await demo.stop();
}
