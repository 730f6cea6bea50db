import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { AppError, toAppError } from '../base/errors.ts';
import { captureProcess } from './captured-process.ts';
import type { Environment } from './plugin-path.ts';

/** The environment that the user's terminals have, for what is started on the user's behalf. */
export interface LoginEnvironment {
  /** Waits for the login shell, at its first use at most 10 s. Never rejects. */
  current(): Promise<ResolvedEnvironment>;
}

export interface ResolvedEnvironment {
  readonly environment: Environment;
  /** Why the login shell's could not be had; `environment` is the process's own then. */
  readonly problem?: string;
}

export interface LoginEnvironmentNeeds {
  /** The process's own. */
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
  readonly timeoutMs?: number;
}

/** Shells with version managers and completions take seconds; one that takes longer hangs. */
const SHELL_TIMEOUT_MS = 10_000;
/** An environment is limited by the system to a few hundred kilobytes. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
const DEFAULT_SHELL: Partial<Record<NodeJS.Platform, string>> = { darwin: '/bin/zsh' };

/**
 * Whether this process was started from an icon and not from a shell: then its environment is the desktop's, without
 * what the user's profile adds to PATH. Windows has one environment for both.
 */
export function isStartedFromIcon(environment: Environment, platform: NodeJS.Platform): boolean {
  return platform !== 'win32' && !(environment['TERM'] && environment['SHLVL']);
}

/** The process's own, as it is. */
export function createOwnEnvironment(environment: Environment): LoginEnvironment {
  return { current: async () => ({ environment }) };
}

/** Asks the login shell at once, once, without waiting for it. It is ended with the signal. */
export function createLoginEnvironment(
  needs: LoginEnvironmentNeeds,
  { signal }: { signal: AbortSignal },
): LoginEnvironment {
  const resolving = readLoginEnvironment(needs, signal).then(
    (environment): ResolvedEnvironment => ({ environment }),
    (error): ResolvedEnvironment => ({
      environment: needs.environment,
      problem: `The environment of your login shell could not be read: ${toAppError(error).message}.`,
    }),
  );
  return { current: () => resolving };
}

async function readLoginEnvironment(needs: LoginEnvironmentNeeds, signal: AbortSignal): Promise<Environment> {
  const { environment, platform, timeoutMs = SHELL_TIMEOUT_MS } = needs;
  const shell = environment['SHELL'] || DEFAULT_SHELL[platform] || '/bin/sh';
  // Profiles print what they like: ours stands between two marks that they cannot know.
  const mark = randomBytes(16).toString('hex');
  const output = await captureProcess(
    { file: shell, args: shellArguments(basename(shell), mark), isVerbatim: false },
    {
      // Without a terminal; programs in a profile that ask which one are told that it can nothing.
      environment: { ...environment, TERM: 'dumb' },
      maxStdoutBytes: MAX_OUTPUT_BYTES,
      timeoutMs,
      signal,
    },
  );
  if (output.kind !== 'ended')
    throw new AppError('timed-out', `${shell} ${describe(output.kind, timeoutMs)}`);
  const text = output.stdout.toString('utf8');
  // The last mark, since a variable may hold the command itself.
  const login = parseVariables(text.slice(text.indexOf(mark) + mark.length, text.lastIndexOf(mark)));
  if (login['PATH'] === undefined) throw new AppError('internal', `${shell} did not print it`);
  return merge(environment, login);
}

/**
 * A login and interactive shell, since some profiles set PATH only for one of the two. Prints the mark, all variables
 * with NULs in between, and the mark.
 */
function shellArguments(name: string, mark: string): readonly string[] {
  const print = `printf %s ${mark}; env -0; printf %s ${mark}`;
  // csh is a login shell only if nothing else is asked of it; its .cshrc and .tcshrc are read in any case.
  if (name === 'csh' || name === 'tcsh') return ['-i', '-c', print];
  // In nushell a bare `env` or `printf` may be its own; the caret asks for the program.
  if (name === 'nu') return ['-l', '-i', '-c', print.replace(/\b(?=printf|env)/g, '^')];
  if (name === 'pwsh') return ['-Login', '-Command', print];
  return ['-l', '-i', '-c', print];
}

function parseVariables(text: string): Environment {
  const pairs = text
    .split('\0')
    .map((entry) => /^([^=]+)=([\s\S]*)$/.exec(entry))
    .filter((match) => match !== null);
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
}

/** What belongs to the shell that was asked, and not to the user's programs. */
const OF_THE_SHELL = new Set(['_', 'SHLVL', 'PWD', 'OLDPWD', 'TERM']);

function merge(own: Environment, login: Environment): Environment {
  const kept = Object.entries(login).filter(([name]) => !OF_THE_SHELL.has(name));
  return { ...own, ...Object.fromEntries(kept) };
}

function describe(kind: 'timed-out' | 'too-long' | 'not-started', timeoutMs: number): string {
  if (kind === 'timed-out') return `did not answer within ${Math.round(timeoutMs / 1_000)} s`;
  return kind === 'too-long' ? 'printed without end' : 'could not be started';
}
