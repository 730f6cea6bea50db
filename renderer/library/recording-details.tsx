/** Under the list: what is known of the active recording, and what can be done with it. Its height is fixed. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RecordingInfo, RecordingVerification } from '../../preload/contract.ts';
import { problemOf } from '../problem.ts';
import type { Keeping } from '../store-keeping.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { CopyButton, sentence } from '../ui/messages.tsx';
import { DeliveryLine, type LibraryUploads } from './delivery.tsx';
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
import { tagsOf } from './tag-choice.ts';
import { TagsDialog } from './tags-dialog.tsx';
import { useVerification, VerificationLine } from './verification.tsx';

export interface RecordingDetailsProps {
  readonly recording: RecordingInfo;
  readonly uploads: LibraryUploads;
  /** Unix milliseconds. */
  readonly nowMs: number;
  readonly onReplay: () => void;
  readonly verify: (recordingId: string) => Promise<RecordingVerification>;
  readonly onExport: () => void;
  readonly onRemove: () => void;
  /** Of the library: their tags are offered. */
  readonly all: ReadonlyMap<string, RecordingInfo> | undefined;
  readonly annotate: Keeping['annotate'];
  /** Leads to where the key of an encrypted recording is added. */
  readonly onAddKey: () => void;
}

function Command({ recording }: { readonly recording: RecordingInfo }): JSX.Element {
  const command = commandOf(recording);
  if (command === undefined) return <>What ran is encrypted with it</>;
  return command === '' ? <>The default shell</> : <span class="mono">{command}</span>;
}

/** What the user said of it. */
function Words({
  recording,
  refusal,
}: {
  readonly recording: RecordingInfo;
  /** Why it was not changed. */
  readonly refusal: string | undefined;
}): JSX.Element {
  const { isPinned, tags = [], comment, annotationProblem } = recording;
  if (refusal !== undefined || annotationProblem !== undefined) {
    const words = refusal ?? sentence(annotationProblem ?? '');
    return (
      <p class="recording-said tone-owed" role="alert" title={words}>
        <span class="ellipsis">{words}</span>
      </p>
    );
  }
  return (
    <p class="recording-said" title={[tags.join(' '), comment].filter(Boolean).join('\n')}>
      {isPinned && <Icon name="pin" label="Pinned" />}
      {tags.map((tag) => (
        <span key={tag} class="tag">
          {tag}
        </span>
      ))}
      {comment !== undefined && <span class="ellipsis secondary">{comment}</span>}
    </p>
  );
}

export function RecordingDetails({
  recording,
  uploads,
  nowMs,
  onReplay,
  verify,
  onExport,
  onRemove,
  all,
  annotate,
  onAddKey,
}: RecordingDetailsProps): JSX.Element {
  const verification = useVerification(recording.recordingId, verify);
  const outcome = describeOutcome(recording);
  const lock = describeLock(recording);
  const line = (recording.isLocked ? lock?.line : undefined) ?? outcome.line ?? originOf(recording);
  const facts = factsOf(recording);
  const [isTagging, setTagging] = useState(false);
  const [refusal, setRefusal] = useState<{ readonly recordingId: string; readonly words: string }>();

  async function pin(): Promise<void> {
    const { recordingId, isPinned } = recording;
    try {
      await annotate([recordingId], { isPinned: !isPinned });
      setRefusal(undefined);
    } catch (error) {
      setRefusal({ recordingId, words: sentence(problemOf(error).message) });
    }
  }

  return (
    <section class="recording-details" aria-label="Recording">
      <div class="recording-facts">
        <div class="recording-head">
          <p class="ellipsis">
            <strong>{nameOf(recording)}</strong>
            <span class="numbers">
              , {formatMoment(recording.startedAtMs)}, {recording.size.cols}×{recording.size.rows}
            </span>
          </p>
          <DeliveryLine recording={recording} uploads={uploads} nowMs={nowMs} />
        </div>
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
      <div class="recording-words">
        <Button
          icon="tag"
          isDisabled={recording.isLocked === true || recording.annotationProblem !== undefined}
          title={
            recording.isLocked ? 'Its tags are encrypted with it' : 'Tags and a comment, in your own words'
          }
          onPress={() => setTagging(true)}
        >
          Tags…
        </Button>
        <Button
          icon={recording.isPinned ? 'unpin' : 'pin'}
          isDisabled={recording.annotationProblem !== undefined}
          title={
            recording.isPinned
              ? 'Leave it to the rules of retention'
              : 'Keep it, whatever the rules of retention say'
          }
          onPress={() => void pin()}
        >
          {recording.isPinned ? 'Unpin' : 'Pin'}
        </Button>
        <Words
          recording={recording}
          refusal={refusal?.recordingId === recording.recordingId ? refusal.words : undefined}
        />
      </div>
      {isTagging && (
        <TagsDialog
          recordings={[recording]}
          knownTags={tagsOf(all?.values() ?? [])}
          annotate={annotate}
          onClose={() => setTagging(false)}
        />
      )}
    </section>
  );
}
