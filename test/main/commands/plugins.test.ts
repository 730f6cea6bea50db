// covers: main/commands/confirm-plugin.ts
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { printAnswer, writePlugin } from '../../fakes/credentials.ts';
import { BARE_ENVIRONMENT, CLI, runKubereel } from '../../fakes/kubereel-cli.ts';
import { runHere } from '../../fakes/kubereel-here.ts';
import { execUser, type PluginCluster, startPluginCluster } from '../../fakes/plugin-cluster.ts';
import { until } from '../../fakes/until.ts';

let cluster: PluginCluster;
let home: string;

beforeAll(async () => {
  cluster = await startPluginCluster();
});
afterAll(() => cluster.stop());
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kubereel-plugins-'));
  return () => rm(home, { recursive: true, force: true });
});

function kubereel(kubeconfigPath: string, ...args: readonly string[]) {
  return runKubereel(kubeconfigPath, args, { HOME: home, KUBEREEL_HOME: home });
}

/** What is of the command `plugins`, which runs nothing. */
function plugins(kubeconfigPath: string, ...args: readonly string[]) {
  return runHere(home, ['plugins', ...args], { kubeconfigPath });
}

/** The command at a terminal of its own. */
function atTerminal(kubeconfigPath: string, ...args: readonly string[]) {
  const terminal = spawn(process.execPath, [CLI, ...args], {
    cols: 300,
    env: { ...BARE_ENVIRONMENT, HOME: home, KUBEREEL_HOME: home, KUBECONFIG: kubeconfigPath },
  });
  let text = '';
  terminal.onData((data) => {
    text += data;
  });
  const exited = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
  return {
    exited,
    text: () => text,
    said: (words: string) => until(() => text.includes(words)),
    type: (keys: string) => terminal.write(keys),
  };
}

describe.skipIf(process.platform === 'win32')('kubereel plugins', () => {
  test('without anybody to ask a plugin waits for leave, which allow gives and forget takes back', async () => {
    const { plugin, runs } = await writePlugin(printAnswer({ token: 't' }), {
      args: ['get-token', '--client-secret=marker-secret'],
    });
    const path = await cluster.writeKubeconfig({ u: execUser(plugin) });
    const refused = await kubereel(path, 'raw', '/version');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`${path} wants to run ${plugin.command}, which waits for your leave`);
    expect(refused.stderr).toContain('kubereel plugins allow --context u');
    const allowed = await kubereel(path, 'plugins', 'allow');
    expect(allowed.stdout.toString()).toBe(
      `${path} may run ${plugin.command} get-token --client-secret=•••\n`,
    );
    expect(await runs()).toBe(0);
    expect((await kubereel(path, 'raw', '/version')).code).toBe(0);
    const listed = JSON.parse((await plugins(path, 'list', '--json')).stdout.toString());
    expect(listed).toMatchObject([{ kubeconfig: path, path: plugin.command, args: expect.any(Array) }]);
    expect(JSON.stringify(listed)).not.toContain('marker-secret');
    const forgotten = await plugins(path, 'forget', listed[0].id.slice(0, 6));
    expect(forgotten.stdout.toString()).toBe('1 forgotten\n');
    expect((await kubereel(path, 'raw', '/version')).code).toBe(1);
    expect(await runs()).toBe(1);
    expect((await plugins(path, 'list')).stderr).toContain('No credential plugin has leave');
  });

  test('what cannot be allowed or forgotten is told', async () => {
    const path = await cluster.writeKubeconfig({ u: { token: 't' } });
    expect((await plugins(path, 'allow')).stderr).toContain('names no credential plugin');
    expect((await plugins(path, 'forget', 'abc')).stderr).toContain('no plugin that has leave');
    expect((await plugins(path, 'forget')).stderr).toContain('or --all');
    const missing = await cluster.writeKubeconfig({
      u: execUser({}, { command: 'no-such-plugin', ...MODE }),
    });
    expect((await plugins(missing, 'allow')).stderr).toContain('no-such-plugin not found');
    const steering = await cluster.writeKubeconfig({ u: execUser({}, { command: 'x\u001b[2Jy', ...MODE }) });
    expect((await plugins(steering, 'allow')).stderr).toContain('executable x\\x1b[2Jy not found');
  });

  test('at a terminal it is asked, and only yes is yes', async () => {
    const { plugin, runs } = await writePlugin(printAnswer({ token: 't' }));
    const path = await cluster.writeKubeconfig({ u: execUser(plugin) });
    const refusing = atTerminal(path, 'raw', '/version');
    await refusing.said('[y/N] ');
    expect(refusing.text()).toContain(`${path} wants to run a program for the credential of context u:`);
    refusing.type('\r');
    expect(await refusing.exited).toBe(1);
    expect(refusing.text()).toContain('you did not let');
    expect(await runs()).toBe(0);
    const interrupted = atTerminal(path, 'raw', '/version');
    await interrupted.said('[y/N] ');
    interrupted.type('\u0003');
    expect(await interrupted.exited).toBe(130);
    const allowing = atTerminal(path, 'raw', '/version');
    await allowing.said('[y/N] ');
    allowing.type('y\r');
    expect(await allowing.exited).toBe(0);
    expect(allowing.text()).toContain('gitVersion');
    const later = atTerminal(path, 'raw', '/version');
    expect(await later.exited).toBe(0);
    expect(later.text()).not.toContain('[y/N]');
  });

  test('at a terminal a plugin that asks does so there, as with kubectl', async () => {
    const { plugin } = await writePlugin(
      `test -t 0 && test -t 2 || exit 9\nprintf 'Code: ' >&2; read code; ${printAnswer({ token: 't' })}`,
      { interactiveMode: 'Always' },
    );
    const path = await cluster.writeKubeconfig({ u: execUser(plugin) });
    await plugins(path, 'allow');
    const run = atTerminal(path, 'raw', '/version');
    await run.said('Code: ');
    run.type('1234\r');
    expect(await run.exited).toBe(0);
    const without = await kubereel(path, 'raw', '/version');
    expect(without.stderr).toContain('standard input is not a terminal');
  });
});

const MODE = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };
