import type { StoredOutcome } from './recording-store.ts';
import type { Refusal } from './refusal.ts';

/** What a client learns of its delivery, cumulative. */
export interface AckState {
  readonly ackBytes: number;
  /** Undefined where nobody asked for it. */
  readonly durableBytes: number | undefined;
}

/**
 * One frame of a v2 answer, with its line end. Zero acks are left out, as Go's `omitempty` does (tsrecorder's protocol); what is
 * durable is ours, and told also as 0 (docs/RECORDER.md).
 */
export function formatAck({ ackBytes, durableBytes }: AckState, outcome?: StoredOutcome): string {
  return formatFrame({
    ack: ackBytes || undefined,
    durable: durableBytes,
    stored: outcome && {
      id: outcome.stored.id,
      sha256: outcome.stored.sha256,
      bytes: outcome.stored.bytes,
      outcome: outcome.outcome,
    },
  });
}

/** The last frame of a delivery that is taken no further. */
export function formatRefusal(refusal: Refusal, { durableBytes }: AckState): string {
  return formatFrame({ error: refusal.message, code: refusal.code, durable: durableBytes });
}

function formatFrame(frame: object): string {
  return `${JSON.stringify(frame)}\n`;
}
