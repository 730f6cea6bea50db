/** Finds the moment of a recording at which most was put out, and shows it: what its thumbnail is made of. */
import type { ThumbnailScreen } from '../../preload/contract-replay.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { CastItem } from '../recording/cast/cast-reader.ts';
import { createReplayTerminal, type ReplayTerminal } from './replay-terminal.ts';
import { type Keyframe, unpackState } from './survey.ts';
import { countShown, drawThumbnail } from './thumbnail.ts';
import { createTimelineBuilder, type Span, type Timeline } from './timeline.ts';

export interface MomentNeeds {
  /** The cast from the start of a line on, up to its end as it is now. */
  read(fromOffset: number): AsyncIterable<CastItem>;
}

/** Where the busiest stretch is, and where to begin to show it. */
export interface BusyStretch extends Span {
  readonly start: Pick<Keyframe, 'offset' | 'size'> & { readonly state?: Uint8Array };
}

/** Of the cast, between two places at which showing it can begin. */
const PLACE_STEP_BYTES = 64 * 1024;
/**
 * So much before the stretch is shown where no keyframe is known: what a program draws, it has drawn anew by then. A
 * picture of that need not be exact, and reading hundreds of megabytes into a terminal takes minutes.
 */
const RUN_UP_BYTES = 512 * 1024;
/** Of the stretch itself. */
const MAX_SHOWN_BYTES = 2 * 1024 * 1024;
/** Screens of the stretch that are looked at: each of the first ones, then after so many bytes. */
const EACH_OF_FIRST = 32;
const LOOK_STEP_BYTES = 16 * 1024;

/** The fullest of the stretch's screens: its end may be the blank one that a program leaves. Undefined: all are blank. */
export async function drawBusiestMoment(
  needs: MomentNeeds,
  known: BusyStretch | undefined,
): Promise<ThumbnailScreen | undefined> {
  const stretch = known ?? (await findBusiest(needs));
  if (!stretch) return undefined;
  const { fromMicros, toMicros, start } = stretch;
  const terminal = createReplayTerminal(start.size);
  try {
    if (start.state) await terminal.restore(await unpackState({ state: start.state }), start.size);
    const best = createBest(terminal);
    let lookedAt: number | undefined;
    let firstOffset: number | undefined;
    let count = 0;
    let timeMicros = 0;
    for await (const item of needs.read(start.offset)) {
      if (item.kind !== 'event') continue;
      timeMicros = Math.max(timeMicros, item.event.timeMicros);
      if (timeMicros >= toMicros) break;
      await terminal.show(item.event);
      if (timeMicros < fromMicros || item.event.kind !== 'output') continue;
      firstOffset ??= item.offset;
      count += 1;
      if (count > EACH_OF_FIRST && item.nextOffset - (lookedAt ?? 0) < LOOK_STEP_BYTES) continue;
      lookedAt = item.nextOffset;
      await best.look(timeMicros);
      if (item.nextOffset - firstOffset > MAX_SHOWN_BYTES) break;
    }
    return best.screen();
  } finally {
    terminal.dispose();
  }
}

interface Best {
  look(timeMicros: number): Promise<void>;
  screen(): ThumbnailScreen | undefined;
}

function createBest(terminal: ReplayTerminal): Best {
  let most = 0;
  let screen: ThumbnailScreen | undefined;
  return {
    async look(timeMicros) {
      await terminal.settle();
      const shown = countShown(terminal.terminal);
      if (shown === 0 || shown < most) return;
      most = shown;
      const drawn = drawThumbnail(terminal.terminal);
      screen = drawn && { timeMicros, ...drawn };
    },
    screen: () => screen,
  };
}

/** What a survey knows of it. Nothing where nothing was put out. */
export function busiestOf(
  timeline: Timeline,
  keyframes: readonly Keyframe[],
  size: TerminalSize,
): BusyStretch | undefined {
  const span = busiestSpan(timeline);
  if (!span) return undefined;
  const keyframe = keyframes.findLast(({ timeMicros }) => timeMicros <= span.fromMicros);
  return { ...span, start: keyframe ?? { offset: 0, size } };
}

function busiestSpan({ activity, bucketMicros }: Timeline): Span | undefined {
  const most = Math.max(0, ...activity);
  if (most === 0) return undefined;
  const bucket = activity.indexOf(most);
  return { fromMicros: bucket * bucketMicros, toMicros: (bucket + 1) * bucketMicros };
}

/** Reads all of the cast once, without showing it. */
async function findBusiest({ read }: MomentNeeds): Promise<BusyStretch | undefined> {
  const builder = createTimelineBuilder();
  const places: { readonly offset: number; readonly timeMicros: number; readonly size: TerminalSize }[] = [];
  let size: TerminalSize = { cols: 80, rows: 24 };
  let timeMicros = 0;
  for await (const item of read(0)) {
    builder.push(item);
    if (item.kind === 'header') ({ size } = item.header);
    if (item.kind !== 'event') continue;
    timeMicros = Math.max(timeMicros, item.event.timeMicros);
    if (item.offset - (places.at(-1)?.offset ?? -PLACE_STEP_BYTES) >= PLACE_STEP_BYTES) {
      places.push({ offset: item.offset, timeMicros, size });
    }
    if (item.event.kind === 'resize') ({ size } = item.event);
  }
  const span = busiestSpan(builder.timeline());
  const first = places[0];
  if (!span || !first) return undefined;
  const at = places.findLast((place) => place.timeMicros < span.fromMicros) ?? first;
  const start = places.findLast(({ offset }) => offset <= at.offset - RUN_UP_BYTES) ?? first;
  return { ...span, start };
}
