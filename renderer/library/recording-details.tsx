/** Under the list: what is known of the active recording, and what can be done with it. Its height is fixed. */
import type { JSX } from 'preact';
import type { RecordingInfo, RecordingVerification } from '../../preload/contract.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/messages.tsx';
import {
  allFactsOf,
  commandOf,
  describeLock,
  describeOutcome,
  factsOf,
  formatMoment,
  nameOf,
  originOf,
} from './recording-words.ts';
import { useVerification, VerificationLine } from './verification.tsx';

export interface RecordingDetailsProps {
  readonly recording: RecordingInfo;
  readonly onReplay: () => void;
  readonly verify: (recordingId: string) => Promise<RecordingVerification>;
  readonly onExport: () => void;
  readonly onRemove: () => void;
  /** Leads to where the key of an encrypted recording is added. */
  readonly onAddKey: () => void;
}

function Command({ recording }: { readonly recording: RecordingInfo }): JSX.Element {
  const command = commandOf(recording);
  if (command === undefined) return <>What ran is encrypted with it</>;
  return command === '' ? <>The default shell</> : <span class="mono">{command}</span>;
}

export function RecordingDetails({
  recording,
  onReplay,
  verify,
  onExport,
  onRemove,
  onAddKey,
}: RecordingDetailsProps): JSX.Element {
  const verification = useVerification(recording.recordingId, verify);
  const outcome = describeOutcome(recording);
  const lock = describeLock(recording);
  const line = (recording.isLocked ? lock?.line : undefined) ?? outcome.line ?? originOf(recording);
  const facts = factsOf(recording);
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
          {line ?? <Command recording={recording} />}
        </p>
        {verification.state.kind === 'none' ? (
          <p class={`ellipsis secondary ${facts === '' ? 'mono' : ''}`} title={allFactsOf(recording)}>
            {facts === '' ? recording.path : facts}
          </p>
        ) : (
          <p class="ellipsis secondary" role="status">
            <VerificationLine state={verification.state} />
          </p>
        )}
      </div>
      <div class="recording-actions">
        {recording.isLocked && (
          <Button kind="primary" icon="lock" onPress={onAddKey}>
            Add its key
          </Button>
        )}
        {recording.state !== 'unreadable' && !recording.isLocked && (
          <Button kind="primary" icon="play" onPress={onReplay}>
            Replay
          </Button>
        )}
        {recording.state !== 'unreadable' && !recording.isLocked && (
          <span class="export-action">
            <Button title="Hand it on as a cast, text, page or image" onPress={onExport}>
              Export…
            </Button>
          </span>
        )}
        <Button
          icon="check"
          isDisabled={recording.state === 'live' || verification.state.kind === 'running'}
          title="Compare it with its seal: is it what was recorded?"
          onPress={verification.start}
        >
          Verify
        </Button>
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
