/** Under a terminal whose session has ended: what happened, and what comes next. The output stays. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { SessionInfo } from '../../preload/contract.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/messages.tsx';
import { Problem } from '../ui/problem.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import { useTypedAhead } from '../ui/typed-ahead.ts';
import { describeEnd } from './session-words.ts';

export interface EndBarProps {
  readonly session: SessionInfo;
  /** What to type for the same, and for a shell beside a container that has none. */
  readonly kubectl: { readonly shell: string; readonly debug: string };
  /** Takes the focus to its first button: the terminal had it, and has nothing more to take. */
  readonly takesFocus: boolean;
  readonly onOpenAgain: () => void;
  /** Beside a container that has no shell. */
  readonly onDebug: () => void;
  readonly onCheck: () => void;
  readonly onOpenRecording: (recordingId: string) => void;
  readonly onCloseTab: () => void;
  /** Escape leads back to the terminal. */
  readonly onLeave: () => void;
}

export function EndBar(props: EndBarProps): JSX.Element | null {
  const { session } = props;
  const element = useRef<HTMLElement>(null);
  const isTypedAhead = useTypedAhead();
  const words = describeEnd(session);

  useEffect(() => {
    if (props.takesFocus) element.current?.querySelector('button')?.focus();
  }, []);

  if (!words) return null;
  const hasNoShell = words.problem?.code === 'no-shell';
  const recordingId = 'recordingId' in session.recording ? session.recording.recordingId : undefined;

  function press(event: KeyboardEvent): void {
    if (event.key === 'Escape') props.onLeave();
    else if (!isTypedAhead(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  const sign = <StatusDot shape={words.shape} tone={words.tone} />;
  const actions = (
    <>
      {hasNoShell && (
        <Button kind="primary" onPress={props.onDebug}>
          Open a debug container…
        </Button>
      )}
      <Button kind={hasNoShell ? 'plain' : 'primary'} onPress={props.onOpenAgain}>
        Open again
      </Button>
      {hasNoShell && <CopyButton label="Copy debug command" text={props.kubectl.debug} />}
      {recordingId !== undefined && (
        <Button icon="replay" onPress={() => props.onOpenRecording(recordingId)}>
          Open recording
        </Button>
      )}
      {words.problem && !hasNoShell && (
        <Button icon="pulse" onPress={props.onCheck}>
          Check this connection
        </Button>
      )}
      <Button onPress={props.onCloseTab}>Close tab</Button>
      <CopyButton kind="quiet" label="Copy as kubectl" text={props.kubectl.shell} />
    </>
  );
  return (
    <section ref={element} class="end-bar" aria-label="Session ended" onKeyDownCapture={press}>
      {words.problem ? (
        <Problem form="bar" title={words.title} problem={words.problem} sign={sign}>
          {actions}
        </Problem>
      ) : (
        <div class="end-bar-line">
          {sign}
          <div class="end-bar-words">
            <p class="end-bar-title numbers" role="status">
              {words.title}
            </p>
            {words.line && <p class="end-bar-why">{words.line}</p>}
          </div>
          <div class="problem-actions">{actions}</div>
        </div>
      )}
    </section>
  );
}
