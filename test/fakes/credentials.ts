import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { type Clock, createSystemClock } from '../../main/base/clock.ts';
import type { PluginConfig } from '../../main/credentials/credential.ts';
import { type Credentials, createCredentials } from '../../main/credentials/credentials.ts';
import type { PluginLimits } from '../../main/credentials/exec-plugin.ts';
import { createOwnEnvironment, type LoginEnvironment } from '../../main/credentials/login-environment.ts';
import type { PluginOrigin } from '../../main/credentials/plugin-admission.ts';
import type { PluginSubject } from '../../main/credentials/user-requests.ts';

export const V1 = 'client.authentication.k8s.io/v1';
export const ORIGIN: PluginOrigin = { context: 'prod', kubeconfigPath: '/home/ada/.kube/config' };

export interface TestCredentials {
  readonly credentials: Credentials;
  readonly home: string;
  /** Gives leave, as if the user had been asked before. */
  allow(plugin: PluginConfig, origin?: PluginOrigin): Promise<void>;
}

/** The whole room in a home of its own, with nobody to ask unless there is a `confirm` or `usePages` is called. */
export async function createTestCredentials(
  options: {
    readonly clock?: Clock;
    readonly environment?: NodeJS.ProcessEnv;
    readonly loginEnvironment?: LoginEnvironment;
    readonly pluginLimits?: PluginLimits;
    confirm?(subject: PluginSubject): Promise<boolean>;
  } = {},
): Promise<TestCredentials> {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-credentials-'));
  const environment = { PATH: process.env['PATH'], HOME: home, ...options.environment };
  const credentials = createCredentials({
    clock: options.clock ?? createSystemClock(),
    platform: process.platform,
    approvalsFile: join(home, 'plugins.json'),
    loginEnvironment: options.loginEnvironment ?? createOwnEnvironment(environment),
    pluginLimits: options.pluginLimits,
    confirm: options.confirm,
  });
  return {
    credentials,
    home,
    async allow({ command: path, args }, { kubeconfigPath } = ORIGIN) {
      await credentials.approvals.add({ kubeconfigPath, path, args });
    },
  };
}

export interface TestPlugin {
  readonly plugin: PluginConfig;
  /** Where it runs and writes. */
  readonly folder: string;
  /** How often it was started. */
  runs(): Promise<number>;
  /** What it wrote into a file of its folder; empty where there is none. */
  read(name: string): Promise<string>;
}

/** A plugin that is a real program: a shell script. `$RUN` in it counts its runs from 1. */
export async function writePlugin(script: string, changes: Partial<PluginConfig> = {}): Promise<TestPlugin> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-plugin-'));
  const command = join(folder, 'plugin');
  const head = `#!/bin/sh\ncd '${folder}'\necho x >> runs\nRUN=$(wc -l < runs | tr -d ' ')\n`;
  await writeFile(command, `${head}${script}\n`);
  await chmod(command, 0o755);
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8').catch(() => '');
  return {
    folder,
    plugin: {
      apiVersion: V1,
      command,
      args: [],
      env: [],
      provideClusterInfo: false,
      interactiveMode: 'Never',
      ...changes,
    },
    read,
    runs: async () => (await read('runs')).length / 2,
  };
}

/**
 * From here to the end of the test its timers are in its hands: a plugin is waited for as long as it takes to start, and
 * then no longer than the test wants.
 */
export function takeTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

/** What a plugin prints; `$RUN` is filled in. */
export function printAnswer(status: unknown, apiVersion: string = V1): string {
  const json = JSON.stringify({ kind: 'ExecCredential', apiVersion, status });
  return `cat <<EOF\n${json.replaceAll('\\', '\\\\')}\nEOF`;
}
