import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { type ProcessCommand, systemProgram } from './batch-command.ts';
import type { PluginEnding } from './plugin-error.ts';
import type { Environment } from './plugin-path.ts';

export interface CaptureOptions {
  readonly environment: Environment;
  readonly maxStdoutBytes: number;
  readonly timeoutMs: number;
  /** Its input and errors are this process's own terminal; otherwise it has no input. */
  readonly hasTerminal?: boolean;
  readonly signal: AbortSignal;
}

/** How a process that was listened to came to its end; whatever it was, nothing of it runs on. */
export type CapturedEnd =
  | {
      readonly kind: 'ended';
      readonly ending: PluginEnding;
      readonly stdout: Buffer;
      /** The end of it. */
      readonly stderr: string;
    }
  | { readonly kind: 'not-started'; readonly cause: unknown }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'too-long' };

/** The end of what a program said about its failure. */
export const STDERR_TAIL_BYTES: number = 4 * 1024;
/** After its end: for what it started and left running with our pipe in hand. */
const PIPE_GRACE_MS = 1_000;

/** Runs a program without a shell and takes its output. Rejects with the signal's reason. */
export function captureProcess(command: ProcessCommand, options: CaptureOptions): Promise<CapturedEnd> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    let child: ChildProcess;
    try {
      child = start(command, options);
    } catch (cause) {
      // Arguments and variables that no process can have, as with a NUL in them.
      resolve({ kind: 'not-started', cause });
      return;
    }
    const stdout: Buffer[] = [];
    let stdoutBytes = 0;
    let stderr = Buffer.alloc(0);
    let ending: PluginEnding | undefined;
    let grace: NodeJS.Timeout | undefined;

    const timer = setTimeout(() => finish({ kind: 'timed-out' }), options.timeoutMs);
    signal.addEventListener('abort', cancel, { once: true });
    child.stdout?.on('data', (bytes: Buffer) => {
      stdoutBytes += bytes.byteLength;
      if (stdoutBytes <= options.maxStdoutBytes) stdout.push(bytes);
      else finish({ kind: 'too-long' });
    });
    child.stderr?.on('data', (bytes: Buffer) => {
      stderr = Buffer.concat([stderr, bytes]).subarray(-STDERR_TAIL_BYTES);
    });
    child.on('error', (cause) => finish({ kind: 'not-started', cause }));
    child.on('exit', (exitCode, killedBy) => {
      ending = killedBy ? { exitCode: -1, signal: killedBy } : { exitCode: exitCode ?? -1 };
      // An agent that it started may hold our pipe for days; what the plugin itself said has come by then.
      grace = setTimeout(end, PIPE_GRACE_MS);
    });
    child.on('close', end);

    function end(): void {
      if (!ending) return;
      finish({ kind: 'ended', ending, stdout: Buffer.concat(stdout), stderr: stderr.toString('utf8') });
    }
    function cancel(): void {
      release();
      reject(signal.reason);
    }
    function finish(how: CapturedEnd): void {
      release();
      resolve(how);
    }
    function release(): void {
      clearTimeout(timer);
      clearTimeout(grace);
      signal.removeEventListener('abort', cancel);
      if (!ending) killGroup(child.pid, options.hasTerminal === true);
      child.stdout?.destroy();
      child.stderr?.destroy();
    }
  });
}

function start({ file, args, isVerbatim }: ProcessCommand, options: CaptureOptions): ChildProcess {
  const hasTerminal = options.hasTerminal === true;
  const stdio: StdioOptions = hasTerminal ? ['inherit', 'pipe', 'inherit'] : ['ignore', 'pipe', 'pipe'];
  return spawn(file, args, {
    env: { ...options.environment },
    stdio,
    // A group of its own, so that what it started ends with it; but only ours may read from our terminal.
    detached: process.platform !== 'win32' && !hasTerminal,
    windowsHide: true,
    windowsVerbatimArguments: isVerbatim,
  });
}

function killGroup(pid: number | undefined, isInOurGroup: boolean): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    // Ends what it started as well; that it has ended by itself meanwhile is no failure.
    spawn(systemProgram(process.env, 'taskkill.exe'), ['/pid', String(pid), '/t', '/f'], {
      stdio: 'ignore',
      windowsHide: true,
    }).on('error', () => {});
    return;
  }
  try {
    process.kill(isInOurGroup ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
