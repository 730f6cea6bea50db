import type { RecordingInfo } from '../../preload/contract.ts';

/** A recording as the library tells it, closed by the user unless changed. */
export function recording(changes: Partial<RecordingInfo>): RecordingInfo {
  const recordingId = changes.recordingId ?? 'r1';
  return {
    recordingId,
    context: 'prod-eu',
    namespace: 'shop',
    pod: 'web-7f9c',
    container: 'app',
    command: [],
    startedAtMs: Date.UTC(2026, 10, 20, 3, 0, 0),
    durationMicros: 133e6,
    bytes: 48_213,
    size: { cols: 80, rows: 24 },
    state: 'closed',
    path: `/home/ada/.kubereel/recordings/${recordingId}.cast`,
    ...changes,
  };
}
