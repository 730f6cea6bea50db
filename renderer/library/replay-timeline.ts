/** What is known of when things happened in a recording: asked for once, then followed. */
import type { RecordingTimeline } from '../../preload/contract.ts';
import type { PaneClient } from '../core-client.ts';

/**
 * Tells what is known, at once and as it grows, until the signal aborts. Without an answer there is no timeline: why
 * the recording cannot be read, its player says.
 */
export function followTimeline(
  client: Pick<PaneClient, 'call' | 'on'>,
  recordingId: string,
  onTimeline: (timeline: RecordingTimeline) => void,
  { signal }: { readonly signal: AbortSignal },
): void {
  const unlisten = client.on('library.timeline', (timeline) => {
    if (timeline.recordingId === recordingId && !signal.aborted) onTimeline(timeline);
  });
  signal.addEventListener('abort', unlisten, { once: true });
  client.call('library.timeline', { recordingId }).then(
    (timeline) => {
      if (!signal.aborted) onTimeline(timeline);
    },
    () => {},
  );
}

/** How long a replay takes at normal speed where pauses are cut to so many seconds; 0 cuts none. */
export function shownMicros(
  durationMicros: number,
  silences: RecordingTimeline['silences'],
  idleSeconds: number,
): number {
  if (idleSeconds === 0) return durationMicros;
  const cut = silences.map(({ fromMicros, toMicros }) =>
    Math.max(0, toMicros - fromMicros - idleSeconds * 1e6),
  );
  return durationMicros - cut.reduce((sum, micros) => sum + micros, 0);
}

/** A height from 0 to 1 for each stretch: a tenth of the output is seen as half, so that typing stands out too. */
export function activityHeights(activity: readonly number[]): readonly number[] {
  const most = Math.max(0, ...activity);
  return activity.map((count) => (most === 0 ? 0 : Math.log1p(count) / Math.log1p(most)));
}
