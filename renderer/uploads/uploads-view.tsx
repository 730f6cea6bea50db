/** The queue: recordings that no recorder has, what each recorder answered, and what can be done about it. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { RecordingInfo } from '../../preload/contract.ts';
import type { OwedRecording, UploadStore } from '../store-uploads.ts';
import { Button } from '../ui/button.tsx';
import { contextColourOf } from '../ui/context-colour.ts';
import { EmptyState, Waiting } from '../ui/messages.tsx';
import { Problem } from '../ui/problem.tsx';
import { VirtualList } from '../ui/virtual-list.tsx';
import { DropDialog } from './drop-dialog.tsx';
import { OwedDetails } from './owed-details.tsx';
import { OwedRow } from './owed-row.tsx';
import { describeQueue } from './upload-words.ts';

export interface UploadsViewProps {
  readonly uploads: Pick<UploadStore, 'owed' | 'queue' | 'problem' | 'load'>;
  /** Undefined until the core has answered. */
  readonly recordings: ReadonlyMap<string, RecordingInfo> | undefined;
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** A context's colour, 1 to 8. */
  readonly colourOf?: (context: string) => number;
  /** The row that is shown, where it is there. */
  readonly shownId: string | undefined;
  readonly onShow: (recordingId: string) => void;
  /** Tries now; all of them where none is named. What fails, the page says. */
  readonly onRetry: (recordingIds?: readonly string[]) => Promise<void>;
  /** Gives a delivery up; what fails, the page says. */
  readonly onDrop: (recordingId: string) => Promise<void>;
  readonly onReplay: (recordingId: string) => void;
  /** Leads to the recorders in the settings. */
  readonly onRecorders: () => void;
}

const LIST_ID = 'owed';

export function UploadsView(props: UploadsViewProps): JSX.Element {
  const { uploads, nowMs, recordings, colourOf = contextColourOf } = props;
  const queue = uploads.queue.value;
  const problem = uploads.problem.value;
  const [dropping, setDropping] = useState<OwedRecording>();
  const [isBusy, setBusy] = useState(false);
  const lastIndex = useRef(0);

  if (problem) {
    return (
      <div class="uploads-place">
        <Problem title="What is owed to recorders is not known" problem={problem}>
          <Button kind="primary" icon="retry" onPress={() => void uploads.load()}>
            Try again
          </Button>
        </Problem>
      </div>
    );
  }
  if (!uploads.owed.value) return <Waiting what="Looking for what is owed to recorders" />;
  if (queue.length === 0) return <NothingOwed onRecorders={props.onRecorders} />;

  // Where the active one was delivered, the next one has come to its place.
  const found = queue.findIndex(({ recordingId }) => recordingId === props.shownId);
  const index = found >= 0 ? found : Math.min(lastIndex.current, queue.length - 1);
  lastIndex.current = index;
  const active = queue[index];

  /** While it runs a second press would ask for the same. */
  async function retry(recordingIds?: readonly string[]): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    await props.onRetry(recordingIds);
    setBusy(false);
  }

  function pressKey(event: KeyboardEvent, { recordingId }: OwedRecording): boolean {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    const isDrop = key === 'Delete' || (metaKey && key === 'Backspace');
    if (altKey || shiftKey || ctrlKey || (metaKey && !isDrop)) return false;
    if (key === 'Enter') void retry([recordingId]);
    else if (isDrop) setDropping(active);
    else return false;
    return true;
  }

  return (
    <section class="uploads" aria-label="Not delivered">
      <header class="uploads-head">
        <output class="secondary numbers">{describeQueue(queue, nowMs)}</output>
        <Button icon="retry" isDisabled={isBusy} onPress={() => void retry()}>
          Retry all
        </Button>
      </header>
      <Columns />
      <VirtualList
        id={LIST_ID}
        label="Recordings that were not delivered"
        items={queue}
        keyOf={({ recordingId }) => recordingId}
        activeKey={active?.recordingId}
        onActivate={props.onShow}
        onKeyDown={pressKey}
        renderRow={(one, row) => (
          <OwedRow
            key={one.recordingId}
            one={one}
            row={row}
            recording={recordings?.get(one.recordingId)}
            nowMs={nowMs}
            colourOf={colourOf}
            onPress={() => props.onShow(one.recordingId)}
          />
        )}
        isFocusedFirst
      />
      {active && (
        <OwedDetails
          one={active}
          recording={recordings?.get(active.recordingId)}
          nowMs={nowMs}
          isBusy={isBusy}
          onRetry={() => void retry([active.recordingId])}
          onDrop={() => setDropping(active)}
          onReplay={() => props.onReplay(active.recordingId)}
        />
      )}
      {dropping && (
        <DropDialog
          one={dropping}
          recording={recordings?.get(dropping.recordingId)}
          onAnswer={(isWanted) => {
            setDropping(undefined);
            if (isWanted) void props.onDrop(dropping.recordingId);
          }}
        />
      )}
    </section>
  );
}

function NothingOwed({ onRecorders }: Pick<UploadsViewProps, 'onRecorders'>): JSX.Element {
  return (
    <EmptyState
      icon="upload"
      title="Nothing is owed to a recorder"
      line="Recordings that a recorder of the policy did not take stand here until one has them."
    >
      <Button onPress={onRecorders}>Show the recorders</Button>
    </EmptyState>
  );
}

/** Each row tells a screen reader what its parts are. */
function Columns(): JSX.Element {
  return (
    <div class="owed-columns secondary" aria-hidden="true">
      <span>Since</span>
      <span>Pod / container</span>
      <span class="owed-place">Where</span>
      <span class="owed-recorder">Recorder</span>
      <span>Next</span>
      <span class="owed-answer">Last answer</span>
    </div>
  );
}
