import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The command as a process of its own, straight from its sources. */
export const CLI: string = fileURLToPath(new URL('../../main/cli.ts', import.meta.url));

/** What such a process gets of this one's environment: nothing of the user's. */
export const BARE_ENVIRONMENT: Readonly<Record<string, string>> = Object.fromEntries(
  ['PATH', 'NODE_COMPILE_CACHE'].map((name) => [name, process.env[name] ?? '']),
);

export interface KubereelResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs `kubereel` to its end, in a home of its own and without the user's environment. */
export async function runKubereel(
  kubeconfigPath: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  onOutput: (bytes: Buffer) => void = () => {},
  input?: Uint8Array,
): Promise<KubereelResult> {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-cli-'));
  try {
    const child = spawn(process.execPath, [CLI, ...args], {
      env: {
        ...BARE_ENVIRONMENT,
        HOME: home,
        KUBEREEL_HOME: home,
        KUBECONFIG: kubeconfigPath,
        ...environment,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const stdout: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (bytes: Buffer) => {
      stdout.push(bytes);
      onOutput(bytes);
    });
    child.stderr.on('data', (bytes: Buffer) => {
      stderr += bytes.toString();
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout: Buffer.concat(stdout), stderr };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
