/** What floats above the page, one at a time, and what was said in the corner. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { SessionInfo } from '../../preload/contract.ts';
import { Consent } from '../credentials/request-views.tsx';
import { DebugDialogs } from '../debug/debug-dialogs.tsx';
import { FileDialog } from '../desktop/file-dialog.tsx';
import { EndElsewhereDialog } from '../elsewhere/end-dialog.tsx';
import { ContainerMenu } from '../open/container-menu.tsx';
import { Palette } from '../open/palette.tsx';
import { PolicyDialogs } from '../policy/policy-dialogs.tsx';
import { type Store, sessionTabId } from '../store.ts';
import { targetName } from '../store-recents.ts';
import type { Said } from '../store-view.ts';
import { AttemptsDialog } from '../terminal/attempts-dialog.tsx';
import { RecordingDialogs } from '../terminal/recording-dialogs.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EndShellDialog } from '../ui/end-shell-dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { keyNameOf } from '../ui/keys.ts';
import { Problem } from '../ui/problem.tsx';
import { COMMANDS } from './commands.ts';

/** Long enough to read two lines twice. Failures stay until they are dismissed. */
const SAID_MS = 8_000;

export function Overlays({ store }: { readonly store: Store }): JSX.Element {
  const overlay = store.view.overlay.value;
  return (
    <>
      {overlay.kind === 'palette' && <Palette store={store} query={overlay.query} />}
      {overlay.kind === 'keys' && <KeysDialog store={store} />}
      {overlay.kind === 'close-session' && <CloseDialog store={store} sessionId={overlay.sessionId} />}
      {overlay.kind === 'end-elsewhere' && <EndElsewhereDialog store={store} sessionId={overlay.sessionId} />}
      {overlay.kind === 'containers' && <ContainerMenu store={store} {...overlay} />}
      <DebugDialogs store={store} />
      <PolicyDialogs store={store} />
      <RecordingDialogs store={store} />
      {overlay.kind === 'attempts' && <AttemptsDialog store={store} sessionId={overlay.sessionId} />}
      <Consent store={store} />
      <FileDialog store={store} />
      <div class="said-list" data-part="said">
        {store.view.said.value.map((one) => (
          <SaidItem key={one.id} said={one} onDismiss={() => store.view.dismiss(one.id)} />
        ))}
      </div>
    </>
  );
}

function SaidItem({ said, onDismiss }: { readonly said: Said; readonly onDismiss: () => void }): JSX.Element {
  const { problem } = said;
  useEffect(() => {
    if (problem) return;
    const timer = setTimeout(onDismiss, SAID_MS);
    return () => clearTimeout(timer);
  }, [problem]);
  if (problem) {
    return (
      <div class="said float">
        <Problem title={said.text} problem={problem}>
          <Button onPress={onDismiss}>Dismiss</Button>
        </Problem>
      </div>
    );
  }
  return (
    <div class={`said float said-line notice-${said.tone}`} role="status">
      <Icon name={said.tone === 'quiet' ? 'info' : 'warning'} />
      <span class="notice-text">{said.text}</span>
      <IconButton icon="close" label="Dismiss" onPress={onDismiss} />
    </div>
  );
}

function CloseDialog({
  store,
  sessionId,
}: {
  readonly store: Store;
  readonly sessionId: string;
}): JSX.Element {
  const session: SessionInfo | undefined = store.sessions.sessions.value.get(sessionId);
  const live = session?.state.kind === 'live' ? session : undefined;
  return (
    <EndShellDialog
      name={live && targetName(live.target)}
      onClose={store.view.closeOverlay}
      onEnd={() => void store.closeNow(sessionTabId(sessionId))}
    >
      What runs in it ends with it.{' '}
      {live?.recording.kind === 'recording' && 'Its recording stays in the library.'}
    </EndShellDialog>
  );
}

function KeysDialog({ store }: { readonly store: Store }): JSX.Element {
  const info = store.info.value;
  const rows = COMMANDS.flatMap((command) => {
    const keyName = info && command.shortcut && keyNameOf(command.shortcut, info);
    return keyName ? [{ title: command.title, keyName }] : [];
  });
  const isMac = info?.platform === 'darwin';
  const others = [
    { title: 'Show a tab by its place', keyName: isMac ? '⌘1 … ⌘9' : 'Ctrl+1 … Ctrl+9' },
    { title: 'Find in the terminal', keyName: isMac ? '⌘F' : 'Ctrl+Shift+F' },
    { title: 'Copy, paste', keyName: isMac ? '⌘C, ⌘V' : 'Ctrl+Shift+C, Ctrl+Shift+V' },
    { title: 'Larger, smaller, usual text', keyName: isMac ? '⌘+, ⌘-, ⌘0' : 'Ctrl++, Ctrl+-, Ctrl+0' },
    { title: 'Choose a container of a pod', keyName: '→' },
    { title: 'From marker to marker in a replay', keyName: '[, ]' },
    { title: 'Find in a recording', keyName: isMac ? '⌘F' : 'Ctrl+F' },
    { title: 'The text of a recording beside its replay', keyName: 'T' },
    { title: 'Filter the library', keyName: '/' },
    {
      title: 'Select recordings in the library',
      keyName: isMac ? 'Space, ⇧↓, ⌘A' : 'Space, Shift+↓, Ctrl+A',
    },
    { title: 'Pin, tag, delete recordings', keyName: isMac ? 'P, T, ⌘⌫' : 'P, T, Delete' },
    { title: 'Retry, drop what was not delivered', keyName: isMac ? '↩, ⌘⌫' : 'Enter, Delete' },
    { title: 'Back to the terminal', keyName: 'Esc' },
  ];
  return (
    <Dialog
      title="Keys"
      class="dialog-keys"
      onClose={store.view.closeOverlay}
      actions={
        <Button isFocusedFirst onPress={store.view.closeOverlay}>
          Close
        </Button>
      }
    >
      <p class="dialog-text">
        F6 leads out of a terminal.
        {!isMac && ' In a terminal Ctrl+K is the shell’s; there the field opens with Ctrl+Shift+K.'}
      </p>
      <dl class="keys-list">
        {[...rows, ...others].map(({ title, keyName }) => (
          <div key={title} class="keys-row">
            <dt>{title}</dt>
            <dd>
              <kbd class="key">{keyName}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
