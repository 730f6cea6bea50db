/** Asks before a recording is deleted. */
import type { JSX } from 'preact';
import type { RecordingInfo } from '../../preload/contract.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { formatDuration, formatTime } from '../ui/format.ts';
import { nameOf } from './recording-words.ts';

interface RemoveDialogProps {
  readonly recording: RecordingInfo;
  readonly nowMs: number;
  readonly onAnswer: (isWanted: boolean) => void;
}

export function RemoveDialog({ recording, nowMs, onAnswer }: RemoveDialogProps): JSX.Element {
  return (
    <Dialog
      title="Delete this recording?"
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
      <p class="dialog-text">
        {nameOf(recording)}, {formatTime(recording.startedAtMs, nowMs)},{' '}
        {formatDuration(recording.durationMicros / 1_000)}. It is deleted from this machine for good.
      </p>
    </Dialog>
  );
}
