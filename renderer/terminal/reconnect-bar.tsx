/** Under a terminal whose connection is lost, while a new shell is tried in its place. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SessionState } from '../../preload/contract.ts';
import { Button } from '../ui/button.tsx';
import { Problem } from '../ui/problem.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import { describeTry } from './session-words.ts';

export interface ReconnectBarProps {
  readonly state: SessionState & { readonly kind: 'reconnecting' };
  /** Grows with each key that was not sent: the bar answers for the shell. */
  readonly unsent: number;
  readonly onTryNow: () => void;
  readonly onClose: () => void;
  /** Leads back to the terminal: by Escape, and when the bar goes. */
  readonly onLeave: () => void;
}

const COUNT_MS = 250;

export function ReconnectBar(props: ReconnectBarProps): JSX.Element {
  const { state, unsent } = props;
  const element = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [nowMs, setNowMs] = useState(Date.now());

  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), COUNT_MS);
    return () => clearInterval(timer);
  }, []);
  useLayoutEffect(
    () => () => {
      if (element.current?.contains(document.activeElement)) latest.current.onLeave();
    },
    [],
  );

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears Escape for the buttons inside of it
    <div
      ref={element}
      // Two names for one animation: it begins anew with each key.
      class={`reconnect-bar ${unsent === 0 ? '' : `flash-${unsent % 2}`}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        props.onLeave();
      }}
    >
      <Problem
        form="bar"
        tone="owed"
        title="The connection was lost"
        problem={state.problem}
        sign={<StatusDot shape="half" tone="owed" />}
      >
        <span class="reconnect-count numbers" role="timer">
          {describeTry(state, nowMs)}
        </span>
        {/* Never disabled, which would cost it the focus: while a try runs, another press does nothing. */}
        <Button kind="primary" onPress={props.onTryNow}>
          Try now
        </Button>
        <Button onPress={props.onClose}>Close</Button>
      </Problem>
      <p class="reconnect-note secondary">
        A new shell opens here as soon as there is one. What you type is not sent meanwhile.
      </p>
    </div>
  );
}
