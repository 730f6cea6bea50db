/** Asks before a delivery is given up: what is dropped was never delivered. */
import type { JSX } from 'preact';
import type { RecordingInfo } from '../../preload/contract.ts';
import { nameOf } from '../library/recording-words.ts';
import type { OwedRecording } from '../store-uploads.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { describeRecorders } from './upload-words.ts';

interface DropDialogProps {
  readonly one: OwedRecording;
  readonly recording: RecordingInfo | undefined;
  readonly onAnswer: (isWanted: boolean) => void;
}

export function DropDialog({ one, recording, onAnswer }: DropDialogProps): JSX.Element {
  const recorders = describeRecorders(one);
  const arrived = one.kind === 'job' ? one.job.mayHaveArrivedAt : [];
  return (
    <Dialog
      title="Give this delivery up?"
      onClose={() => onAnswer(false)}
      actions={
        <>
          <Button isFocusedFirst onPress={() => onAnswer(false)}>
            Keep it owed
          </Button>
          <Button kind="danger" onPress={() => onAnswer(true)}>
            Drop
          </Button>
        </>
      }
    >
      <p class="dialog-text">
        <strong>{recording ? nameOf(recording) : one.recordingId}</strong> was never delivered: no recorder
        has confirmed it{recorders !== '' && ` (tried: ${recorders})`}. Once dropped it is not tried again,
        and is owed no longer.
      </p>
      {arrived.length > 0 && (
        <p class="dialog-text">All or some of it may have arrived at {arrived.join(' and ')} unconfirmed.</p>
      )}
      <p class="dialog-text">The recording itself stays in the library.</p>
    </Dialog>
  );
}
