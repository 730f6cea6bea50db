/** What is asked about a session's recording while it is made. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Store } from '../store.ts';
import { targetName } from '../store-recents.ts';
import { isRunning, type RunningSession } from '../store-recording.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';

export function RecordingDialogs({ store }: { readonly store: Store }): JSX.Element | null {
  const overlay = store.view.overlay.value;
  const isAsked = overlay.kind === 'mark' || overlay.kind === 'record-input';
  const session = isAsked ? store.sessions.sessions.value.get(overlay.sessionId) : undefined;
  const isOver = isAsked && (session === undefined || !isRunning(session));
  // It ended while the question stood.
  useEffect(() => {
    if (isOver) store.view.closeOverlay();
  }, [isOver]);
  if (!isAsked || session === undefined || !isRunning(session)) return null;
  const Asked = overlay.kind === 'mark' ? MarkDialog : InputDialog;
  return <Asked store={store} session={session} />;
}

interface AskedProps {
  readonly store: Store;
  readonly session: RunningSession;
}

function MarkDialog({ store, session }: AskedProps): JSX.Element {
  const [label, setLabel] = useState('');
  const { closeOverlay } = store.view;
  function set(): void {
    closeOverlay();
    void store.recording.mark(session.sessionId, label);
  }
  return (
    <Dialog
      title="Set a marker"
      onClose={closeOverlay}
      actions={
        <>
          <Button onPress={closeOverlay}>Cancel</Button>
          <Button kind="primary" onPress={set}>
            Set marker
          </Button>
        </>
      }
    >
      <Field
        label="What to call this moment"
        placeholder="What to call this moment, or nothing"
        value={label}
        most={LONGEST_LABEL}
        isFocusedFirst
        onInput={setLabel}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.isComposing) return;
          // The focus goes back to the shell, which would take the same key.
          event.preventDefault();
          set();
        }}
      />
      <p class="dialog-text secondary">
        It is written into the recording of {targetName(session.target)}, where the shell is now.
      </p>
    </Dialog>
  );
}

function InputDialog({ store, session }: AskedProps): JSX.Element {
  const { closeOverlay } = store.view;
  return (
    <Dialog
      title={`Record what is typed in ${targetName(session.target)}?`}
      onClose={closeOverlay}
      actions={
        <>
          <Button onPress={closeOverlay}>Cancel</Button>
          <Button
            kind="primary"
            isFocusedFirst
            onPress={() => {
              closeOverlay();
              void store.recording.recordInput(session.sessionId, true);
            }}
          >
            Record input
          </Button>
        </>
      }
    >
      <p class="dialog-text">
        From now on each line that the shell shows as you type it is kept in the recording too, until you
        switch it off or the session ends. Everybody who types in this session is recorded.
      </p>
      <p class="dialog-text">
        What is not shown as it is typed, such as a password, is left out. A secret that you type where it is
        shown is recorded, as it is in the output.
      </p>
    </Dialog>
  );
}

/** The core's own limit. */
const LONGEST_LABEL = 200;
