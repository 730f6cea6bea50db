/**
 * Plays a recording on a screen: its records in their order, at their times. It reads ahead by one record
 * and the stream's window, so a recording of any length costs no memory; going elsewhere means reading anew from the
 * last keyframe before.
 */
import type { TerminalSize } from '../../preload/contract.ts';
import type { TerminalRecord } from '../../preload/terminal-records.ts';
import type { Screen } from '../terminal/paced-screen.ts';
import { readRecords } from '../terminal/record-reader.ts';
import { showRecord } from '../terminal/session-feed.ts';
import type { Timers } from '../timers.ts';
import type { Marker } from './markers.ts';
import { isMoving, type PlayerState } from './player-state.ts';
import { createPlayhead, type Playhead } from './playhead.ts';

interface PlayerSource {
  readonly input: AsyncIterable<Uint8Array>;
  /** Lets the stream go; a reader that waits for more gets its end. */
  end(): void;
}

export interface PlayerNeeds {
  readonly screen: Screen;
  readonly timers: Timers;
  /** Opens the recording at the last keyframe up to there; at its start where there is none. */
  open(fromMicros: number): PlayerSource;
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
  /**
   * Moments at which the recording can be opened, in order, and up to when they are known: more become known while it
   * plays.
   */
  setKeyframes(micros: readonly number[], knownMicros: number): void;
  /** Shows the next record, or the screen as it was before the last one; pauses. */
  step(direction: 1 | -1): void;
  /** Resolves when the screen shows that moment, or when a later seek has taken its place. */
  seek(toMicros: number): Promise<void>;
  stop(): void;
}

/** So much is read on through, whatever the recording is. */
const FAR_MICROS = 60 * 1_000_000;

/** One reading of the recording from its start. */
interface Run {
  source?: PlayerSource;
  readonly fromMicros: number;
  /** What there was to read when it began: a live recording has more by now. */
  readonly durationMicros: number;
  isAtEnd: boolean;
  /** Nothing more of a live recording has been written yet. */
  isAtLiveEdge: boolean;
  isGlimpse: boolean;
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
  let keyframes: readonly number[] = [];
  let knownMicros = 0;
  let isStepping = false;

  function enter(next: PlayerState): void {
    state = next;
    if (next.kind === 'playing' || next.kind === 'following') playhead.start();
    else playhead.halt();
    if (next.kind !== 'seeking') {
      seekDone?.();
      seekDone = undefined;
    }
    wake?.();
    needs.onChanged(next);
  }

  function startRun(fromMicros: number): void {
    endRun();
    const next: Run = { fromMicros, durationMicros, isAtEnd: false, isAtLiveEdge: false, isGlimpse: false };
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
      own.source = needs.open(own.fromMicros);
      for await (const record of readRecords(own.source.input)) {
        own.isAtLiveEdge = record.kind === 'caught-up';
        if (own.isAtLiveEdge) {
          await reachLiveEdge(own);
          continue;
        }
        if (record.kind === 'glimpse') {
          await showGlimpse(own);
          continue;
        }
        if (own.isGlimpse) await leaveGlimpse(own);
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

  async function showGlimpse(own: Run): Promise<void> {
    await screen.settle();
    own.isGlimpse = true;
    if (own === run && state.kind === 'seeking') enter({ ...state, isGlimpse: true });
  }

  async function leaveGlimpse(own: Run): Promise<void> {
    own.isGlimpse = false;
    await screen.reset();
    await screen.resize(options.size);
    playhead.rewind();
    if (own !== run || state.kind !== 'seeking') return;
    const { toMicros, thenPlays } = state;
    enter({ kind: 'seeking', toMicros, thenPlays });
  }

  async function reachLiveEdge(own: Run): Promise<void> {
    await screen.settle();
    if (own !== run) return;
    if (state.kind === 'seeking') {
      playhead.move(Math.max(playhead.passedMicros(), Math.min(playhead.positionMicros(), durationMicros)));
      enter({ kind: state.thenPlays ? 'following' : 'paused' });
    } else if (state.kind === 'playing') enter({ kind: 'following' });
  }

  /** Resolves when it is this record's time, or when the run is over. */
  async function due(own: Run, record: TerminalRecord): Promise<void> {
    playhead.next(record.timeMicros);
    // It has waited for its writer long enough.
    if (state.kind === 'following') playhead.move(record.timeMicros);
    while (own === run && record.timeMicros > playhead.positionMicros()) {
      if (state.kind === 'seeking') {
        await screen.settle();
        if (own === run && state.kind === 'seeking' && record.timeMicros > playhead.positionMicros()) {
          enter({ kind: state.thenPlays ? 'playing' : 'paused' });
        }
      } else if (isStepping) {
        isStepping = false;
        playhead.move(record.timeMicros);
        needs.onChanged(state);
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
    isStepping = false;
    const passed = playhead.passedMicros();
    const isBehind = target < passed;
    const isShortened =
      keyframes.some((micros) => micros > passed && micros <= target) ||
      // Its end is nearer by what the core knows than by reading all up to there.
      (target > knownMicros && target - passed > FAR_MICROS);
    if (run?.isAtEnd && !isBehind && durationMicros === run.durationMicros) {
      enter({ kind: 'ended' });
    } else if (run?.isAtLiveEdge && !isBehind) {
      enter({ kind: thenPlays ? 'following' : 'paused' });
    } else {
      enter({ kind: 'seeking', toMicros: target, thenPlays });
      if (!run || run.isAtEnd || isBehind || isShortened) startRun(target);
    }
    return done;
  }

  return {
    get state() {
      return state;
    },
    positionMicros: () => playhead.positionMicros(),
    play() {
      if (isMoving(state)) return;
      if (state.kind === 'seeking') enter({ ...state, thenPlays: true });
      else if (state.kind === 'paused' && run) enter({ kind: run.isAtLiveEdge ? 'following' : 'playing' });
      // The seek's end is announced by `onChanged`.
      else void seek(state.kind === 'failed' ? playhead.positionMicros() : 0, true);
    },
    pause() {
      if (state.kind === 'seeking') enter({ ...state, thenPlays: false });
      else if (isMoving(state)) enter({ kind: 'paused' });
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
    setKeyframes(micros, known) {
      keyframes = micros;
      knownMicros = known;
    },
    step(direction) {
      if (state.kind === 'failed') return;
      if (isMoving(state) && state.kind !== 'seeking') enter({ kind: 'paused' });
      if (direction === -1) {
        // The seek's end is announced by `onChanged`.
        void seek(playhead.passedMicros() - 1, false);
      } else if (run && (state.kind === 'paused' || state.kind === 'seeking')) {
        isStepping = true;
        if (state.kind === 'seeking') enter({ ...state, thenPlays: false });
        wake?.();
      }
    },
    seek: (toMicros) => seek(toMicros, isMoving(state)),
    stop() {
      endRun();
      seekDone?.();
    },
  };
}

/** Timers count in 31 bits of milliseconds; a recording may be silent for longer. */
const LONGEST_SLEEP_MS = 60 * 60 * 1_000;
