// covers: main/commands/uploads-retry.ts
// covers: main/commands/uploads-test.ts
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeThisProcess } from '../../../main/recording/owner.ts';
import { formatJob, type UploadJob } from '../../../main/upload/upload-job.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { startTestCore } from '../../fakes/core.ts';
import {
  type ForeignBehaviour,
  type ForeignRecorder,
  startForeignRecorder,
} from '../../fakes/foreign-recorder.ts';
import { type KubereelResult, runKubereel } from '../../fakes/kubereel-cli.ts';
import { recordSession } from '../../fakes/recordings.ts';
import { until } from '../../fakes/until.ts';
import { addressOf, makeJob } from '../../fakes/uploads.ts';

/** Our casts lack what recorders of tailnets want in the first line, unless they were recorded for one. */
function startRecorder(changes: Partial<ForeignBehaviour> = {}): Promise<ForeignRecorder> {
  return startForeignRecorder({ isStrict: false, ...changes });
}

interface Home {
  readonly path: string;
  run(...args: string[]): Promise<KubereelResult>;
  /** Owes a new recording; resolves with its id. */
  owe(recorder: ForeignRecorder, changes?: Partial<UploadJob>): Promise<string>;
}

async function makeHome(): Promise<Home> {
  const path = await makeCastFolder();
  await mkdir(join(path, 'uploads'));
  return {
    path,
    run: (...args) => runKubereel(join(path, 'none'), ['uploads', ...args], { KUBEREEL_HOME: path }),
    async owe(recorder, changes) {
      const { recordingId } = await recordSession(join(path, 'recordings'));
      const job = makeJob(recordingId, [addressOf(recorder, 'audit')], changes);
      await writeFile(join(path, 'uploads', `${recordingId}.json`), formatJob(job));
      return recordingId;
    },
  };
}

test('what is owed is listed, for people and for programs', async () => {
  const home = await makeHome();
  const none = await home.run();
  expect([none.code, String(none.stdout), none.stderr]).toEqual([0, '', 'Recorders are owed nothing.\n']);
  const answers = [{ atMs: 1, code: 'recorder-refused', message: 'not \u001b[2Jyou' }];
  const recorder = await startRecorder();
  const id = await home.owe(recorder, { answers, next: { kind: 'user' }, sentTo: [recorder.address] });
  await writeFile(join(home.path, 'uploads', 'torn.json'), '{');
  const told = await home.run();
  expect(String(told.stdout)).toMatch(
    new RegExp(
      `^ID +RECORDERS +STATE +NEXT TRY +LAST ANSWER\\n${id} +audit +stopped, may have arrived +after a retry +not \\\\x1b\\[2Jyou\\n$`,
    ),
  );
  expect(told.stderr).toContain('torn is owed, and');
  const { jobs, unreadable } = JSON.parse(String((await home.run('--json')).stdout));
  expect(jobs).toMatchObject([
    { recordingId: id, state: { kind: 'stopped' }, answers, mayHaveArrivedAt: [recorder.address] },
  ]);
  expect(unreadable).toMatchObject([{ recordingId: 'torn' }]);
});

test('what is owed is delivered at once, by the start of its id or all of it', async () => {
  const home = await makeHome();
  const recorder = await startRecorder();
  const [first, second] = [await home.owe(recorder), await home.owe(recorder, { next: { kind: 'user' } })];
  const one = await home.run('retry', first);
  expect([one.code, one.stderr]).toEqual([0, '']);
  expect(String(one.stdout)).toMatch(`${first}  delivered to recorder audit (${recorder.address})`);
  const all = await home.run('retry', '--json');
  expect(JSON.parse(String(all.stdout))).toMatchObject([{ recordingId: second, outcome: 'delivered' }]);
  expect(recorder.deliveries).toHaveLength(2);
  const unknown = await home.run('retry', first);
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('is owed to a recorder')]);
});

test('a recorder that fails is told, and the exit code says so', async () => {
  const home = await makeHome();
  const recorder = await startRecorder({ refusal: { status: 401, body: 'who are you?' } });
  const id = await home.owe(recorder);
  const result = await home.run('retry', id);
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('who are you?');
  expect(String((await home.run()).stdout)).toContain('after a retry');
});

test('a command leaves what is owed to the process that works on it', async () => {
  const home = await makeHome();
  const recorder = await startRecorder({ refusal: { status: 503 } });
  const app = await startTestCore({ KUBEREEL_HOME: home.path });
  try {
    const id = await home.owe(recorder);
    // Its first question is answered well; what is posted is refused as it comes.
    await until(() => recorder.requests.some((request) => request.startsWith('POST')));
    recorder.behaviour.refusal = undefined;
    const result = await home.run('retry', id);
    expect([result.code, String(result.stdout)]).toEqual([
      0,
      `${id}  left to the Kubereel that runs: it delivers it now\n`,
    ]);
    await until(() => recorder.deliveries.some(({ state }) => state === 'whole'));
  } finally {
    await app.end();
  }
});

test('what is dropped is owed to nobody, once somebody said yes', async () => {
  const home = await makeHome();
  const id = await home.owe(await startRecorder());
  const asked = await home.run('drop', id);
  expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining('nothing was dropped')]);
  const dropped = await home.run('drop', id, '--yes');
  expect([dropped.code, String(dropped.stdout)]).toEqual([0, `${id}  dropped\n`]);
  expect(JSON.parse(String((await home.run('--json')).stdout))).toEqual({ jobs: [], unreadable: [] });
});

test('what another process records is listed, and left to it', async () => {
  const home = await makeHome();
  const recorder = await startRecorder();
  const id = await home.owe(recorder, { owner: describeThisProcess() });
  expect(String((await home.run()).stdout)).toContain('at its end');
  const result = await home.run('retry', id);
  expect([result.code, String(result.stdout)]).toEqual([
    1,
    expect.stringContaining('is still being recorded'),
  ]);
  expect(recorder.requests).toEqual([]);
});

test('a recorder is tried with a test recording, each step is told', async () => {
  const home = await makeHome();
  const recorder = await startRecorder();
  const told = await home.run('test', recorder.address);
  expect(told.code).toBe(0);
  expect(String(told.stdout)).toMatch(
    /^tsrecorder: .*\n +is there, .*ok .*\n +takes a recording .*ok .*\n +was sent .*ok .*\n +confirms .*ok .*\nIt has the test recording [\w-]+, \d+ bytes\.\n/,
  );
  recorder.behaviour.refusal = { status: 403, body: 'not you' };
  const refused = await home.run('test', '--json', recorder.address);
  expect(refused.code).toBe(1);
  expect(JSON.parse(String(refused.stdout)).steps.at(-1)).toMatchObject({
    problem: { code: 'recorder-refused', message: expect.stringContaining('not you') },
  });
});
