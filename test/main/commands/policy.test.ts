// covers: main/compose-policy.ts
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CommandIo, formatFailure } from '../../../main/commands/io.ts';
import { addPolicyCommands } from '../../../main/commands/policy.ts';
import type { CoreCommand } from '../../../main/commands/run.ts';
import { type Core, compose } from '../../../main/compose.ts';
import type { PolicyFile } from '../../../main/policy/policy-file.ts';
import { runKubereel } from '../../fakes/kubereel-cli.ts';
import { recordSession } from '../../fakes/recordings.ts';

/** With a kubeconfig in it. */
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kubereel-policy-'));
  await writeFile(
    join(home, 'config'),
    `clusters: [{ name: eu, cluster: { server: "https://API.example.com/x" } }]
users: [{ name: jane, user: { as: root } }]
contexts: [{ name: prod, context: { cluster: eu, user: jane, namespace: payments } }]
current-context: prod
`,
  );
});
afterEach(() => rm(home, { recursive: true, force: true }));

const policyPath = () => join(home, 'policy.yaml');
const setPolicy = (text: string) => writeFile(policyPath(), text);

/** As `kubereel policy …` of a process of its own, without the wait for one. */
async function run(...args: readonly string[]) {
  const told = { code: -1, stdout: '', stderr: '' };
  const io = {
    async write(text: string) {
      told.stdout += text;
    },
    async writeError(text: string) {
      told.stderr += text;
    },
  } as unknown as CommandIo;
  async function runOne(command: CoreCommand): Promise<void> {
    const core = await startCore();
    try {
      told.code = await command(core, { signal: new AbortController().signal });
    } catch (error) {
      told.code = 1;
      await io.writeError(formatFailure(error));
    } finally {
      await core.end();
    }
  }
  const program = new Command();
  addPolicyCommands(program, runOne, io);
  await program.parseAsync(['policy', ...args], { from: 'user' });
  return told;
}

function startCore(lockedPolicy?: PolicyFile): Promise<Core> {
  return compose({
    environment: { PATH: process.env['PATH'], KUBEREEL_HOME: home, KUBECONFIG: join(home, 'config') },
    platform: process.platform,
    lockedPolicy,
  });
}

const PRODUCTION = `version: 1
rules:
  - name: production
    match: { cluster: api.example.com, namespace: pay* }
    recording: required
    graceSeconds: 10
  - name: root
    match: { user: root }
    reason: asked
`;

test('explain prints what holds for a shell, and which line of which file says so', async () => {
  await setPolicy(PRODUCTION);
  const { code, stdout, stderr } = await run('explain', 'web-1');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '));
  expect(lines.slice(0, 7)).toEqual([
    'context | prod',
    'cluster | eu, api.example.com:443',
    'namespace | payments',
    'pod | web-1',
    'container | any',
    'user | root',
    '',
  ]);
  expect(lines).toContain(`recording | required | ${policyPath()}:5 | production`);
  expect(lines).toContain(`graceSeconds | 10 | ${policyPath()}:6 | production`);
  expect(lines).toContain(`reason | asked | ${policyPath()}:9 | root`);
  expect(lines).toContain('redaction | user | - | no rule: the default');
  expect(lines).toContain('apiRequests | untold | - | no rule: the default');
});

test('the command and the core that the app runs on give the same answer', async () => {
  await setPolicy(PRODUCTION);
  await writeFile(join(home, 'settings.json'), '{"mayPause":false}');
  const args = ['policy', 'explain', 'pod/web-1', '-n', 'shop', '-c', 'app', '--json'];
  const { stdout } = await runKubereel(join(home, 'config'), args, { KUBEREEL_HOME: home });
  const core = await startCore();
  try {
    const place = { context: 'prod', namespace: 'shop', pod: 'web-1', container: 'app' };
    const answer = await core.policy.answer(place);
    expect(answer).toMatchObject({ recording: 'best-effort', reason: 'asked', pause: 'never' });
    expect(JSON.parse(stdout.toString())).toEqual({ target: core.policy.describe(place), answer });
  } finally {
    await core.end();
  }
});

