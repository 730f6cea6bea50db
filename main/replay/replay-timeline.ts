import type { Survey } from './kept-surveys.ts';
import type { Timeline } from './timeline.ts';

export interface ReplayTimeline extends Timeline {
  readonly recordingId: string;
  /** Times from which a replay can begin, in order. */
  readonly keyframesMicros: readonly number[];
  /** All of the cast has been surveyed, as it is now. */
  readonly isComplete: boolean;
}

/** As far as the survey has come. */
export function describeSurvey(
  recordingId: string,
  { keyframes, timeline, isComplete, later }: Survey,
): ReplayTimeline {
  const markers = [...timeline.markers, ...later].sort((a, b) => a.timeMicros - b.timeMicros);
  return {
    ...timeline,
    markers,
    recordingId,
    keyframesMicros: keyframes.map(({ timeMicros }) => timeMicros),
    isComplete,
  };
}
