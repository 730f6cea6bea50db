import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CLI } from './demo-process.ts';

const CLUSTER = fileURLToPath(new URL('./command-cluster-process.ts', import.meta.url));

/** `kubereel proxy run` in front of a cluster that answers over both transports, each a process of its own. */
export interface ProxyProcess {
  readonly directKubeconfig: string;
  /** Leads through the proxy. */
  readonly kubeconfig: string;
  residentBytes(): Promise<number>;
  /** The most that it ever was. */
  peakBytes(): Promise<number>;
  /** Disks may be small. One that is being closed is waited for. */
  forgetRecordings(): Promise<void>;
  stop(): Promise<void>;
}

export async function startProxyProcess(): Promise<ProxyProcess> {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-bench-proxy-'));
  const directKubeconfig = join(home, 'config');
  const cluster = spawn(process.execPath, [CLUSTER], { stdio: ['pipe', 'pipe', 'inherit'] });
  await writeFile(directKubeconfig, await nextLine(createInterface(cluster.stdout)));
  const env = { ...process.env, KUBEREEL_HOME: home, KUBECONFIG: directKubeconfig };
  execFileSync(process.execPath, [CLI, 'proxy', 'enable'], { env, stdio: 'ignore' });
  const proxy = spawn(process.execPath, [CLI, 'proxy', 'run'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const words = createInterface(proxy.stderr);
  await nextLine(words);
  return {
    directKubeconfig,
    kubeconfig: join(home, 'proxy', 'kubeconfig'),
    residentBytes: () => readStatus(proxy, 'VmRSS'),
    peakBytes: () => readStatus(proxy, 'VmHWM'),
    forgetRecordings: () => rm(join(home, 'recordings'), { recursive: true, force: true, maxRetries: 10 }),
    async stop() {
      proxy.kill('SIGTERM');
      await once(proxy, 'exit');
      cluster.stdin.end();
      cluster.kill('SIGTERM');
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function nextLine(lines: Interface): Promise<string> {
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}

/** proc(5). */
async function readStatus({ pid }: ChildProcess, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024;
}
