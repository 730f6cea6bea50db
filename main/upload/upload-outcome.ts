import { AppError } from '../base/errors.ts';
import { untilAborted } from './recorder/recorder-step.ts';

/** How an upload has gone wrong, once: the first reason counts. */
export interface UploadOutcome {
  readonly stopped: AbortSignal;
  fail(error: AppError): void;
  cancel(): void;
  /** Rejects as `stopped` if that comes first. */
  orStopped<T>(work: Promise<T>): Promise<T>;
}

/** `onStopped` lets go of the connection. */
export function createUploadOutcome(onStopped: () => void): UploadOutcome {
  const controller = new AbortController();
  const { signal } = controller;
  signal.addEventListener('abort', onStopped, { once: true });
  return {
    stopped: signal,
    fail: (error) => controller.abort(error),
    cancel: () => controller.abort(new AppError('cancelled', 'the delivery was given up')),
    orStopped: (work) => untilAborted(signal, work),
  };
}
