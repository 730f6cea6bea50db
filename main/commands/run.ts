import { AppError } from '../base/errors.ts';
import { endOnFailure } from '../base/failure.ts';
import { type ComposeOptions, type Core, compose } from '../compose.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import type { UntoldRequests } from '../upload/request-announcer.ts';
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
      try {
        return await command(core, { signal });
      } finally {
        // Where standard error is gone nobody is left to tell.
        await io.writeError(core.untoldRequests().map(formatUntold).join('')).catch(() => {});
      }
    },
    (failure) => core?.end(failure),
  );
}

function formatUntold({ context, count, reasons }: UntoldRequests): string {
  const requests = count === 1 ? '1 request' : `${count} requests`;
  const last = count === 1 ? '' : 'the last time ';
  return escapeControls(
    `warning: ${requests} to ${context} went out though no recorder took the event: ${last}${reasons.join('; ')}`,
  ).concat('\n');
}

/**
 * Runs a command that needs no core. Sets the exit code: the command's own, 1 with the reason on standard error where it failed.
 * The first Ctrl-C aborts the signal, so that records are closed; the second one ends the process at once. So does what
 * nobody caught abort it, and the exit code is 1 then.
 */
export async function runAlone(
  io: CommandIo,
  command: (options: { signal: AbortSignal }) => Promise<number>,
  end: (failure?: AppError) => Promise<void> | undefined,
): Promise<void> {
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (interrupted.signal.aborted) process.exit(INTERRUPTED_EXIT_CODE);
      interrupted.abort(new AppError('cancelled', 'interrupted'));
    });
  }
  let failure: AppError | undefined;
  const ended = Promise.withResolvers<void>();
  endOnFailure({
    process,
    // Where standard error is gone there is nobody left to tell.
    log: {
      error: (fields, message) =>
        void io.writeError(`${message}: ${JSON.stringify(fields)}\n`).catch(() => {}),
    },
    async end(problem) {
      failure = problem;
      interrupted.abort(problem);
      await ended.promise;
    },
    exit: () => process.exit(1),
  });
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
    await end(failure);
    clearInterval(alive);
    ended.resolve();
  }
}
