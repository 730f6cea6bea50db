import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import { isFinal, MAX_TRIES, retryDelayMs } from './reconnect.ts';

/** Tries to open again what was lost, until it is open, cannot be, or nobody waits for it any more. */
export interface Reconnection<T> {
  /** Rejects with the reason to give up, or with the signal's. */
  readonly result: Promise<T>;
  /** Tries now, as somebody asked for it; a try that is under way gives way, and the waits begin anew. */
  tryNow(): void;
  /** The last try, the first being 1. */
  readonly attempt: number;
}

export interface ReconnectWait {
  /** The first try is 1. */
  readonly attempt: number;
  /** Unix milliseconds; not later than now while it is trying. */
  readonly nextTryAtMs: number;
  /** What the last try failed with; at first, how the connection was lost. */
  readonly problem: AppError;
}

export interface ReconnectionNeeds<T> {
  readonly clock: Clock;
  /** At least 0 and below 1. */
  random(): number;
  open(options: { readonly isUnattended: boolean; readonly signal: AbortSignal }): Promise<T>;
  onWait(wait: ReconnectWait): void;
}

export function reconnect<T>(
  needs: ReconnectionNeeds<T>,
  lost: AppError,
  { firstAttempt = 1, signal }: { firstAttempt?: number; signal: AbortSignal },
): Reconnection<T> {
  const { clock } = needs;
  let asked = new AbortController();
  let attempt = firstAttempt;

  /** True: somebody asked meanwhile. */
  async function wait(problem: AppError): Promise<boolean> {
    const delayMs = retryDelayMs(attempt, needs.random());
    needs.onWait({ attempt, nextTryAtMs: clock.nowMs() + delayMs, problem });
    try {
      await clock.sleep(delayMs, { signal: AbortSignal.any([signal, asked.signal]) });
      return false;
    } catch (error) {
      signal.throwIfAborted();
      if (asked.signal.aborted) return true;
      throw error;
    }
  }

  async function run(): Promise<T> {
    let problem = lost;
    while (attempt <= MAX_TRIES) {
      const isAsked = asked.signal.aborted || (await wait(problem));
      if (isAsked) {
        asked = new AbortController();
        attempt = 1;
      }
      needs.onWait({ attempt, nextTryAtMs: clock.nowMs(), problem });
      try {
        const limit = AbortSignal.any([signal, asked.signal]);
        return await needs.open({ isUnattended: !isAsked, signal: limit });
      } catch (error) {
        signal.throwIfAborted();
        // It gave way to one that was asked for.
        if (asked.signal.aborted) continue;
        problem = toAppError(error);
        if (isFinal(problem)) throw problem;
        attempt += 1;
      }
    }
    throw createGivenUp(lost, problem);
  }

  return {
    result: run(),
    tryNow: () => asked.abort(),
    get attempt() {
      return attempt;
    },
  };
}

function createGivenUp(lost: AppError, last: AppError): AppError {
  return new AppError('connection-lost', lost.message, {
    hint: 'It could not be opened again for ten minutes. When the cluster answers, open the shell again.',
    detail: last === lost ? (lost.detail ?? lost.message) : last.message,
    cause: last,
  });
}
