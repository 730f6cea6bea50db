// covers: main/commands/uploads-retry.ts
// covers: main/commands/uploads-test.ts
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, expect, test } from 'vitest';
import { type CommandIo, formatFailure } from '../../../main/commands/io.ts';
import { addUploadsCommands } from '../../../main/commands/uploads.ts';
import { type Core, compose } from '../../../main/compose.ts';
import { describeThisProcess } from '../../../main/recording/owner.ts';
import { formatJob, type UploadJob } from '../../../main/upload/queue/upload-job.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import {
  type ForeignBehaviour,
  type ForeignRecorder,
  startForeignRecorder,
} from '../../fakes/foreign-recorder.ts';
import { runKubereel } from '../../fakes/kubereel-cli.ts';
import { recordSession } from '../../fakes/recordings.ts';
import { addressOf, makeJob } from '../../fakes/uploads.ts';

/** Our casts lack what recorders of tailnets want in the first line, unless they were recorded for one. */
function startRecorder(changes: Partial<ForeignBehaviour> = {}): Promise<ForeignRecorder> {
  return startForeignRecorder({ isStrict: false, ...changes });
}

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Home {
  readonly path: string;
  /** `kubereel uploads` in this process; a terminal is there where it has an answer. */
  run(args: readonly string[], answer?: string): Promise<Result>;
  /** Owes a new recording; resolves with its id. */
  owe(recorder: ForeignRecorder, changes?: Partial<UploadJob>): Promise<string>;
}

const cores: Core[] = [];
afterEach(async () => {
  for (const core of cores.splice(0)) await core.end();
});

async function makeHome(): Promise<Home> {
  const path = await makeCastFolder();
  const environment = { PATH: process.env['PATH'], KUBEREEL_HOME: path, KUBECONFIG: join(path, 'none') };
  const core = await compose({ environment, platform: process.platform });
  cores.push(core);
  await mkdir(join(path, 'uploads'));
  return {
    path,
    run: (args, answer) => runUploads(core, args, answer),
    async owe(recorder, changes) {
      const { recordingId } = await recordSession(join(path, 'recordings'));
      const job = makeJob(recordingId, [addressOf(recorder, 'audit')], changes);
      await writeFile(join(path, 'uploads', `${recordingId}.json`), formatJob(job));
      return recordingId;
    },
  };
}

async function runUploads(core: Core, args: readonly string[], answer?: string): Promise<Result> {
  const out: string[] = [];
  const err: string[] = [];
  let code = -1;
  const io: Partial<CommandIo> = {
    isInputTerminal: answer !== undefined,
    isErrorTerminal: answer !== undefined,
    write: async (text) => void out.push(String(text)),
    writeError: async (text) => void err.push(String(text)),
    ask: async (question) => {
      err.push(question);
      return answer ?? '';
    },
  };
  const program = new Command('kubereel');
  const { signal } = new AbortController();
  addUploadsCommands(
    program,
    async (command) => {
      try {
        code = await command(core, { signal });
      } catch (error) {
        code = 1;
        err.push(formatFailure(error));
      }
    },
    io as CommandIo,
  );
  await program.parseAsync(['uploads', ...args], { from: 'user' });
  return { code, stdout: out.join(''), stderr: err.join('') };
}

test('what is owed is listed, for people and for programs', async () => {
  const home = await makeHome();
  expect(await home.run([])).toEqual({ code: 0, stdout: '', stderr: 'Recorders are owed nothing.\n' });
  const answers = [{ atMs: 1, code: 'recorder-refused', message: 'not \u001b[2Jyou' }];
  const recorder = await startRecorder();
  const id = await home.owe(recorder, { answers, next: { kind: 'user' }, sentTo: [recorder.address] });
  await writeFile(join(home.path, 'uploads', 'torn.json'), '{');
  const told = await home.run([]);
  expect(told.stdout).toMatch(
    new RegExp(
      `^ID +RECORDERS +STATE +NEXT TRY +LAST ANSWER\\n${id} +audit +stopped, may have arrived +after a retry +not \\\\x1b\\[2Jyou\\n$`,
    ),
  );
  expect(told.stderr).toContain('torn is owed, and');
  const { jobs, unreadable } = JSON.parse((await home.run(['--json'])).stdout);
  expect(jobs).toMatchObject([
    { recordingId: id, state: { kind: 'stopped' }, answers, mayHaveArrivedAt: [recorder.address] },
  ]);
  expect(unreadable).toMatchObject([{ recordingId: 'torn' }]);
});

