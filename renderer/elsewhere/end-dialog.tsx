/** Asks before a shell is ended whose terminal is in another program. */
import type { JSX } from 'preact';
import type { Store } from '../store.ts';
import { EndShellDialog } from '../ui/end-shell-dialog.tsx';
import { describeClient, nameOfElsewhere } from './elsewhere-words.ts';

export function EndElsewhereDialog({
  store,
  sessionId,
}: {
  readonly store: Store;
  readonly sessionId: string;
}): JSX.Element {
  const session = store.elsewhere.sessions.value.find((one) => one.sessionId === sessionId);
  return (
    <EndShellDialog
      name={session && nameOfElsewhere(session)}
      onClose={store.view.closeOverlay}
      onEnd={() => void store.endElsewhere(sessionId)}
    >
      {session && `It was opened by ${describeClient(session)}, which is told why it ends. `}
      What runs in the shell ends with it.
    </EndShellDialog>
  );
}
