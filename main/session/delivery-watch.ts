import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { PolicyAnswer } from '../policy/policy.ts';
import { createUndelivered, type DeliveryState, type RecordingDelivery } from './delivery-duty.ts';
import { describeUndelivered } from './terminal-gap.ts';

export type WatchedDelivery = DeliveryState & {
  /** Of what is owed: when the session ends for it, in Unix milliseconds. */
  readonly endsAtMs?: number;
};

/** Holds a session to what the policy says of a recorder that stops taking its recording midway. */
export interface DeliveryWatch {
  readonly state: WatchedDelivery;
  /** Aborted, with `delivery-required`, when the session may not go on without. */
  readonly stopped: AbortSignal;
  /** A line for the terminal, and a marker for the recording: the recorder is lost, or none took it. Told once. */
  follow(tell: (label: string) => void): void;
  /** The recording is closed: nothing more is told or ended. Resolves as `RecordingDelivery.ended`. */
  end(): Promise<void>;
}

export interface DeliveryWatchNeeds {
  readonly clock: Clock;
  onChanged(): void;
}

export function watchDelivery(
  { clock, onChanged }: DeliveryWatchNeeds,
  delivery: RecordingDelivery,
  answer: PolicyAnswer,
): DeliveryWatch {
  const over = new AbortController();
  const stopping = new AbortController();
  const isStartOwed = delivery.state.kind === 'owed';
  const isClosed = answer.midway === 'closed' && !isStartOwed;
  let label: string | undefined;
  let tell: ((label: string) => void) | undefined;
  let endsAtMs: number | undefined;

  function check(): void {
    const { state } = delivery;
    if (state.kind === 'owed' && label === undefined && !over.signal.aborted) {
      const lost = state.attempts.at(-1)?.error ?? new AppError('recorder-lost', 'no recorder takes it');
      label = describeUndelivered(lost, {
        isStart: isStartOwed,
        ...(isClosed && { graceSeconds: answer.graceSeconds }),
      });
      tell?.(label);
      if (isClosed) void endAfterGrace(lost);
    }
    onChanged();
  }

  async function endAfterGrace(lost: AppError): Promise<void> {
    const graceMs = answer.graceSeconds * 1_000;
    endsAtMs = clock.nowMs() + graceMs;
    try {
      await clock.sleep(graceMs, { signal: over.signal });
    } catch {
      return; // The session has ended before.
    }
    stopping.abort(createUndelivered(lost, answer));
  }

  delivery.onChanged(check);
  check();

  return {
    get state() {
      const { state } = delivery;
      if (state.kind !== 'owed' || endsAtMs === undefined || over.signal.aborted) return state;
      return { ...state, endsAtMs };
    },
    stopped: stopping.signal,
    follow(teller) {
      tell = teller;
      if (label !== undefined) teller(label);
    },
    async end() {
      over.abort(new AppError('cancelled', 'the recording is closed'));
      await delivery.ended();
    },
  };
}
