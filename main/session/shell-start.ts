import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { ExecEnd, OutputChunk } from '../exec/exec-stream.ts';
import type { OpenedShell } from '../exec/shell.ts';

/** A shell that has given a sign of life, or had the time to say that there is none. */
export interface StartedShell extends OpenedShell {
  /** To be read on after `first`. */
  readonly output: AsyncIterator<OutputChunk>;
  readonly first: Promise<IteratorResult<OutputChunk>>;
}

/** How long a refusal may take that comes after the stream has been opened. */
const FIRST_SIGN_MS = 300;

/**
 * Servers open the stream before they try to start the program: one that cannot be started never was a shell.
 * Waits for output, for the end or, with a program that is silent, for as long as a refusal may take. Rejects
 * with how it failed, or with the signal's reason; then the stream is closed.
 */
export async function startShell(
  { clock }: { readonly clock: Clock },
  opening: Promise<OpenedShell>,
  { signal }: { signal: AbortSignal },
): Promise<StartedShell> {
  const shell = await opening;
  const { stream } = shell;
  const output = stream.output[Symbol.asyncIterator]();
  const first = output.next();
  try {
    await waitForSign(clock, first, signal);
  } catch (error) {
    await stream.close();
    throw error;
  }
  const end = await Promise.race([stream.ended, Promise.resolve(undefined)]);
  // An exit code is worth a record, even of a program that said nothing; so is what was printed before an end.
  if (end && end.kind !== 'exited' && (await first).done) throw toStartError(end);
  return { ...shell, output, first };
}

async function waitForSign(clock: Clock, first: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const waiting = new AbortController();
  const limit = AbortSignal.any([signal, waiting.signal]);
  try {
    await Promise.race([first, clock.sleep(FIRST_SIGN_MS, { signal: limit })]);
    signal.throwIfAborted();
  } finally {
    waiting.abort();
  }
}

function toStartError(end: Exclude<ExecEnd, { kind: 'exited' }>): AppError {
  return end.kind === 'closed' ? new AppError('cancelled', 'the shell was closed') : end.error;
}
