import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkPolicy, loadPluginPolicy } from '../../../main/credentials/plugin-policy.ts';

const HEAD = 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n';
const platform = 'linux';
let home: string;
let bin: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'kubereel-policy-'));
  bin = join(home, 'bin');
  await mkdir(bin);
  for (const name of ['aws', 'evil']) {
    await writeFile(join(bin, name), '');
    await chmod(join(bin, name), 0o755);
  }
});

/** What `kubereel` says of `command` under this kuberc; undefined where it may run. */
async function judge(text: string, command: string, path = join(bin, command)): Promise<string | undefined> {
  const file = join(home, 'kuberc');
  await writeFile(file, text);
  const needs = { environment: { PATH: bin, HOME: home, KUBERC: file }, platform } as const;
  try {
    await checkPolicy(needs, await loadPluginPolicy(needs), command, path);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'plugin-refused' });
    return (error as Error).message;
  }
}

describe.skipIf(process.platform === 'win32')('the policy', () => {
  test('that says nothing lets everything run', async () => {
    expect(await judge(HEAD, 'aws')).toBeUndefined();
    expect(await judge(`${HEAD}credentialPluginPolicy: ""\n`, 'aws')).toBeUndefined();
    expect(await judge(`${HEAD}credentialPluginPolicy: AllowAll\ndefaults: []\n`, 'aws')).toBeUndefined();
  });

  test('DenyAll', async () => {
    expect(await judge(`${HEAD}credentialPluginPolicy: DenyAll\n`, 'aws')).toBe(
      'getting credentials: plugin "aws" not allowed: policy set to "DenyAll"',
    );
  });

  test.each(['command', 'name'])('an allowlist, its entries under %s', async (key) => {
    const list = (entry: string) =>
      `${HEAD}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist:\n- ${key}: ${entry}\n`;
    expect(await judge(list('aws'), 'aws')).toBeUndefined();
    expect(await judge(list(join(bin, 'aws')), 'aws')).toBeUndefined();
    // A command that is a path is the same program as an entry that is found at it.
    expect(await judge(list('aws'), join(bin, 'aws'), join(bin, 'aws'))).toBeUndefined();
    expect(await judge(list('aws'), 'evil')).toBe(
      `getting credentials: plugin path "${join(bin, 'evil')}" is not permitted by the credential plugin allowlist`,
    );
    expect(await judge(list('not-installed'), 'aws')).toContain('is not permitted');
  });

  test.each([
    ['a list beside AllowAll', `${HEAD}credentialPluginAllowlist: [{command: aws}]`],
    [
      'a list beside DenyAll',
      `${HEAD}credentialPluginPolicy: DenyAll\ncredentialPluginAllowlist: [{command: aws}]`,
    ],
    ['an allowlist without a list', `${HEAD}credentialPluginPolicy: Allowlist`],
    ['an empty allowlist', `${HEAD}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: []`],
    [
      'an empty entry',
      `${HEAD}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: ""}]`,
    ],
    [
      'a path with dots',
      `${HEAD}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: /bin/../aws}]`,
    ],
    [
      'a path with a slash at its end',
      `${HEAD}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: /bin/aws/}]`,
    ],
    ['an unknown policy', `${HEAD}credentialPluginPolicy: Maybe`],
    ['a policy that is no text', `${HEAD}credentialPluginPolicy: 7`],
    ['another kind', 'apiVersion: v1\nkind: Pod\n'],
    ['no YAML', '{'],
    ['nothing', ''],
  ])('that is unclear lets nothing run: %s', async (_what, text) => {
    expect(await judge(text, 'aws')).toContain('no credential plugin may run while');
  });

  test('a default file may be missing, a named one may not, and both can be switched off', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'kubereel-policy-'));
    const load = (environment: NodeJS.ProcessEnv) =>
      loadPluginPolicy({ environment: { HOME: empty, ...environment }, platform });
    expect(await load({})).toEqual({ kind: 'AllowAll' });
    await expect(load({ KUBERC: join(empty, 'none') })).rejects.toMatchObject({ code: 'plugin-refused' });
    await mkdir(join(empty, '.kube'));
    await writeFile(join(empty, '.kube', 'kuberc'), `${HEAD}credentialPluginPolicy: DenyAll\n`);
    expect(await load({})).toEqual({ kind: 'DenyAll' });
    expect(await load({ KUBERC: 'off' })).toEqual({ kind: 'AllowAll' });
    expect(await load({ KUBECTL_KUBERC: 'false' })).toEqual({ kind: 'AllowAll' });
  });
});