test('a policy of the administrator is followed beside the user’s, from a file that only they may change', async () => {
  await setPolicy('version: 1\nrules: [{ name: mine, recording: off }]');
  const locked = join(home, 'locked.yaml');
  await writeFile(locked, 'version: 1\nrules: [{ name: theirs, recording: required }]', { mode: 0o600 });
  const ask = async (ownerUid: number) => {
    const core = await startCore({ path: locked, isLocked: true, ownerUid });
    try {
      return await core.policy.answer({ context: 'prod', namespace: 'shop', pod: 'web-1' });
    } finally {
      await core.end();
    }
  };
  const ours = process.getuid?.() ?? 0;
  expect(await ask(ours)).toMatchObject({
    recording: 'required',
    because: [{ file: locked }, { file: locked }],
  });
  if (process.platform !== 'win32') {
    await expect(ask(ours + 1)).rejects.toMatchObject({ code: 'policy-invalid' });
  }
});

test('check tells all that is wrong, as editors read it, and its exit code says so', async () => {
  expect(await run('check')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`${policyPath()}: not there\n`),
  });
  await setPolicy(PRODUCTION);
  expect(await run('check')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`${policyPath()}: 2 rules\n`),
  });
  const other = join(home, 'other.yaml');
  await writeFile(other, 'version: 1\nrules:\n  - name: a\n    recordng: off\n    reason: x\n');
  const problems = [
    `${other}:4:5: a rule has no key "recordng". Did you mean recording?`,
    `${other}:5:13: reason must be not-asked, asked or required`,
  ];
  expect(await run('check', other)).toEqual({ code: 1, stdout: `${problems.join('\n')}\n`, stderr: '' });
  const { code, stdout } = await run('check', other, '--json');
  expect({ code, rows: JSON.parse(stdout) }).toMatchObject({
    code: 1,
    rows: [
      {
        path: other,
        state: 'failed',
        problems: [
          { line: 4, column: 5 },
          { line: 5, column: 13 },
        ],
      },
    ],
  });
  expect(await run('check', join(home, 'none.yaml'))).toMatchObject({
    code: 1,
    stderr: `error: there is no file ${join(home, 'none.yaml')}\n`,
  });
});

test('a policy that cannot be followed answers nothing but where to mend it', async () => {
  await setPolicy('version: 1\nrules: [{ name: a, recording: offf }]');
  expect(await run('explain', 'web-1')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      `error: no shell is opened until the policy is mended: ${policyPath()}:2:31: recording must be required, best-effort or off\n` +
      '  Mend the file; `kubereel policy check` tells all that is wrong in it.\n',
  });
});

test('path prints where the files belong', async () => {
  expect((await run('path')).stdout).toBe(`${policyPath()}\n`);
  if (process.platform === 'linux') {
    expect((await run('path', '--system')).stdout).toBe('/etc/kubereel/policy.yaml\n');
  }
});

test('what the policy keeps longer is not pruned, and nothing is under a policy that cannot be followed', async () => {
  const recordings = join(home, 'recordings');
  await mkdir(recordings, { recursive: true });
  const { recordingId, path } = await recordSession(recordings);
  const monthAgo = Date.now() / 1_000 - 30 * 86_400;
  await utimes(path, monthAgo, monthAgo);
  const prune = async () => {
    const core = await startCore();
    try {
      const rules = { days: 10, quotaBytes: 0 };
      const pruning = await core.pruning();
      return await pruning.prune({ isDryRun: true, rules, signal: new AbortController().signal });
    } finally {
      await core.end();
    }
  };
  await setPolicy('version: 1\nrules: [{ name: long, retentionDays: 90 }]');
  expect(await prune()).toMatchObject({ drops: [], kept: [{ recordingId, protection: 'policy' }] });
  await setPolicy('version: 1\nrules: [{ name: long, retentionDays: 20 }]');
  expect(await prune()).toMatchObject({ drops: [{ recordingId }], kept: [] });
  await setPolicy('version: 1');
  await expect(prune()).rejects.toMatchObject({
    code: 'policy-invalid',
    message: expect.stringContaining('nothing is let go until the policy is mended: '),
  });
});
