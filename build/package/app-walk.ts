import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PORT_GIVEN } from '../../main/hosts/electron/port-door.ts';

/**
 * Starts an installed desktop app as a person does, who has nothing but its program: its fuses let nobody look inside.
 * What it writes to its log tells that its page came up, sandboxed and from the archive, and has reached the core.
 */
export interface AppUnderTest {
  /** The program and its first arguments. */
  readonly command: readonly string[];
  /** An empty folder of its own. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Of each step, on a machine that does much else. */
const LIMIT_MS = 60_000;
const POLL_MS = 100;

/** Throws with what went wrong. */
export async function walkApp(tested: AppUnderTest): Promise<void> {
  const first = start(tested);
  try {
    await waitForPage(tested, first);
    const second = start(tested);
    const code = await endOf(second);
    if (code !== 0) throw new Error(`a second start ended with ${code}:\n${second.errors()}`);
    if (first.child.exitCode !== null) throw new Error('a second start ended the first');
    first.child.kill('SIGTERM');
    await endOf(first);
  } finally {
    first.child.kill('SIGKILL');
  }
}

interface Started {
  readonly child: ChildProcess;
  /** What it has written to standard error. */
  errors(): string;
}

function start({ command, home, environment }: AppUnderTest): Started {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: home,
    env: { ...environment, HOME: home, KUBEREEL_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  return { child, errors: () => errors };
}

async function waitForPage({ home }: AppUnderTest, { child, errors }: Started): Promise<void> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  for (;;) {
    const log = await readFile(join(home, 'kubereel.log'), 'utf8').catch(() => '');
    if (log.includes(PORT_GIVEN)) return;
    const state = child.exitCode ?? child.signalCode;
    if (state !== null) throw new Error(`the app ended with ${state}:\n${errors()}`);
    if (signal.aborted) throw new Error(`the page did not come up:\n${log}${errors()}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function endOf({ child, errors }: Started): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, 'exit', { signal: AbortSignal.timeout(LIMIT_MS) }).catch((cause: unknown) => {
      throw new Error(`the app did not end:\n${errors()}`, { cause });
    });
  }
  return child.exitCode;
}
