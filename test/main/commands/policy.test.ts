// covers: main/compose-policy.ts
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compose } from '../../../main/compose.ts';
import { runKubereel } from '../../fakes/kubereel-cli.ts';

/** A home with a kubeconfig, and the command as a process of its own. */
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

async function run(...args: readonly string[]) {
  const result = await runKubereel(join(home, 'config'), ['policy', ...args], { KUBEREEL_HOME: home });
  return { code: result.code, stdout: result.stdout.toString(), stderr: result.stderr };
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
});

test('the command and the core that the app runs on give the same answer', async () => {
  await setPolicy(PRODUCTION);
  await writeFile(join(home, 'settings.json'), '{"mayPause":false}');
  const { stdout } = await run('explain', 'pod/web-1', '-n', 'shop', '-c', 'app', '--json');
  const core = await compose({
    environment: { PATH: process.env['PATH'], KUBEREEL_HOME: home, KUBECONFIG: join(home, 'config') },
    platform: process.platform,
  });
  try {
    const place = { context: 'prod', namespace: 'shop', pod: 'web-1', container: 'app' };
    const answer = await core.policy.answer(place);
    expect(answer).toMatchObject({ recording: 'best-effort', reason: 'asked', pause: 'never' });
    expect(JSON.parse(stdout)).toEqual({ target: core.policy.describe(place), answer });
  } finally {
    await core.end();
  }
});

test('a policy of the administrator is followed beside the user’s, from a file that only they may change', async () => {
  await setPolicy('version: 1\nrules: [{ name: mine, recording: off }]');
  const locked = join(home, 'locked.yaml');
  await writeFile(locked, 'version: 1\nrules: [{ name: theirs, recording: required }]', { mode: 0o600 });
  const ask = async (ownerUid: number) => {
    const core = await compose({
      environment: { PATH: process.env['PATH'], KUBEREEL_HOME: home, KUBECONFIG: join(home, 'config') },
      platform: process.platform,
      lockedPolicy: { path: locked, isLocked: true, ownerUid },
    });
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
