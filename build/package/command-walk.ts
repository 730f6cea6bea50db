import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Walks through what the packaged command must do where it stands: a shell in the demo cluster, its recording found and
 * handed on. That takes its threads, native parts, later imports and the player's files.
 */
export interface CommandUnderTest {
  /** The program and its first arguments. */
  readonly command: readonly string[];
  /** An empty folder of its own. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What one of its runs may take on a machine that does much else. */
const LIMIT_MS = 120_000;
const SAID = 'packaged and well';

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Throws with what went wrong; returns the version that the command tells. */
export async function walkCommand(tested: CommandUnderTest): Promise<string> {
  const version = (await runWell(tested, ['--version'])).trim();
  // Runs as long as the walk.
  const demo = startCommand(tested, ['demo'], 10 * LIMIT_MS);
  try {
    const kubeconfig = await readFirstLine(demo);
    const inDemo = { ...tested, environment: { ...tested.environment, KUBECONFIG: kubeconfig } };
    const [pod = ''] = /web-\S+/.exec(await runWell(inDemo, ['pods', '-n', 'shop'])) ?? [];
    const exec = ['exec', '-n', 'shop', '--tty', pod, '--', 'echo', SAID];
    await runWell(inDemo, exec, (out) => out.includes(SAID));
    const sessions = JSON.parse(await runWell(inDemo, ['sessions', '--json']));
    const id: unknown = sessions[0]?.recordingId;
    if (typeof id !== 'string') throw new Error('the shell has left no recording');
    await runWell(inDemo, ['search', SAID], (out) => out.includes(SAID));
    const exported = (format: string): string => join(tested.home, `exported.${format}`);
    for (const format of ['html', 'gif']) {
      await runWell(inDemo, ['export', id, '--format', format, '--output', exported(format)]);
    }
    const html = await readFile(exported('html'), 'utf8');
    if (!html.includes('AsciinemaPlayer')) throw new Error('the exported page has no player');
    const gif = await readFile(exported('gif'));
    if (gif.subarray(0, 4).toString('latin1') !== 'GIF8') throw new Error('the exported GIF is none');
    return version;
  } finally {
    demo.kill('SIGTERM');
    if (demo.exitCode === null && demo.signalCode === null) await once(demo, 'close');
  }
}

async function runWell(
  tested: CommandUnderTest,
  args: readonly string[],
  isRight: (stdout: string) => boolean = () => true,
): Promise<string> {
  const { code, stdout, stderr } = await run(tested, args);
  if (code !== 0 || !isRight(stdout)) {
    throw new Error(`\`kubereel ${args.join(' ')}\` ended with ${code}:\n${stdout}${stderr}`);
  }
  return stdout;
}

async function run(tested: CommandUnderTest, args: readonly string[]): Promise<Run> {
  const child = startCommand(tested, args);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (bytes: Buffer) => {
    stdout += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

function startCommand(
  { command, environment, home }: CommandUnderTest,
  args: readonly string[],
  timeout: number = LIMIT_MS,
) {
  const [program = '', ...first] = command;
  return spawn(program, [...first, ...args], {
    cwd: home,
    env: { ...environment, HOME: home, KUBEREEL_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  });
}

async function readFirstLine(child: ReturnType<typeof startCommand>): Promise<string> {
  let read = '';
  for await (const bytes of child.stdout) {
    read += String(bytes);
    const end = read.indexOf('\n');
    if (end >= 0) return read.slice(0, end);
  }
  throw new Error('the demo cluster did not start');
}