test('what is owed is delivered at once, by the start of its id or all of it', async () => {
  const home = await makeHome();
  const recorder = await startRecorder();
  const [first, second] = [await home.owe(recorder), await home.owe(recorder, { next: { kind: 'user' } })];
  const one = await home.run(['retry', first]);
  expect([one.code, one.stderr]).toEqual([0, '']);
  expect(one.stdout).toMatch(`${first}  delivered to recorder audit (${recorder.address})`);
  const all = await home.run(['retry', '--json']);
  expect(JSON.parse(all.stdout)).toMatchObject([{ recordingId: second, outcome: 'delivered' }]);
  expect(recorder.deliveries).toHaveLength(2);
  const unknown = await home.run(['retry', first]);
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('is owed to a recorder')]);
});

test('a recorder that fails is told, and the exit code says so', async () => {
  const home = await makeHome();
  const recorder = await startRecorder({ refusal: { status: 401, body: 'who are you?' } });
  const id = await home.owe(recorder);
  const result = await home.run(['retry', id]);
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('who are you?');
  expect((await home.run([])).stdout).toContain('after a retry');
});

test('a command leaves what is owed to the process that works on it', async () => {
  const home = await makeHome();
  const recorder = await startRecorder();
  const id = await home.owe(recorder, { failures: 5, next: { kind: 'user' } });
  // The process that started this one lives as long.
  const owner = { ...describeThisProcess(), processId: process.ppid };
  await writeFile(join(home.path, 'uploads', 'queue'), JSON.stringify({ owner, renewedAtMs: Date.now() }));
  expect(await home.run(['retry', id])).toEqual({
    code: 0,
    stdout: `${id}  left to the Kubereel that runs: it delivers it now\n`,
    stderr: '',
  });
  const { jobs } = JSON.parse((await home.run(['--json'])).stdout);
  expect(jobs).toMatchObject([{ failures: 0, state: { kind: 'waiting' } }]);
  expect(recorder.requests).toEqual([]);
});

test('what is dropped is owed to nobody, once somebody said yes', async () => {
  const home = await makeHome();
  const id = await home.owe(await startRecorder());
  const asked = await home.run(['drop', id]);
  expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining('nothing was dropped')]);
  const refused = await home.run(['drop', id], 'n');
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining('No recorder has confirmed it'),
  ]);
  const dropped = await home.run(['drop', id], 'y');
  expect([dropped.code, dropped.stdout]).toEqual([0, `${id}  dropped\n`]);
  expect(JSON.parse((await home.run(['--json'])).stdout)).toEqual({ jobs: [], unreadable: [] });
});

test('what another process records is listed, and left to it', async () => {
  const home = await makeHome();
  const recorder = await startRecorder();
  const id = await home.owe(recorder, { owner: describeThisProcess() });
  expect((await home.run([])).stdout).toContain('at its end');
  const result = await home.run(['retry', id]);
  expect([result.code, result.stdout]).toEqual([1, expect.stringContaining('is still being recorded')]);
  expect(recorder.requests).toEqual([]);
});

test('a recorder is tried with a test recording, each step is told', async () => {
  const home = await makeHome();
  const recorder = await startRecorder();
  const told = await home.run(['test', recorder.address]);
  expect(told.code).toBe(0);
  expect(told.stdout).toMatch(
    /^tsrecorder: .*\n +is there, .*ok .*\n +takes a recording .*ok .*\n +was sent .*ok .*\n +confirms .*ok .*\nIt has the test recording [\w-]+, \d+ bytes\.\n/,
  );
  recorder.behaviour.refusal = { status: 403, body: 'not you' };
  const refused = await home.run(['test', '--json', recorder.address]);
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.stdout).steps.at(-1)).toMatchObject({
    problem: { code: 'recorder-refused', message: expect.stringContaining('not you') },
  });
});

test('the command is there', async () => {
  const { code, stdout } = await runKubereel('/nowhere', ['uploads', '--json']);
  expect([code, JSON.parse(String(stdout))]).toEqual([0, { jobs: [], unreadable: [] }]);
});
