import type { Clock } from '../../base/clock.ts';
import type { RecorderLimits } from '../recorder/recorder-dial.ts';

/** What was sent and what of it was acknowledged, and when that takes too long or cannot be true. */
export interface AckWatch {
  readonly sentBytes: number;
  /** Received by the recorder, in its words. */
  readonly ackedBytes: number;
  sent(bytes: number): void;
  /** Any frame shows that the recorder is there. */
  alive(): void;
  /** Says what is wrong with the number, if anything is. */
  acked(bytes: number): string | undefined;
  /** Nothing more is sent. */
  ended(): void;
  /** Resolves with what took too long; rejects when the signal is aborted. */
  late(options: { readonly signal: AbortSignal }): Promise<string>;
}

const MICROS_A_MS = 1_000;

export function createAckWatch(
  clock: Pick<Clock, 'nowMicros' | 'sleep'>,
  { ackMs, progressMs, finalAnswerMs }: Pick<RecorderLimits, 'ackMs' | 'progressMs' | 'finalAnswerMs'>,
): AckWatch {
  let sentBytes = 0;
  let ackedBytes = 0;
  let frameMicros = clock.nowMicros();
  /** Of the last time that nothing waited, that something was acknowledged, or of the end. */
  let progressMicros = frameMicros;
  let isEnded = false;

  function leftMs(sinceMicros: number, limitMs: number): number {
    return limitMs - (clock.nowMicros() - sinceMicros) / MICROS_A_MS;
  }

  return {
    get sentBytes() {
      return sentBytes;
    },
    get ackedBytes() {
      return ackedBytes;
    },
    sent(bytes) {
      if (ackedBytes === sentBytes) progressMicros = clock.nowMicros();
      sentBytes += bytes;
    },
    alive() {
      frameMicros = clock.nowMicros();
    },
    acked(bytes) {
      if (bytes > sentBytes) return `acknowledged ${bytes} bytes of ${sentBytes} that were sent`;
      if (bytes < ackedBytes) return `took back what it had acknowledged: ${bytes} bytes after ${ackedBytes}`;
      if (bytes > ackedBytes) progressMicros = clock.nowMicros();
      ackedBytes = bytes;
      return undefined;
    },
    ended() {
      isEnded = true;
      progressMicros = clock.nowMicros();
    },
    async late({ signal }) {
      while (true) {
        const frameLeftMs = leftMs(frameMicros, ackMs);
        if (frameLeftMs <= 0) return `sent no acknowledgement for ${ackMs / 1_000} s`;
        const waitingBytes = sentBytes - ackedBytes;
        const progressLeftMs = waitingBytes > 0 ? leftMs(progressMicros, progressMs) : progressMs;
        if (progressLeftMs <= 0) {
          return `acknowledged nothing new for ${progressMs / 1_000} s, while ${waitingBytes} bytes wait`;
        }
        const endLeftMs =
          isEnded && waitingBytes === 0 ? leftMs(progressMicros, finalAnswerMs) : finalAnswerMs;
        if (endLeftMs <= 0)
          return `acknowledged all of it, and did not say for ${finalAnswerMs / 1_000} s that it is done`;
        await clock.sleep(Math.min(frameLeftMs, progressLeftMs, endLeftMs), { signal });
      }
    },
  };
}
