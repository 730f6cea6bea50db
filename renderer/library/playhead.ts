/**
 * Where a replay stands in recorded time. Moves with the clock while it runs, at a speed, and knows how
 * long the silence before the next record is to be shown.
 */
import type { Timers } from '../timers.ts';

export interface Playhead {
  /** Never past the next record, nor past the last one while the next is not known. */
  positionMicros(): number;
  /** Time of the last record that was shown. */
  passedMicros(): number;
  start(): void;
  halt(): void;
  move(toMicros: number): void;
  /** Nothing has been shown yet; the position stays. */
  rewind(): void;
  /** The next record has been read. A replay that is late, as screen or source was slow, goes on from there. */
  next(timeMicros: number): void;
  passed(timeMicros: number): void;
  /** Real milliseconds until a record at that time is shown; 0 or less: now. */
  waitMs(timeMicros: number): number;
  setSpeed(speed: number): void;
  setIdleSeconds(seconds: number): void;
}

/** Later than this is late; less is how timers are. */
const LATE_MS = 200;

export function createPlayhead(timers: Pick<Timers, 'nowMs'>, initialIdleSeconds: number): Playhead {
  let speed = 1;
  let idleMicros = initialIdleSeconds * 1e6;
  let passed = 0;
  /** Where the silence that is being shown began: the last record, or where a seek came down in it. */
  let quietSince = 0;
  let position = 0;
  /** When `position` was right; undefined while halted. */
  let since: number | undefined;
  let known = 0;

  function clockMicros(): number {
    return since === undefined ? position : position + (timers.nowMs() - since) * 1_000 * speed;
  }

  function positionMicros(): number {
    return since === undefined ? position : Math.max(position, Math.min(clockMicros(), known));
  }

  /** Fixes the position as of now, before something changes how it moves. */
  function fix(micros: number): void {
    position = micros;
    if (since !== undefined) since = timers.nowMs();
  }

  return {
    positionMicros,
    passedMicros: () => passed,
    start() {
      since ??= timers.nowMs();
    },
    halt() {
      position = positionMicros();
      since = undefined;
    },
    move(toMicros) {
      fix(toMicros);
      quietSince = toMicros;
    },
    rewind() {
      passed = 0;
      known = 0;
    },
    next(timeMicros) {
      known = timeMicros;
      const lateMs = (clockMicros() - timeMicros) / 1_000 / speed;
      if (since !== undefined && lateMs > LATE_MS) fix(Math.max(position, timeMicros));
    },
    passed(timeMicros) {
      passed = timeMicros;
      known = timeMicros;
      quietSince = Math.max(quietSince, timeMicros);
    },
    waitMs(timeMicros) {
      const shown = idleMicros > 0 ? Math.min(timeMicros, quietSince + idleMicros) : timeMicros;
      return (shown - positionMicros()) / 1_000 / speed;
    },
    setSpeed(next) {
      fix(positionMicros());
      speed = next;
    },
    setIdleSeconds(seconds) {
      idleMicros = seconds * 1e6;
    },
  };
}
