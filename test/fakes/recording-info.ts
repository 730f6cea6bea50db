import type { AnnotationChange, RecordingInfo } from '../../preload/contract.ts';

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

/** The row as it is once that was said. */
export function annotated(
  { tags = [], comment, isPinned, ...recording }: RecordingInfo,
  change: AnnotationChange,
): RecordingInfo {
  const kept = tags.filter((tag) => !change.removeTags?.includes(tag));
  const words = change.comment ?? comment ?? '';
  const next = [...new Set([...kept, ...(change.addTags ?? [])])];
  return {
    ...recording,
    ...(next.length > 0 && { tags: next }),
    ...(words !== '' && { comment: words }),
    ...((change.isPinned ?? isPinned) && { isPinned: true }),
  };
}
