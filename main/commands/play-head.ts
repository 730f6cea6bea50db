/** Where a replay in a terminal stands in recorded time, and how long until its next event. All times in microseconds. */
export interface PlayHead {
  readonly isPaused: boolean;
  positionMicros(): number;
  pause(): void;
  resume(): void;
  /** 2 goes twice as fast. */
  setSpeed(speed: number): void;
  readonly speed: number;
  moveTo(timeMicros: number): void;
  /** Real milliseconds until an event at that time is due; undefined while paused. */
  waitMs(timeMicros: number): number | undefined;
}

export interface PlayHeadOptions {
  readonly nowMicros: () => number;
  readonly speed: number;
  /** Longest silence that is shown. */
  readonly idleLimitMicros: number;
}

export function createPlayHead({ nowMicros, speed: firstSpeed, idleLimitMicros }: PlayHeadOptions): PlayHead {
  let speed = firstSpeed;
  /** Where it stood at `since`; nothing has been put out after it. */
  let position = 0;
  let since = nowMicros();
  /** The silence that is being shown began here. */
  let quietSince = 0;
  let isPaused = false;

  function positionMicros(): number {
    return isPaused ? position : position + (nowMicros() - since) * speed;
  }

  function fix(timeMicros: number): void {
    position = timeMicros;
    since = nowMicros();
  }

  return {
    get isPaused() {
      return isPaused;
    },
    get speed() {
      return speed;
    },
    positionMicros,
    pause() {
      fix(positionMicros());
      isPaused = true;
    },
    resume() {
      if (isPaused) fix(position);
      isPaused = false;
    },
    setSpeed(next) {
      fix(positionMicros());
      speed = next;
    },
    moveTo(timeMicros) {
      fix(timeMicros);
      quietSince = timeMicros;
    },
    waitMs(timeMicros) {
      if (isPaused) return undefined;
      const shown = Math.min(timeMicros, quietSince + idleLimitMicros);
      return (shown - positionMicros()) / speed / 1_000;
    },
  };
}
