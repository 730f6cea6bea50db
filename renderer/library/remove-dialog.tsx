/** Asks before a recording is deleted. */
import type { JSX } from 'preact';
import type { RecordingInfo } from '../../preload/contract.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { formatBytes, formatCount, formatDuration, formatTime } from '../ui/format.ts';
import { nameOf } from './recording-words.ts';

interface RemoveDialogProps {
  /** At least one, none of them live. */
  readonly recordings: readonly RecordingInfo[];
  /** Of what was asked for, how many are still being recorded, and stay. */
  readonly liveCount?: number;
  readonly nowMs: number;
  readonly onAnswer: (isWanted: boolean) => void;
}

export function RemoveDialog({ recordings, liveCount = 0, nowMs, onAnswer }: RemoveDialogProps): JSX.Element {
  const [only] = recordings.length === 1 ? recordings : [];
  const kept = describeKept(recordings);
  return (
    <Dialog
      title={only ? 'Delete this recording?' : `Delete ${formatCount(recordings.length, 'recording')}?`}
      onClose={() => onAnswer(false)}
      actions={
        <>
          <Button onPress={() => onAnswer(false)}>Keep</Button>
          <Button kind="danger" isFocusedFirst onPress={() => onAnswer(true)}>
            Delete
          </Button>
        </>
      }
    >
      {only ? (
        <p class="dialog-text">
          {nameOf(only)}, {formatTime(only.startedAtMs, nowMs)}, {formatDuration(only.durationMicros / 1_000)}
          . It is deleted from this machine for good.
        </p>
      ) : (
        <p class="dialog-text">
          {formatBytes(recordings.reduce((sum, { bytes }) => sum + bytes, 0))} are deleted from this machine
          for good.
        </p>
      )}
      <p class="dialog-text">
        Markers, tags and comment, and what was made for search and replay, go with it.
      </p>
      {liveCount > 0 && (
        <p class="dialog-text">{formatCount(liveCount, 'recording')} still being made will stay.</p>
      )}
      {kept !== '' && <p class="tone-owed">{kept}</p>}
    </Dialog>
  );
}

/** What somebody wanted to keep, or waits for. */
function describeKept(recordings: readonly RecordingInfo[]): string {
  const pinned = recordings.filter(({ isPinned }) => isPinned).length;
  const owed = recordings.filter(({ isOwed }) => isOwed).length;
  const it = recordings.length === 1;
  return [
    ...(pinned === 0
      ? []
      : [it ? 'It is pinned.' : `${pinned} of them ${pinned === 1 ? 'is' : 'are'} pinned.`]),
    ...(owed === 0
      ? []
      : [`${it ? 'It was' : `${owed} of them ${owed === 1 ? 'was' : 'were'}`} not delivered yet.`]),
  ].join(' ');
}
