import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type DemoAccess, readKubeconfigAccess } from '../fakes/demo-client.ts';

export const CLI: string = fileURLToPath(new URL('../../out/cli.mjs', import.meta.url));

/** The demo cluster in a process of its own: what it costs is not counted as ours. */
export interface DemoProcess {
  readonly kubeconfigPath: string;
  readonly access: DemoAccess;
  stop(): Promise<void>;
}

export async function startDemoProcess(): Promise<DemoProcess> {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-bench-demo-'));
  const child: ChildProcess = spawn(process.execPath, [CLI, 'demo'], {
    env: { ...process.env, KUBEREEL_HOME: home, KUBECONFIG: join(home, 'none') },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [kubeconfigPath] = (await once(lines, 'line')) as [string];
  return {
    kubeconfigPath,
    access: await readKubeconfigAccess(kubeconfigPath),
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await rm(home, { recursive: true, force: true });
    },
  };
}
