/** Under the list: what is known of the active recording, and what can be done with it. Its height is fixed. */
import type { JSX } from 'preact';
import type { RecordingInfo } from '../../preload/contract.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/messages.tsx';
import { describeOutcome, formatMoment, nameOf } from './recording-words.ts';

export interface RecordingDetailsProps {
  readonly recording: RecordingInfo;
  readonly onReplay: () => void;
  readonly onRemove: () => void;
}

export function RecordingDetails({ recording, onReplay, onRemove }: RecordingDetailsProps): JSX.Element {
  const outcome = describeOutcome(recording);
  const command = recording.command.join(' ');
  return (
    <section class="recording-details" aria-label="Recording">
      <div class="recording-facts">
        <p class="ellipsis">
          <strong>{nameOf(recording)}</strong>
          <span class="numbers">
            , {formatMoment(recording.startedAtMs)}, {recording.size.cols}×{recording.size.rows}
          </span>
        </p>
        <p class={`ellipsis tone-${outcome.tone === 'lost' ? 'lost' : 'none'}`}>
          {outcome.line ?? (command === '' ? 'The default shell' : <span class="mono">{command}</span>)}
        </p>
        <p class="ellipsis secondary mono" title={recording.path}>
          {recording.path}
        </p>
      </div>
      <div class="recording-actions">
        {recording.state !== 'unreadable' && (
          <Button kind="primary" icon="play" onPress={onReplay}>
            Replay
          </Button>
        )}
        <CopyButton text={recording.path} label="Copy path" />
        <Button
          icon="trash"
          isDisabled={recording.state === 'live'}
          {...(recording.state === 'live' ? { title: 'It is still being recorded' } : {})}
          onPress={onRemove}
        >
          Delete
        </Button>
      </div>
    </section>
  );
}
