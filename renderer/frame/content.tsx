/** What the tabs show. A hidden tab's content stays: its terminal goes on taking output. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import type { AppInfo, SessionInfo } from '../../preload/contract.ts';
import type { PageClient } from '../core-client.ts';
import { LoginInTab, WaitingBar } from '../credentials/request-views.tsx';
import type { DoctorQuestion } from '../doctor/doctor-run.ts';
import { DoctorView } from '../doctor/doctor-view.tsx';
import { ElsewhereView } from '../elsewhere/elsewhere-view.tsx';
import { ReplayPane } from '../library/replay-pane.tsx';
import { Welcome } from '../open/welcome.tsx';
import { SettingsView } from '../settings/settings-view.tsx';
import type { Store } from '../store.ts';
import { sessionTabId } from '../store.ts';
import type { Tab } from '../store-tabs.ts';
import { TerminalPane } from '../terminal/terminal-pane.tsx';
import { EmptyState } from '../ui/messages.tsx';
import { goToEncryption } from './commands.ts';
import { LibraryTab } from './library-tab.tsx';
import { focusContent } from './parts.ts';
import { UploadsTab } from './uploads-tab.tsx';

interface ContentProps {
  readonly store: Store;
  readonly client: PageClient;
}

export function Content({ store, client }: ContentProps): JSX.Element {
  const { order, activeId } = store.view.tabs.value;

  // With the drawing and not after it: a focus that comes late takes the key that was meant for the next thing.
  useLayoutEffect(() => {
    // Walking along the tabs by arrows is no wish to leave them; a dialog keeps what it has.
    if (activeId !== undefined && !document.querySelector('dialog[open]')) focusContent();
  }, [activeId]);

  return (
    <div class="content" id="content" data-part="content">
      {order.length === 0 && <Welcome store={store} />}
      {order.map((tab) => (
        <div
          key={tab.id}
          id={`panel-${tab.id}`}
          class="panel"
          role="tabpanel"
          aria-labelledby={`tab-${tab.id}`}
          hidden={tab.id !== activeId}
        >
          <TabContent store={store} client={client} tab={tab} isActive={tab.id === activeId} />
        </div>
      ))}
    </div>
  );
}

function TabContent(
  props: ContentProps & { readonly tab: Tab; readonly isActive: boolean },
): JSX.Element | null {
  const { store, client, isActive } = props;
  const { content } = props.tab;
  const { settings } = store.settings.state.value;
  const host = store.info.value;
  if (!host) return null;
  switch (content.kind) {
    case 'settings':
      return <SettingsView store={store} />;
    case 'library':
      return <LibraryTab store={store} client={client} />;
    case 'elsewhere':
      return <ElsewhereView store={store} />;
    case 'uploads':
      return <UploadsTab store={store} />;
    case 'replay': {
      const recording = store.sessions.recordings.value?.get(content.recordingId);
      if (!recording) return <EmptyState icon="replay" title="This recording was removed" />;
      return (
        <ReplayPane
          client={client}
          recording={recording}
          {...(content.at && { at: content.at })}
          settings={settings}
          host={host}
          isVisible={isActive}
          onSettings={(changes) => void store.changeSettings(changes)}
          onAddKey={() => goToEncryption(store)}
        />
      );
    }
    case 'doctor':
      return (
        <DoctorView
          client={client}
          question={content.question}
          version={host.version}
          colour={store.contexts.colourOf(content.question.context)}
          waitingBar={<WaitingBar store={store} context={content.question.context} />}
        />
      );
    case 'session':
      return <SessionTab {...props} sessionId={content.sessionId} host={host} />;
  }
}

interface SessionTabProps extends ContentProps {
  readonly sessionId: string;
  readonly isActive: boolean;
  readonly host: AppInfo;
}

function SessionTab({ store, client, sessionId, isActive, host }: SessionTabProps): JSX.Element {
  // Of its own: a recording that grows draws its tab anew, not those of all sessions.
  const session = useComputed(() => store.sessions.sessions.value.get(sessionId)).value;
  if (!session) return <EmptyState icon="terminal" title="This session has ended elsewhere" />;
  const login = isActive ? store.requests.loginInTab.value : undefined;
  return (
    <>
      {login && (
        <LoginInTab
          store={store}
          client={client}
          request={login}
          panelId={`panel-${sessionTabId(sessionId)}`}
        />
      )}
      <TerminalPane
        client={client}
        session={session}
        kubectl={{ shell: store.kubectl.shell(session.target), debug: store.kubectl.debug(session.target) }}
        settings={store.settings.state.value.settings}
        host={host}
        isVisible={isActive && !login}
        waitingBar={<WaitingBar store={store} context={session.target.context} />}
        onSettings={(changes) => void store.changeSettings(changes)}
        onOpenAgain={() => void store.openShell(session.target)}
        onDebug={() => store.askToDebug(session.target)}
        onCheck={() => store.checkConnection(toQuestion(session.target))}
        onOpenRecording={(recordingId) => store.openReplay(recordingId)}
        onCloseTab={() => void store.closeNow(sessionTabId(sessionId))}
      />
    </>
  );
}

function toQuestion({ context, namespace, pod }: SessionInfo['target']): DoctorQuestion {
  return { context, namespace, pod };
}
