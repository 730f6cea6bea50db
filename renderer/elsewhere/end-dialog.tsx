/** Asks before a shell is ended whose terminal is in another program. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Store } from '../store.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { describeClient, nameOfElsewhere } from './elsewhere-words.ts';

export function EndElsewhereDialog({
  store,
  sessionId,
}: {
  readonly store: Store;
  readonly sessionId: string;
}): JSX.Element | null {
  const session = store.elsewhere.sessions.value.find((one) => one.sessionId === sessionId);
  const { closeOverlay } = store.view;
  const hasEnded = session === undefined;
  // It ended while the question stood.
  useEffect(() => {
    if (hasEnded) closeOverlay();
  }, [hasEnded]);
  if (!session) return null;
  return (
    <Dialog
      title={`End the shell in ${nameOfElsewhere(session)}?`}
      onClose={closeOverlay}
      actions={
        <>
          <Button onPress={closeOverlay}>Keep open</Button>
          <Button
            kind="danger"
            isFocusedFirst
            onPress={() => {
              closeOverlay();
              void store.endElsewhere(sessionId);
            }}
          >
            End shell
          </Button>
        </>
      }
    >
      <p class="dialog-text">
        It was opened by {describeClient(session)}, which is told why it ends. What runs in the shell ends
        with it.
      </p>
    </Dialog>
  );
}
