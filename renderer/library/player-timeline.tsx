/** Behind a player's slider: how much was put out when, where the size changed, and where the recording is damaged. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { RecordingTimeline } from '../../preload/contract.ts';
import { activityHeights } from './replay-timeline.ts';

export interface PlayerTimelineProps {
  readonly timeline: RecordingTimeline;
  readonly durationMicros: number;
}

/** Units of the drawing, which is stretched to its place. */
const WIDTH = 1_000;
const HEIGHT = 100;
/** What is damaged may have taken no time, and is seen all the same. */
const LEAST_WIDTH = 6;

export function PlayerTimeline({ timeline, durationMicros }: PlayerTimelineProps): JSX.Element {
  const { activity, bucketMicros, resizes, damages } = timeline;
  const scale = WIDTH / Math.max(1, durationMicros);
  const path = useMemo(() => drawActivity(activity, bucketMicros * scale), [activity, bucketMicros, scale]);
  return (
    <div class="player-timeline">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path class="player-activity" d={path} />
        {resizes.map(({ timeMicros }) => (
          <path key={timeMicros} class="player-resize" d={`M${round(timeMicros * scale)} 0V${HEIGHT}`} />
        ))}
        {damages.map(({ fromMicros, toMicros }) => (
          <rect
            key={fromMicros}
            class="player-damage"
            x={round(Math.min(fromMicros * scale, WIDTH - LEAST_WIDTH))}
            width={round(Math.max(LEAST_WIDTH, (toMicros - fromMicros) * scale))}
            height={HEIGHT}
          />
        ))}
      </svg>
      {damages.length > 0 && (
        <span class="only-heard">
          {damages.length === 1 ? 'A part' : `${damages.length} parts`} of this recording cannot be read.
        </span>
      )}
      {!timeline.isComplete && (
        <span
          class="player-unsurveyed"
          style={{ '--from': Math.min(1, timeline.lastMicros / Math.max(1, durationMicros)) }}
          title="Being read: seeking there takes longer until it is"
        />
      )}
    </div>
  );
}

/** Stretches in which nothing was put out stay at the bottom. */
function drawActivity(activity: readonly number[], width: number): string {
  const steps = activityHeights(activity).map((height, index) => {
    const top = round(HEIGHT - height * HEIGHT);
    return `L${round(index * width)} ${top}L${round((index + 1) * width)} ${top}`;
  });
  return `M0 ${HEIGHT}${steps.join('')}L${round(activity.length * width)} ${HEIGHT}Z`;
}

function round(units: number): number {
  return Math.round(units * 10) / 10;
}
