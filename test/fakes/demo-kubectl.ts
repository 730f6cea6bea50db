import { spawn } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { until } from './until.ts';

/** The kubectl on this machine's PATH, or undefined: then the tests that need one are skipped. */
export const kubectlPath: string | undefined = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, process.platform === 'win32' ? 'kubectl.exe' : 'kubectl'))
  .find((path) => existsSync(path));

export interface KubectlResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** kubectl sees this and nothing of the user's own environment. */
export function kubectlEnvironment(kubeconfigPath: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', KUBECONFIG: kubeconfigPath };
}

/**
 * Runs it again where kubectl dropped what the server said: on a busy machine it may read before it has made its streams,
 * and tells so.
 */
export async function repeatDiscarded(run: () => Promise<KubectlResult>): Promise<KubectlResult> {
  const result = await run();
  return /Unknown stream id [123], discarding/.test(result.stderr) ? repeatDiscarded(run) : result;
}

/**
 * Presses Enter until there is a prompt, as kubectl itself advises: what a shell said before kubectl had made its streams is
 * not shown.
 */
export async function untilPrompt(press: (key: string) => void, isThere: () => boolean): Promise<void> {
  await until(() => {
    if (isThere()) return true;
    press('\r');
    return false;
  });
}

/** Runs kubectl to its end. */
export function runKubectl(
  kubeconfigPath: string,
  args: readonly string[],
  {
    input,
    program = kubectlPath,
    environment = {},
  }: {
    input?: Uint8Array;
    program?: string | undefined;
    environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<KubectlResult> {
  const env = { ...kubectlEnvironment(kubeconfigPath), ...environment };
  const child = spawn(program ?? 'kubectl', args, { env });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') }),
    );
  });
}

/** The kubectls of other versions that stand beside the one on the PATH, by version: `1.27`, …. */
export const kubectlVersions: ReadonlyMap<string, string> = new Map(
  kubectlPath === undefined ? [] : findVersions(dirname(realpathSync(kubectlPath))),
);

function findVersions(folder: string): [string, string][] {
  return readdirSync(folder)
    .map((name): [string, string] => [/^kubectl\.(1\.\d+)$/.exec(name)?.[1] ?? '', join(folder, name)])
    .filter(([version]) => version !== '')
    .sort(([a], [b]) => a.localeCompare(b));
}
