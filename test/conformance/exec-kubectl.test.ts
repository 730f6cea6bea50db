/** Plugins that are run by us and by a real kubectl: what they see, and what comes of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPluginApprovals } from '../../main/credentials/plugin-approvals.ts';
import { createTestCredentials, printAnswer, V1, writePlugin } from '../fakes/credentials.ts';
import { kubectlEnvironment, kubectlPath, runKubectl } from '../fakes/demo-kubectl.ts';
import { runKubereel } from '../fakes/kubereel-cli.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { ask, execUser, openUsers, type PluginCluster, startPluginCluster } from '../fakes/plugin-cluster.ts';
import { until } from '../fakes/until.ts';

const V1BETA1 = 'client.authentication.k8s.io/v1beta1';

let cluster: PluginCluster;

beforeAll(async () => {
  cluster = await startPluginCluster();
});
afterAll(() => cluster.stop());
beforeEach(() => {
  cluster.callers.length = 0;
});

describe.skipIf(!kubectlPath)('beside a real kubectl', () => {
  /** Everything that a plugin can see of how it was started. */
  const SPY = `printf '%s' "$KUBERNETES_EXEC_INFO" > "info-$WHO"
    tr '\\0' '\\n' < /proc/self/environ | grep -v '^_=' | sort > "environ-$WHO"
    readlink /proc/$$/fd/0 > "stdin-$WHO"
    printf '%s\\n' "$@" > "args-$WHO"`;

  async function spyOnBoth(changes: object, extra: object, user: object = {}) {
    const spied = await writePlugin(`${SPY}\n${printAnswer({ token: 't' })}`);
    const users = (who: string) => ({
      u: execUser(spied.plugin, {
        ...changes,
        env: [
          { name: 'WHO', value: who },
          { name: 'OWN', value: 'x' },
        ],
      }),
      ...user,
    });
    const home = '/nonexistent';
    const room = await createTestCredentials({ environment: { HOME: home, KUBERNETES_EXEC_INFO: 'old' } });
    const ours = await openUsers(cluster, users('us'), { room, extra });
    const way = await ours.transport();
    await ask(way);
    await runKubectl(await cluster.writeKubeconfig(users('kubectl'), extra), ['get', '--raw', '/version']);
    return spied.read;
  }

  test.each([
    ['that asks for nothing', { provideClusterInfo: false }, {}],
    ['that asks for its cluster', { provideClusterInfo: true }, {}],
    ['with arguments', { args: ['a b', '$(x)', 'ü"', ''] }, {}],
    [
      'with all that a cluster can say',
      { provideClusterInfo: true },
      {
        'tls-server-name': '127.0.0.1',
        'disable-compression': true,
        extensions: [
          {
            name: 'client.authentication.k8s.io/exec',
            extension: {
              zeta: 1,
              audience: '<a>&b',
              nested: { y: [1.5, null, true], x: 'ü\u2028' },
              big: 1e21,
            },
          },
          { name: 'other', extension: { ignored: true } },
        ],
      },
    ],
  ])('ex-contract: a plugin %s sees from us what it sees from kubectl', async (_what, changes, extra) => {
    const read = await spyOnBoth(changes, extra);
    expect(await read('info-us')).toBe(await read('info-kubectl'));
    expect(await read('info-us')).not.toBe('');
    expect(await read('stdin-us')).toBe(await read('stdin-kubectl'));
    expect(await read('args-us')).toBe(await read('args-kubectl'));
    // Where each was started, and who it is told that it runs for, are its own.
    const comparable = (text: string): string[] =>
      text.split('\n').filter((line) => !/^(WHO|KUBECONFIG|PWD|OLDPWD|SHLVL)=/.test(line));
    expect(comparable(await read('environ-us'))).toEqual(comparable(await read('environ-kubectl')));
  });

  test('ex-contract: a certificate authority from a file is told as its content', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kubereel-ca-'));
    await writeFile(join(folder, 'ca.crt'), `# a comment\n${cluster.authorityPem}`);
    const extra = {
      'certificate-authority-data': undefined,
      'certificate-authority': join(folder, 'ca.crt'),
    };
    const read = await spyOnBoth({ provideClusterInfo: true }, extra);
    expect(await read('info-us')).toBe(await read('info-kubectl'));
    expect(await read('info-us')).toContain('certificate-authority-data');
  });

  test.each(['/', '/prefix/', '/prefix'])(
    'ex-contract: the server with %s at its end is told as written',
    async (end) => {
      const read = await spyOnBoth({ provideClusterInfo: true }, { server: `${cluster.address}${end}` });
      expect(await read('info-us')).toBe(await read('info-kubectl'));
    },
  );

  test.each([
    ['a token', printAnswer({ token: 't' })],
    ['a token that has expired', printAnswer({ token: 't', expirationTimestamp: '2020-01-01T00:00:00Z' })],
    ['an answer of another version', printAnswer({ token: 't' }, V1BETA1)],
    ['half a pair', printAnswer({ clientKeyData: 'x' })],
    ['nothing', ''],
    ['a failure', 'exit 3'],
  ])(
    'ex-outcome: %s has the same exit code as with kubectl, and the server sees the same',
    async (_what, script) => {
      const { plugin } = await writePlugin(script);
      const path = await cluster.writeKubeconfig({ u: execUser(plugin) });
      const home = await mkdtemp(join(tmpdir(), 'kubereel-home-'));
      const approvals = createPluginApprovals({
        clock: createManualClock(),
        file: join(home, 'plugins.json'),
      });
      await approvals.add({ kubeconfigPath: path, path: plugin.command, args: [] });
      const kubectl = await runKubectl(path, ['get', '--raw', '/version']);
      const ours = await runKubereel(path, ['raw', '/version'], { KUBEREEL_HOME: home });
      expect(ours.code).toBe(kubectl.code);
      expect(ours.stdout.toString()).toBe(kubectl.stdout.toString());
      const seen = cluster.callers.map((caller) => JSON.stringify(caller));
      expect(new Set(seen).size).toBeLessThanOrEqual(1);
      expect(seen.length === 0).toBe(kubectl.code !== 0);
      await rm(home, { recursive: true });
    },
  );

  test('ex-contract: an answer in YAML will do for both', async () => {
    const yaml = `kind: ExecCredential\\napiVersion: ${V1}\\nstatus:\\n  token: t\\n`;
    const { plugin } = await writePlugin(`printf '${yaml}'`);
    const { transport, kubeconfigPath } = await openUsers(cluster, { u: execUser(plugin) });
    expect(await ask(await transport())).toBe(200);
    expect((await runKubectl(kubeconfigPath, ['get', '--raw', '/version'])).code).toBe(0);
  });

  test('ex-interactive: at a terminal a plugin has from us what it has from kubectl', async () => {
    const spy = `for fd in 0 1 2; do test -t $fd && echo "$fd is a terminal"; done > "seen-$WHO"
      echo typed > /dev/tty && echo "has a terminal of its own" >> "seen-$WHO"
      printf '%s' "$KUBERNETES_EXEC_INFO" >> "seen-$WHO"`;
    const { plugin, read } = await writePlugin(`${spy}\n${printAnswer({ token: 't' })}`);
    const users = (who: string) => ({
      u: execUser(plugin, { interactiveMode: 'Always', env: [{ name: 'WHO', value: who }] }),
    });
    const { room, transport } = await openUsers(cluster, users('us'));
    room.credentials.usePages();
    const leave = room.credentials.requests.attend();
    expect(await ask(await transport())).toBe(200);
    leave();
    const path = await cluster.writeKubeconfig(users('kubectl'));
    const terminal = spawn(kubectlPath ?? '', ['get', '--raw', '/version'], {
      env: kubectlEnvironment(path),
    });
    await until(async () => (await read('seen-kubectl')).endsWith('}\n'));
    terminal.kill();
    expect(await read('seen-us')).toBe(await read('seen-kubectl'));
    expect(await read('seen-us')).toContain('0 is a terminal\n2 is a terminal\nhas a terminal of its own');
  });
});
