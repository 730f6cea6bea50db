import { AppError } from '../base/errors.ts';
import { type ComposeOptions, type Core, compose } from '../compose.ts';
import { confirmPlugin } from './confirm-plugin.ts';
import { type CommandIo, formatFailure } from './io.ts';

/** What a shell reports after Ctrl-C. */
const INTERRUPTED_EXIT_CODE = 130;
const ALIVE_INTERVAL_MS = 60_000;

/** Resolves with the exit code. */
export type CoreCommand = (core: Core, options: { signal: AbortSignal }) => Promise<number>;

/** Composes the core, runs one command on it and leaves nothing open behind it; otherwise as `runAlone`. */
export function runCommand(
  io: CommandIo,
  command: CoreCommand,
  options: Pick<ComposeOptions, 'kubeconfigPath'> = {},
): Promise<void> {
  let core: Core | undefined;
  return runAlone(
    io,
    async ({ signal }) => {
      const hasTerminal = io.isInputTerminal && io.isErrorTerminal;
      core = await compose({
        environment: process.env,
        platform: process.platform,
        confirmPlugin: hasTerminal ? (subject) => confirmPlugin(io, subject) : undefined,
        ...options,
      });
      return command(core, { signal });
    },
    () => core?.end(),
  );
}

/**
 * Runs a command that needs no core. Sets the exit code: the command's own, 1 with the reason on standard error where it failed.
 * The first Ctrl-C aborts the signal, so that records are closed; the second one ends the process at once.
 */
export async function runAlone(
  io: CommandIo,
  command: (options: { signal: AbortSignal }) => Promise<number>,
  end: () => Promise<void> | undefined,
): Promise<void> {
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (interrupted.signal.aborted) process.exit(INTERRUPTED_EXIT_CODE);
      interrupted.abort(new AppError('cancelled', 'interrupted'));
    });
  }
  // The core's own timers do not keep a process alive; a command that waits for one of them must.
  const alive = setInterval(() => {}, ALIVE_INTERVAL_MS);
  try {
    process.exitCode = await command({ signal: interrupted.signal });
  } catch (error) {
    process.exitCode = interrupted.signal.aborted ? INTERRUPTED_EXIT_CODE : 1;
    // Where standard error is gone too there is nobody left to tell.
    await io.writeError(formatFailure(error)).catch(() => {});
  } finally {
    io.closeInput();
    await end();
    clearInterval(alive);
  }
}
