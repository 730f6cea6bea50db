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
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`it did not answer within ${limitMs / 1_000} s`)), limitMs);
  try {
    return await leaveOnAbort(Promise.race([tooLate, step()]), signal);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Rejects with the signal's reason; what was waited for goes on unheard. */
export async function leaveOnAbort<Result>(waiting: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: left, reject } = Promise.withResolvers<never>();
  const leave = (): void => reject(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    return await Promise.race([left, waiting]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
