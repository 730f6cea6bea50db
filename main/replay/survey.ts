/** Reads a cast once for what a player needs to go anywhere in it at once: its timeline and its keyframes. */
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { CastEvent } from '../recording/cast/cast.ts';
import type { CastItem } from '../recording/cast/cast-reader.ts';
import { createReplayTerminal, type ReplayTerminal } from './replay-terminal.ts';
import { createSkimmedOutput } from './skimmed-output.ts';
import { createTimelineBuilder, type Timeline } from './timeline.ts';

/** A moment from which a replay can begin. */
export interface Keyframe {
  /** Time of the last event that is in it. */
  readonly timeMicros: number;
  /** Where the cast goes on, in bytes of its lines. */
  readonly offset: number;
  readonly size: TerminalSize;
  /** What brings an empty terminal of that size to this moment, deflated. */
  readonly state: Uint8Array;
}

export interface SurveyProgress {
  /** Since the last progress. */
  readonly keyframes: readonly Keyframe[];
  readonly timeline: Timeline;
}

export interface SurveyNeeds {
  /** The cast from the start of a line on, up to its end as it is now. */
  read(fromOffset: number): AsyncIterable<CastItem>;
  /** Of monotonic time, in milliseconds. */
  nowMs(): number;
}

export interface SurveyStart {
  readonly size: TerminalSize;
  /** Of an earlier survey of the same cast, which this one goes on with. */
  readonly timeline?: Timeline | undefined;
  readonly keyframe?: Keyframe | undefined;
  /** Bytes of the cast between two keyframes. */
  readonly spacingBytes: number;
}

/** How often is told how far it is. */
const PROGRESS_MS = 500;

/** The last progress is told when this ends. Throws as reading does. */
export async function* surveyCast(
  needs: SurveyNeeds,
  { size, timeline, keyframe, spacingBytes }: SurveyStart,
): AsyncGenerator<SurveyProgress> {
  const builder = createTimelineBuilder(timeline);
  const terminal = createReplayTerminal(size);
  const output = createSkimmedOutput(terminal);
  let keyframes: Keyframe[] = [];
  let { offset: lastOffset, timeMicros } = keyframe ?? { offset: 0, timeMicros: 0 };
  let currentSize = keyframe?.size ?? size;
  let toldMs = needs.nowMs();
  try {
    if (keyframe) await terminal.restore(await unpackState(keyframe), keyframe.size);
    for await (const item of needs.read(lastOffset)) {
      builder.push(item);
      if (item.kind !== 'event') continue;
      if (item.offset - lastOffset >= spacingBytes) {
        await output.catchUp();
        const state = await takeState(terminal, item.event);
        if (state) {
          keyframes.push({ timeMicros, offset: item.offset, size: currentSize, state });
          lastOffset = item.offset;
        }
      }
      await output.show(item.event);
      timeMicros = Math.max(timeMicros, item.event.timeMicros);
      if (item.event.kind === 'resize') currentSize = item.event.size;
      if (needs.nowMs() - toldMs >= PROGRESS_MS) {
        yield { keyframes, timeline: builder.timeline() };
        keyframes = [];
        toldMs = needs.nowMs();
      }
    }
    yield { keyframes, timeline: builder.timeline() };
  } finally {
    terminal.dispose();
  }
}

async function takeState(terminal: ReplayTerminal, next: CastEvent): Promise<Uint8Array | undefined> {
  const snapshot = await terminal.snapshot(next);
  // What zlib returns may be the start of a longer buffer, all of which would be kept and sent.
  return snapshot === undefined ? undefined : new Uint8Array(await deflate(snapshot, { level: 1 }));
}

/** Throws where these are no bytes of ours. */
export async function unpackState({ state }: Pick<Keyframe, 'state'>): Promise<string> {
  return (await inflate(state, { maxOutputLength: MAX_STATE_BYTES })).toString('utf8');
}

/** Over a hundred bytes for each cell of the largest screen and its scrollback. */
const MAX_STATE_BYTES = 64 * 1024 * 1024;

const deflate = promisify(deflateRaw) as (text: string, options: { level: number }) => Promise<Buffer>;
const inflate = promisify(inflateRaw) as (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
) => Promise<Buffer>;
