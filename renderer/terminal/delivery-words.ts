/** How a session's recording stands with its recorders, in words. Pure. */
import type { RecordingState } from '../../preload/contract.ts';
import { recorderName } from '../policy/recorder-words.ts';
import { formatBytes, formatDuration, formatTime } from '../ui/format.ts';
import { sentence } from '../ui/messages.tsx';
import type { DotShape, Tone } from '../ui/status-dot.tsx';

export type DeliveryState = NonNullable<(RecordingState & { kind: 'recording' })['delivery']>;

export interface DeliveryWords {
  /** In place of `REC` or `Recorded`; absent where all is well. */
  readonly word?: string;
  /** After the word: where it is on record too. */
  readonly place?: string;
  readonly look?: { readonly shape: DotShape; readonly tone: Tone };
  /** What a tooltip and a screen reader have beside the rest. */
  readonly sentence: string;
}

export function describeDelivery(delivery: DeliveryState, isLive: boolean, nowMs: number): DeliveryWords {
  switch (delivery.kind) {
    case 'live': {
      const name = recorderName(delivery.recorder);
      const acked = delivery.ackedBytes;
      const has = acked === undefined ? 'takes it as it grows' : `has ${formatBytes(acked)} of it`;
      return isLive
        ? { place: `at ${name}`, sentence: `Recorder ${name} ${has}` }
        : { sentence: `Recorder ${name} is confirming it` };
    }
    case 'waiting':
      return {
        sentence: `Recorder ${recorderName(delivery.recorder)} gets it ${isLive ? 'when the shell ends' : 'now'}`,
      };
    case 'delivered': {
      const place = `at ${recorderName(delivery.recorder)}`;
      return { place, sentence: `On record ${place}` };
    }
    case 'owed':
      return isLive ? describeOwedLive(delivery, nowMs) : describeOwed(delivery);
  }
}

function describeOwedLive(
  { sinceMs, attempts, endsAtMs }: DeliveryState & { kind: 'owed' },
  nowMs: number,
): DeliveryWords {
  const off = `Not on record at ${nameOf(attempts)} since ${formatTime(sinceMs, nowMs)}`;
  if (endsAtMs === undefined) {
    return {
      word: off,
      look: { shape: 'half', tone: 'owed' },
      sentence: `${off}: it is recorded here and delivered later. ${explain(attempts)}`,
    };
  }
  const left = formatLeft(endsAtMs, nowMs);
  return {
    word: `${off}: ends in ${left}`,
    look: { shape: 'half', tone: 'lost' },
    sentence: `${off}. The shell ends in ${left}, as the policy has it. ${explain(attempts)}`,
  };
}

/** Rounded up: it counts 3, 2, 1. */
function formatLeft(endsAtMs: number, nowMs: number): string {
  return formatDuration(Math.max(0, Math.ceil((endsAtMs - nowMs) / 1_000)) * 1_000);
}

/** What becomes of it now. */
export function describeNext({ endsAtMs }: OwedDelivery, isLive: boolean, nowMs: number): string {
  if (!isLive) return 'It is kept here, and tried again until a recorder has it.';
  return endsAtMs === undefined
    ? 'It is recorded here, and delivered when the shell has ended.'
    : `The shell ends in ${formatLeft(endsAtMs, nowMs)}, as the policy has it. What was recorded is kept here, and delivered later.`;
}

function describeOwed({ attempts }: DeliveryState & { kind: 'owed' }): DeliveryWords {
  return {
    word: 'Recorded, not delivered',
    look: { shape: 'ring', tone: 'owed' },
    sentence: `No recorder has confirmed it; it is delivered later. ${explain(attempts)}`,
  };
}

type Attempts = (DeliveryState & { kind: 'owed' })['attempts'];

/** The last one is the one that it was lost at. */
function nameOf(attempts: Attempts): string {
  const last = attempts.at(-1);
  return last ? recorderName(last.recorder) : 'a recorder';
}

function explain(attempts: Attempts): string {
  return attempts.map(({ problem }) => sentence(problem.message)).join(' ');
}

export type OwedDelivery = DeliveryState & { readonly kind: 'owed' };

/** Undefined where nobody wants it elsewhere, or a recorder takes it. */
export function owedDeliveryOf(recording: RecordingState): OwedDelivery | undefined {
  if (!('delivery' in recording)) return undefined;
  return recording.delivery?.kind === 'owed' ? recording.delivery : undefined;
}
