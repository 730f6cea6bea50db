/**
 * Plays a recording on a screen: its records in their order, at their times. It reads ahead by one record
 * and the stream's window, so a recording of any length costs no memory; going back means reading anew.
 */
import type { TerminalSize } from '../../preload/contract.ts';
import type { TerminalRecord } from '../../preload/terminal-records.ts';
import type { Screen } from '../terminal/paced-screen.ts';
import { readRecords } from '../terminal/record-reader.ts';
import { showRecord } from '../terminal/session-feed.ts';
import type { Timers } from '../timers.ts';
import type { Marker } from './markers.ts';
import { createPlayhead, type Playhead } from './playhead.ts';

interface PlayerSource {
  readonly input: AsyncIterable<Uint8Array>;
  /** Lets the stream go; a reader that waits for more gets its end. */
  end(): void;
}

export interface PlayerNeeds {
  readonly screen: Screen;
  readonly timers: Timers;
  /** Opens the recording at its start. */
  open(): PlayerSource;
  onChanged(state: PlayerState): void;
  /** A marker was come past. */
  onMarker?(marker: Marker): void;
}

export interface PlayerOptions {
  /** The screen's size before the first resize. */
  readonly size: TerminalSize;
  readonly durationMicros: number;
  readonly idleSeconds: number;
}

export type PlayerState =
  | { readonly kind: 'playing' }
  | { readonly kind: 'paused' }
  /** Reading towards a moment without showing the way. */
  | { readonly kind: 'seeking'; readonly toMicros: number; readonly thenPlays: boolean }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface Player {
  readonly state: PlayerState;
  /** Microseconds of recorded time, now. */
  positionMicros(): number;
  /** From where it stands; from the start when it has ended. */
  play(): void;
  pause(): void;
  /** Keeps the position. */
  setSpeed(speed: number): void;
  /** Longest pause shown, in seconds of recorded time; 0 shows all of each. */
  setIdleSeconds(seconds: number): void;
  /** A live recording grows. */
  setDuration(micros: number): void;
  /** Resolves when the screen shows that moment, or when a later seek has taken its place. */
  seek(toMicros: number): Promise<void>;
  stop(): void;
}

export const SPEEDS: readonly number[] = [0.5, 1, 2, 4, 8, 16];

/** One reading of the recording from its start. */
interface Run {
  source?: PlayerSource;
  /** What there was to read when it began: a live recording has more by now. */
  readonly durationMicros: number;
  isAtEnd: boolean;
}

export function createPlayer(needs: PlayerNeeds, options: PlayerOptions): Player {
  const { screen, timers } = needs;
  const playhead: Playhead = createPlayhead(timers, options.idleSeconds);
  let { durationMicros } = options;
  let state: PlayerState = { kind: 'paused' };
  let run: Run | undefined;
  /** The runs one after the other: two must never write to the screen at once. */
  let runs: Promise<void> = Promise.resolve();
  let seekDone: (() => void) | undefined;
  /** Wakes the run that waits for its next record's time. */
  let wake: (() => void) | undefined;

  function enter(next: PlayerState): void {
    state = next;
    if (next.kind === 'playing') playhead.start();
    else playhead.halt();
    if (next.kind !== 'seeking') {
      seekDone?.();
      seekDone = undefined;
    }
    wake?.();
    needs.onChanged(next);
  }

  function startRun(): void {
    endRun();
    const next: Run = { durationMicros, isAtEnd: false };
    run = next;
    runs = runs.then(() => perform(next));
  }

  function endRun(): void {
    run?.source?.end();
    run = undefined;
    wake?.();
  }

  async function perform(own: Run): Promise<void> {
    if (own !== run) return;
    try {
      await screen.reset();
      await screen.resize(options.size);
      playhead.rewind();
      if (own !== run) return;
      own.source = needs.open();
      for await (const record of readRecords(own.source.input)) {
        await due(own, record);
        if (own !== run) return;
        await showRecord(screen, record);
        if (record.kind === 'marker') needs.onMarker?.(record);
        playhead.passed(record.timeMicros);
      }
      await screen.settle();
      if (own !== run) return;
      own.isAtEnd = true;
      playhead.move(Math.max(playhead.passedMicros(), Math.min(playhead.positionMicros(), durationMicros)));
      enter({ kind: 'ended' });
    } catch (error) {
      if (own !== run) return;
      run = undefined;
      enter({ kind: 'failed', error });
    } finally {
      own.source?.end();
    }
  }

  /** Resolves when it is this record's time, or when the run is over. */
  async function due(own: Run, record: TerminalRecord): Promise<void> {
    playhead.next(record.timeMicros);
    while (own === run && record.timeMicros > playhead.positionMicros()) {
      if (state.kind === 'seeking') {
        await screen.settle();
        if (own === run && state.kind === 'seeking' && record.timeMicros > playhead.positionMicros()) {
          enter({ kind: state.thenPlays ? 'playing' : 'paused' });
        }
      } else if (state.kind === 'playing') {
        const waitMs = playhead.waitMs(record.timeMicros);
        if (waitMs <= 0) playhead.move(record.timeMicros);
        else await sleep(waitMs);
      } else {
        await sleep();
      }
    }
  }

  /** Until something changes, or for so long. */
  async function sleep(ms?: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = ms === undefined ? undefined : timers.setTimeout(resolve, Math.min(ms, LONGEST_SLEEP_MS));
      wake = () => {
        timers.clearTimeout(timer);
        resolve();
      };
    });
    wake = undefined;
  }

  function seek(toMicros: number, thenPlays: boolean): Promise<void> {
    const target = Math.max(0, Math.min(toMicros, durationMicros));
    seekDone?.();
    const done = new Promise<void>((resolve) => {
      seekDone = resolve;
    });
    playhead.halt();
    playhead.move(target);
    const isBehind = target < playhead.passedMicros();
    if (run?.isAtEnd && !isBehind && durationMicros === run.durationMicros) {
      enter({ kind: 'ended' });
    } else {
      enter({ kind: 'seeking', toMicros: target, thenPlays });
      if (!run || run.isAtEnd || isBehind) startRun();
    }
    return done;
  }

  function isPlayingOrWill(): boolean {
    return state.kind === 'playing' || (state.kind === 'seeking' && state.thenPlays);
  }

  return {
    get state() {
      return state;
    },
    positionMicros: () => playhead.positionMicros(),
    play() {
      if (isPlayingOrWill()) return;
      if (state.kind === 'seeking') enter({ ...state, thenPlays: true });
      else if (state.kind === 'paused' && run) enter({ kind: 'playing' });
      // The seek's end is announced by `onChanged`.
      else void seek(state.kind === 'failed' ? playhead.positionMicros() : 0, true);
    },
    pause() {
      if (state.kind === 'seeking') enter({ ...state, thenPlays: false });
      else if (state.kind === 'playing') enter({ kind: 'paused' });
    },
    setSpeed(speed) {
      playhead.setSpeed(speed);
      wake?.();
    },
    setIdleSeconds(seconds) {
      playhead.setIdleSeconds(seconds);
      wake?.();
    },
    setDuration(micros) {
      durationMicros = micros;
    },
    seek: (toMicros) => seek(toMicros, isPlayingOrWill()),
    stop() {
      endRun();
      seekDone?.();
    },
  };
}

/** Timers count in 31 bits of milliseconds; a recording may be silent for longer. */
const LONGEST_SLEEP_MS = 60 * 60 * 1_000;
