/** Which recordings are listed, and in which order. */
import type { RecordingInfo } from '../../preload/contract.ts';
import { describeLock, describeOutcome } from './recording-words.ts';

/** Newest first; those that contain every word of the filter somewhere in what is known of them. */
export function listRecordings(recordings: Iterable<RecordingInfo>, filter: string): RecordingInfo[] {
  const words = wordsOf(filter);
  return [...recordings]
    .filter((recording) => {
      if (words.length === 0) return true;
      const text = textOf(recording);
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => b.startedAtMs - a.startedAtMs || a.recordingId.localeCompare(b.recordingId));
}

export function wordsOf(filter: string): string[] {
  return filter.toLowerCase().split(/\s+/).filter(Boolean);
}

function textOf(recording: RecordingInfo): string {
  const { context, namespace, pod, container, command, note } = recording;
  const { cluster, image, imageId, node, reason, user, podUid } = recording;
  const outcome = describeOutcome(recording).word;
  const lock = describeLock(recording)?.word;
  const place = [context, cluster?.name, cluster?.server, namespace, `${pod}/${container}`, podUid, node];
  const facts = [command.join(' '), image, imageId, user, reason];
  return [...place, ...facts, outcome, lock, note].join('\n').toLowerCase();
}
