import type { RecordingTimeline } from '../../preload/contract.ts';
import type { TerminalRecord } from '../../preload/terminal-records.ts';

/** A timeline as the core would make it of these records, but for silences, which are of a second and more. */
export function timelineOf(
  recordingId: string,
  records: readonly TerminalRecord[],
  changes: Partial<RecordingTimeline> = {},
): RecordingTimeline {
  const lastMicros = records.at(-1)?.timeMicros ?? 0;
  const bucketMicros = Math.max(50_000, lastMicros / 256);
  const activity: number[] = [];
  for (const record of records) {
    const bucket = Math.floor(record.timeMicros / bucketMicros);
    while (activity.length <= bucket) activity.push(0);
    if (record.kind === 'output') activity[bucket] = (activity[bucket] ?? 0) + record.bytes.length;
  }
  return {
    recordingId,
    lastMicros,
    isComplete: true,
    bucketMicros,
    activity,
    markers: records.flatMap((record) =>
      record.kind === 'marker' ? [{ timeMicros: record.timeMicros, label: record.label }] : [],
    ),
    resizes: records.flatMap((record) =>
      record.kind === 'resize' ? [{ timeMicros: record.timeMicros, size: record.size }] : [],
    ),
    silences: records.flatMap(({ timeMicros: toMicros }, index) => {
      const fromMicros = records[index - 1]?.timeMicros ?? 0;
      return toMicros - fromMicros >= 1e6 ? [{ fromMicros, toMicros }] : [];
    }),
    damages: [],
    keyframesMicros: [],
    ...changes,
  };
}
