/**
 * Pings a page, and tells when nothing has been heard of it for too long. Ticks are counted, not the clock: a program that
 * was held up has not listened for all of that time, and a laptop that slept has not either.
 */
export interface PeerWatch {
  /** It sent or took something. */
  heard(): void;
  /** It is not listened to: what it says could not reach us. */
  pause(): void;
  resume(): void;
  stop(): void;
}

export interface PeerTimes {
  readonly tickMs: number;
  /** A ping in each so many ticks. */
  readonly ticksPerPing: number;
  /** It is gone after so many silent ones. */
  readonly silentTicks: number;
}

/** A ping in 30 s, an end after 45 s, as kc-agent has it. */
const PEER_TIMES: PeerTimes = { tickMs: 15_000, ticksPerPing: 2, silentTicks: 3 };

export function watchPeer(
  ping: () => void,
  onSilent: () => void,
  { tickMs, ticksPerPing, silentTicks }: PeerTimes = PEER_TIMES,
): PeerWatch {
  let ticks = 0;
  let silent = 0;
  let isPaused = false;

  const timer = setInterval(() => {
    ticks += 1;
    if (!isPaused) silent += 1;
    if (silent >= silentTicks) {
      clearInterval(timer);
      onSilent();
    } else if (ticks % ticksPerPing === 0) {
      // Also while paused: a machine that has gone answers it with a reset.
      ping();
    }
  }, tickMs);
  timer.unref();

  return {
    heard() {
      silent = 0;
    },
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      silent = 0;
    },
    stop: () => clearInterval(timer),
  };
}
