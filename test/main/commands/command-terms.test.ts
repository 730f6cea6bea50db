// covers: main/compose-delivery.ts
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agreeOnCommand } from '../../../main/commands/command-terms.ts';
import type { CommandIo } from '../../../main/commands/io.ts';
import { type Core, compose } from '../../../main/compose.ts';
import type { ShellConsent } from '../../../main/session/shell-terms.ts';
import { kubeconfigFor } from '../../fakes/doctor-report.ts';
import { type ExecCluster, startExecCluster } from '../../fakes/exec-cluster.ts';
import { runKubereel } from '../../fakes/kubereel-cli.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kubereel-terms-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const setPolicy = (says: string) =>
  writeFile(join(home, 'policy.yaml'), `version: 1\nrules: [{ name: all, ${says} }]\n`);

describe('what the policy asks for', () => {
  const PLACE = { context: 'prod', namespace: 'payments', pod: 'web-1' };
  let core: Core;
  beforeEach(async () => {
    await writeFile(
      join(home, 'config'),
      'contexts: [{ name: prod, context: { cluster: c, user: u } }]\nclusters: [{ name: c, cluster: { server: "https://c" } }]\n',
    );
    core = await compose({
      environment: { PATH: process.env['PATH'], KUBEREEL_HOME: home, KUBECONFIG: join(home, 'config') },
      platform: process.platform,
    });
  });
  afterEach(() => core.end());

  /** A command at a terminal where these lines are typed; without any, in a pipe. */
  async function agree(given: ShellConsent, typed?: readonly string[]) {
    const questions: string[] = [];
    const answers = [...(typed ?? [])];
    const hasTerminal = typed !== undefined;
    const io = {
      isInputTerminal: hasTerminal,
      isErrorTerminal: hasTerminal,
      async ask(question: string) {
        questions.push(question);
        return answers.shift() ?? '';
      },
    } as unknown as CommandIo;
    const terms = await agreeOnCommand(core, PLACE, given, io, {
      size: { cols: 80, rows: 24 },
      signal: new AbortController().signal,
    });
    return { questions, reason: terms.reason };
  }

  test('is asked at a terminal, and stands in the record', async () => {
    await setPolicy('reason: required, confirm: typed');
    expect(await agree({}, ['INC-7', 'payments'])).toEqual({
      questions: ['Why do you need web-1 in prod? ', 'Type prod or payments to run this there: '],
      reason: 'INC-7',
    });
    expect(await agree({ reason: 'INC-8', confirmation: 'prod' }, [])).toEqual({
      questions: [],
      reason: 'INC-8',
    });
  });

  test('and not given there refuses the command', async () => {
    await setPolicy('reason: required, confirm: typed');
    await expect(agree({}, ['', 'prod'])).rejects.toMatchObject({
      code: 'policy-refused',
      message: 'a reason has to be given for this shell',
    });
    await expect(agree({}, ['INC-7', 'yes'])).rejects.toMatchObject({ code: 'policy-refused' });
  });

  test('has to be given by a flag where nobody can be asked', async () => {
    await setPolicy('reason: required, confirm: typed');
    await expect(agree({})).rejects.toMatchObject({
      code: 'policy-refused',
      hint: expect.stringContaining('Give it with --reason TEXT. The policy says so: rule "all", '),
    });
    await expect(agree({ reason: 'x' })).rejects.toMatchObject({
      hint: expect.stringContaining('Give it with --confirm NAME.'),
    });
    expect(await agree({ reason: 'x', confirmation: 'prod' })).toEqual({ questions: [], reason: 'x' });
  });

  test('a reason that is only asked for may be left out', async () => {
    await setPolicy('reason: asked');
    expect(await agree({}, [''])).toMatchObject({ questions: [expect.any(String)], reason: undefined });
    expect(await agree({})).toEqual({ questions: [], reason: undefined });
  });
});

describe('kubereel exec', () => {
  let cluster: ExecCluster;
  beforeEach(async () => {
    cluster = await startExecCluster({
      pods: { 'web-1': { spec: { containers: [{ name: 'app', image: 'i' }] } } },
      objects: {},
    });
    await writeFile(join(home, 'config'), JSON.stringify(kubeconfigFor({ server: cluster.address }, {})));
  });
  afterEach(() => cluster.close());

  const run = (...flags: readonly string[]) =>
    runKubereel(join(home, 'config'), ['exec', ...flags, 'web-1', '--', 'exit', '0'], {
      KUBEREEL_HOME: home,
    });

  test('opens nothing under a policy that cannot be followed', async () => {
    await writeFile(join(home, 'policy.yaml'), 'version: 1\nrules: [}');
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain(
      `no shell is opened until the policy is mended: ${join(home, 'policy.yaml')}:2:`,
    );
  });

  test('needs the reason, and keeps it in the record', async () => {
    await setPolicy('reason: required');
    expect(await run()).toMatchObject({ code: 1, stderr: expect.stringContaining('--reason TEXT') });
    expect((await run('--reason', 'INC-7')).code).toBe(0);
    const folder = join(home, 'recordings');
    const [sidecar = ''] = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    expect(JSON.parse(await readFile(join(folder, sidecar), 'utf8'))).toMatchObject({
      details: { pod: 'web-1', reason: 'INC-7' },
    });
  });

  test('says that it is not on record', async () => {
    await setPolicy('recording: off');
    expect(await run()).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(
        'warning: this command is not on record. The policy says so: rule "all"',
      ),
    });
  });

  test('runs where no recorder takes it, and says that it is owed', async () => {
    await setPolicy('recorders: [{ kind: tsrecorder, url: "127.0.0.1:1" }]');
    const { code, stderr } = await run();
    const why = 'the recorder at 127.0.0.1:1 cannot be reached: nothing listens there';
    expect(code).toBe(0);
    expect(stderr).toContain(`warning: no recorder takes this session: ${why}`);
    expect(stderr).toContain(`warning: this recording is owed to a recorder: ${why}`);
    const [id = ''] = (await readdir(join(home, 'uploads'))).filter((name) => name.endsWith('.json'));
    expect(stderr).toContain(`kubereel uploads retry ${id.replace('.json', '')}`);
  });

  test('is refused where no recorder takes it and one has to, with what each answered', async () => {
    await setPolicy(
      'recorders: [{ kind: tsrecorder, url: "127.0.0.1:1" }, { kind: tsrecorder, url: "127.0.0.1:2", name: spare }], atStart: closed',
    );
    const before = cluster.execs.length;
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain(
      [
        'error: this shell has to be on record at a recorder, and none took it:',
        '1. the recorder at 127.0.0.1:1 cannot be reached: nothing listens there',
        '2. recorder spare (127.0.0.1:2) cannot be reached: nothing listens there',
        '',
      ].join('\n'),
    );
    expect(stderr).toContain('The policy says so: rule "all"');
    expect(cluster.execs).toHaveLength(before);
    expect(await readdir(join(home, 'uploads'))).not.toContainEqual(expect.stringMatching(/\.json$/));
  });
});
