import type { Socket } from 'node:net';

export interface StepOptions {
  /** Milliseconds. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/**
 * One step of dialling on a socket. Where it fails, takes longer than its limit or is given up, the socket is
 * destroyed, which ends what the step still waits for. Rejects with the step's error, a limit's, or the signal's reason.
 */
export async function takeStep<Result>(
  socket: Socket,
  { limitMs, signal }: StepOptions,
  step: () => Promise<Result>,
): Promise<Result> {
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const cancel = (): void => reject(signal.reason);
  const timer = setTimeout(() => reject(new Error(`it did not answer within ${limitMs / 1_000} s`)), limitMs);
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    return await Promise.race([givenUp, step()]);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}
