/** One live session in a tab. It stays when the session has ended, with a bar that says what happened. */
import type { ComponentChildren, JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { AppInfo, ProblemInfo, SessionInfo, Settings } from '../../preload/contract.ts';
import type { PaneClient } from '../core-client.ts';
import { targetName } from '../store-recents.ts';
import { pageTimers } from '../timers.ts';
import { Button } from '../ui/button.tsx';
import { Notice, Waiting } from '../ui/messages.tsx';
import { Problem } from '../ui/problem.tsx';
import { EndBar, type EndBarProps } from './end-bar.tsx';
import { ReconnectBar } from './reconnect-bar.tsx';
import { TerminalFrame } from './terminal-frame.tsx';
import { type LinkState, linkTerminal, type TerminalLink } from './terminal-link.ts';
import type { TerminalInput, TerminalView } from './xterm.ts';

export interface TerminalPaneProps {
  readonly client: PaneClient;
  readonly session: SessionInfo;
  readonly kubectl: EndBarProps['kubectl'];
  readonly settings: Settings;
  readonly host: Pick<AppInfo, 'platform' | 'host'>;
  /** Its tab is in front. A hidden pane goes on taking output. */
  readonly isVisible: boolean;
  /** While the shell opens: what it waits for beyond the cluster's answer. */
  readonly waitingBar?: ComponentChildren;
  readonly onSettings: (changes: Partial<Settings>) => void;
  readonly onOpenAgain: (session: SessionInfo) => void;
  readonly onDebug: (session: SessionInfo) => void;
  /** Looks at what stands between here and the shell. */
  readonly onCheck: () => void;
  readonly onOpenRecording: (recordingId: string) => void;
  readonly onCloseTab: (session: SessionInfo) => void;
  /** A program rang while its tab was there. */
  readonly onBell?: (session: SessionInfo) => void;
}

export function TerminalPane(props: TerminalPaneProps): JSX.Element {
  const { session } = props;
  const { sessionId, target } = session;
  const view = useRef<TerminalView | undefined>(undefined);
  const link = useRef<TerminalLink | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [linkState, setLinkState] = useState<LinkState>({ kind: 'catching-up' });
  const [isInputRefused, setInputRefused] = useState(false);
  /** Keys that met no shell since the connection was lost. */
  const [unsent, setUnsent] = useState(0);

  const isReconnecting = (): boolean => latest.current.session.state.kind === 'reconnecting';

  const input: TerminalInput = {
    onTyped(bytes) {
      if (isReconnecting()) setUnsent((count) => count + 1);
      else link.current?.typed(bytes);
    },
    onReply(bytes) {
      if (!isReconnecting()) link.current?.reply(bytes);
    },
    onBell: () => link.current?.bell(),
  };

  function start(made: TerminalView, { signal }: { signal: AbortSignal }): void {
    view.current = made;
    link.current = linkTerminal(
      {
        open: () => latest.current.client.open('sessions.view', { sessionId }),
        async resize(size) {
          await latest.current.client.call('sessions.resize', { sessionId, size });
        },
        screen: made.screen,
        timers: pageTimers,
        onState: setLinkState,
        onInputRefused: () => setInputRefused(true),
        onBell: () => latest.current.onBell?.(latest.current.session),
        mayReply: () => latest.current.session.viewers <= 1 || made.hasFocus,
      },
      { signal },
    );
  }

  const name = targetName(target);
  return (
    <section class="terminal-pane" hidden={!props.isVisible} aria-label={name}>
      <TerminalFrame
        label={`Terminal of ${name}`}
        size={session.size}
        settings={props.settings}
        host={props.host}
        isVisible={props.isVisible}
        input={input}
        onReady={start}
        onFit={(own) => link.current?.layout(own)}
        onUsed={() => link.current?.claim()}
        onSettings={props.onSettings}
        sizedBy={linkState.kind === 'ended' || linkState.kind === 'lost' ? 'place' : 'records'}
        sizeNote="the size of the window used last. Type to use this one."
        foot={
          session.state.kind === 'ended' ? (
            <EndBar
              session={session}
              kubectl={props.kubectl}
              takesFocus={view.current?.hasFocus ?? false}
              onOpenAgain={() => props.onOpenAgain(session)}
              onDebug={() => props.onDebug(session)}
              onCheck={props.onCheck}
              onOpenRecording={props.onOpenRecording}
              onCloseTab={() => props.onCloseTab(session)}
              onLeave={() => view.current?.focus()}
            />
          ) : linkState.kind === 'lost' ? (
            <LostBar problem={linkState.problem} onRetry={() => link.current?.retry()} />
          ) : (
            session.state.kind === 'reconnecting' && (
              <ReconnectBar
                state={session.state}
                unsent={unsent}
                onTryNow={() => tryNow(props)}
                onClose={() => props.onCloseTab(session)}
                onLeave={() => view.current?.focus()}
              />
            )
          )
        }
      >
        {session.state.kind === 'opening' && (
          <div class="terminal-wait">
            <Waiting what={`Opening a shell in ${name}`} />
            {session.state.note && (
              <p class="terminal-note secondary" role="status" title={session.state.note}>
                {session.state.note}
              </p>
            )}
            <Button onPress={() => closeSession(props)}>Cancel</Button>
          </div>
        )}
        {session.state.kind === 'opening' && props.waitingBar}
        {session.state.kind === 'live' && linkState.kind === 'catching-up' && (
          <div class="terminal-wait">
            <Waiting what="Showing what happened so far" />
          </div>
        )}
        {isInputRefused && (
          <Notice tone="owed" onDismiss={() => setInputRefused(false)}>
            That was not sent: the shell takes no input, and 8 MB of it already wait.
          </Notice>
        )}
      </TerminalFrame>
    </section>
  );
}

interface LostBarProps {
  readonly problem: ProblemInfo;
  readonly onRetry: () => void;
}

function LostBar({ problem, onRetry }: LostBarProps): JSX.Element {
  return (
    <Problem form="bar" title="The terminal lost its session" problem={problem}>
      <Button onPress={onRetry}>Connect again</Button>
    </Problem>
  );
}

/** How it went shows in the session's state, which has gone on where this fails. */
function tryNow({ client, session }: TerminalPaneProps): void {
  client.call('sessions.reconnect', { sessionId: session.sessionId }).catch(() => {});
}

/** How it went shows in the session's state; a failure here means that there is no session any more. */
function closeSession({ client, session }: TerminalPaneProps): void {
  client.call('sessions.close', { sessionId: session.sessionId }).catch(() => {});
}
