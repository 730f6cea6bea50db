/** Plays a recording in the terminal that a command was started in, and obeys its keys. */
import type { Clock } from '../base/clock.ts';
import type { CastItem } from '../recording/cast/cast-reader.ts';
import { createPlayHead } from './play-head.ts';
import type { PlayCommand } from './play-keys.ts';

export interface TerminalPlayer {
  command(command: PlayCommand): void;
  /** Resolves at the recording's end, or when it is ended by a key. Rejects as reading does, and with the signal's reason. */
  run(options: { readonly signal: AbortSignal }): Promise<void>;
}

export interface TerminalPlayerNeeds {
  readonly clock: Pick<Clock, 'nowMicros' | 'sleep'>;
  readonly write: (text: string) => Promise<void>;
  /** From the last keyframe up to there, or the start. */
  readonly open: (fromMicros: number) => Promise<PlaySource>;
  /** As far as they are known; the recording is read for more. */
  readonly markers: () => Promise<KnownMarkers>;
}

export interface PlaySource {
  /** What brings an empty terminal to where it begins; absent at the recording's start. */
  readonly state?: string;
  readonly timeMicros: number;
  read(signal: AbortSignal): AsyncIterable<CastItem>;
}

export interface KnownMarkers {
  readonly markers: readonly { readonly timeMicros: number }[];
  readonly isComplete: boolean;
}

export interface TerminalPlayerOptions {
  readonly speed: number;
  readonly idleLimitMicros: number;
  readonly fromMicros: number;
}

/** Everything that is on the screen goes: a keyframe is for an empty one. */
const CLEAR_TERMINAL = '\u001bc';
const STEP_MICROS = 5_000_000;
/** It goes on while one presses: for so long after a marker, back still means the one before it. */
const BEHIND_MICROS = 1_000_000;
const LEAST_SPEED = 1 / 16;
const MOST_SPEED = 64;
/** Timers count in 31 bits of milliseconds; a recording may be silent for longer. */
const LONGEST_SLEEP_MS = 60 * 60 * 1_000;

export function createTerminalPlayer(
  needs: TerminalPlayerNeeds,
  { speed, idleLimitMicros, fromMicros }: TerminalPlayerOptions,
): TerminalPlayer {
  const { clock } = needs;
  const head = createPlayHead({ nowMicros: clock.nowMicros, speed, idleLimitMicros });
  const ended = new AbortController();
  let wake = new AbortController();
  /** Up to there it is shown without its timing. */
  let seekMicros = fromMicros;
  let seeksMarker = false;
  let isStepping = false;
  /** Reading goes on from here. */
  let next: PlaySource | undefined;
  /** Of the last event that was shown. */
  let shownMicros = 0;

  function stir(): void {
    const before = wake;
    wake = new AbortController();
    before.abort();
  }

  /** Where it lies ahead, what is being read is shown up to there, or from a keyframe that is nearer. */
  async function seek(toMicros: number): Promise<void> {
    const target = Math.max(0, toMicros);
    seekMicros = target;
    seeksMarker = false;
    isStepping = false;
    head.moveTo(target);
    const source = await needs.open(target);
    if (seekMicros !== target) return;
    if (target < shownMicros || source.timeMicros > shownMicros) next = source;
    stir();
  }

  async function seekMarker(direction: 1 | -1): Promise<void> {
    const { markers, isComplete } = await needs.markers();
    const now = head.positionMicros();
    const found =
      direction === 1
        ? markers.find(({ timeMicros }) => timeMicros > now)
        : markers.findLast(({ timeMicros }) => timeMicros < now - BEHIND_MICROS);
    if (found) await seek(found.timeMicros);
    else if (direction === 1 && !isComplete) seeksMarker = true;
    stir();
  }

  /** What cannot be read is told by the reading that is under way. */
  function attempt(work: Promise<void>): void {
    work.catch(() => {});
  }

  const commands: Readonly<Record<PlayCommand, () => void>> = {
    toggle: () => (head.isPaused ? head.resume() : head.pause()),
    step() {
      head.pause();
      isStepping = true;
    },
    back: () => attempt(seek(head.positionMicros() - STEP_MICROS)),
    forward: () => attempt(seek(head.positionMicros() + STEP_MICROS)),
    faster: () => head.setSpeed(Math.min(MOST_SPEED, head.speed * 2)),
    slower: () => head.setSpeed(Math.max(LEAST_SPEED, head.speed / 2)),
    'marker.next': () => attempt(seekMarker(1)),
    'marker.previous': () => attempt(seekMarker(-1)),
    end: () => ended.abort(),
  };

  /** Resolves when it is this event's time, or when reading is to begin anew. */
  async function due(timeMicros: number, signal: AbortSignal): Promise<void> {
    while (!ended.signal.aborted && !next) {
      signal.throwIfAborted();
      if (seeksMarker || timeMicros <= seekMicros || timeMicros <= shownMicros) return;
      if (isStepping) {
        isStepping = false;
        head.moveTo(timeMicros);
        return;
      }
      const waitMs = head.waitMs(timeMicros);
      if (waitMs !== undefined && waitMs <= 0) {
        head.moveTo(timeMicros);
        return;
      }
      await sleep(Math.min(waitMs ?? LONGEST_SLEEP_MS, LONGEST_SLEEP_MS), signal);
    }
  }

  async function sleep(ms: number, signal: AbortSignal): Promise<void> {
    const woken = AbortSignal.any([signal, wake.signal, ended.signal]);
    await clock.sleep(ms, { signal: woken }).catch((error: unknown) => {
      if (!woken.aborted) throw error;
    });
    signal.throwIfAborted();
  }

  /** True: all of it was shown. */
  async function show(source: PlaySource, signal: AbortSignal): Promise<boolean> {
    for await (const item of source.read(signal)) {
      if (item.kind !== 'event') continue;
      const { event } = item;
      const timeMicros = Math.max(shownMicros, event.timeMicros);
      if (event.kind !== 'output' && event.kind !== 'marker') continue;
      if (event.kind === 'output') await due(timeMicros, signal);
      if (ended.signal.aborted) return true;
      if (next) return false;
      if (event.kind === 'marker' && seeksMarker) {
        seeksMarker = false;
        head.moveTo(timeMicros);
      }
      if (event.kind === 'output') await needs.write(event.text);
      shownMicros = timeMicros;
    }
    return true;
  }

  return {
    command(command) {
      commands[command]();
      stir();
    },
    async run({ signal }) {
      let source = await needs.open(fromMicros);
      if (source.state !== undefined) await needs.write(CLEAR_TERMINAL + source.state);
      head.moveTo(fromMicros);
      shownMicros = source.timeMicros;
      while (!(await show(source, signal)) && next) {
        source = next;
        next = undefined;
        await needs.write(CLEAR_TERMINAL + (source.state ?? ''));
        shownMicros = source.timeMicros;
      }
    },
  };
}
