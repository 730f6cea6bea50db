/** A plugin's terminal, where it asks the user to log in. It stands in the place of what waits for it. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { AppInfo, CredentialRequest, Settings } from '../../preload/contract.ts';
import type { PaneClient } from '../core-client.ts';
import { isFocusFree, TerminalFrame } from '../terminal/terminal-frame.tsx';
import { type LinkState, linkTerminal, type TerminalLink } from '../terminal/terminal-link.ts';
import type { TerminalInput, TerminalView } from '../terminal/xterm.ts';
import { pageTimers } from '../timers.ts';
import { Button } from '../ui/button.tsx';
import { Waiting } from '../ui/messages.tsx';
import { Problem } from '../ui/problem.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import { describeRequest, pluginName, waitingWords } from './credential-words.ts';

export interface LoginPaneProps {
  readonly client: PaneClient;
  readonly request: CredentialRequest;
  readonly settings: Settings;
  readonly host: Pick<AppInfo, 'platform' | 'host'>;
  /** Its place is in front. */
  readonly isVisible: boolean;
  /** Asked when it appears: whether the focus stands in what waits for it, and so is its to take. */
  readonly takesFocus: () => boolean;
  readonly onSettings: (changes: Partial<Settings>) => void;
  readonly onGiveUp: () => void;
  /** It goes and had the focus, or nothing had it. */
  readonly onFocusFreed: () => void;
}

/** Before it is laid out; what most programs expect of a terminal. */
const FIRST_SIZE = { cols: 80, rows: 24 };

export function LoginPane(props: LoginPaneProps): JSX.Element {
  const { request, isVisible } = props;
  const { requestId } = request;
  const pane = useRef<HTMLElement>(null);
  const link = useRef<TerminalLink | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [linkState, setLinkState] = useState<LinkState>({ kind: 'catching-up' });
  const name = pluginName(request);

  const input: TerminalInput = {
    onTyped: (bytes) => link.current?.typed(bytes),
    onReply: (bytes) => link.current?.reply(bytes),
    onBell: () => {},
  };

  function start(made: TerminalView, { signal }: { signal: AbortSignal }): void {
    const { client } = latest.current;
    link.current = linkTerminal(
      {
        open: () => client.open('credentials.login', { requestId }),
        async resize(size) {
          await client.call('credentials.resize', { requestId, size });
        },
        screen: made.screen,
        timers: pageTimers,
        onState: setLinkState,
        // A login that takes no input for megabytes is none; what it says about it shows in its terminal.
        onInputRefused: () => {},
        onBell: () => {},
        mayReply: () => made.hasFocus,
      },
      { signal },
    );
  }

  useLayoutEffect(
    () => () => {
      if (pane.current?.contains(document.activeElement) || isFocusFree()) latest.current.onFocusFreed();
    },
    [],
  );

  return (
    <section ref={pane} class="login-pane" hidden={!isVisible} aria-label={`Log in with ${name}`}>
      <header class="login-head">
        <StatusDot shape="half" tone="owed" />
        <div class="login-words">
          <p class="login-title ellipsis" role="status">
            {describeRequest(request)}
          </p>
          <p class="secondary numbers">
            For {request.context}. {waitingWords(request)}.
          </p>
        </div>
        <Button onPress={props.onGiveUp}>Cancel</Button>
      </header>
      <TerminalFrame
        label={`Terminal of ${name}`}
        size={FIRST_SIZE}
        settings={props.settings}
        host={props.host}
        isVisible={isVisible}
        mayTakeFocus={props.takesFocus}
        input={input}
        onReady={start}
        onFit={(own) => link.current?.layout(own)}
        onUsed={() => link.current?.claim()}
        onSettings={props.onSettings}
        sizedBy={linkState.kind === 'ended' || linkState.kind === 'lost' ? 'place' : 'records'}
        sizeNote="the size of the window used last. Type to use this one."
        foot={
          linkState.kind === 'lost' ? (
            <Problem form="bar" title="The login is not shown any more" problem={linkState.problem}>
              <Button onPress={() => link.current?.retry()}>Show it again</Button>
            </Problem>
          ) : (
            <p class="login-note secondary">What you type here goes to {name} only and is not recorded.</p>
          )
        }
      >
        {linkState.kind === 'ended' && (
          <div class="terminal-wait">
            <Waiting what={`${name} has ended; its credential is being used`} />
          </div>
        )}
      </TerminalFrame>
    </section>
  );
}
