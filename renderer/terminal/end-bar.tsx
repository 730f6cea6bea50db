/** Under a terminal whose session has ended: what happened, and what comes next. The output stays. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SessionInfo } from '../../preload/contract.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/messages.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import { describeEnd } from './session-words.ts';

export interface EndBarProps {
  readonly session: SessionInfo;
  /** Takes the focus to its first button: the terminal had it, and has nothing more to take. */
  readonly takesFocus: boolean;
  readonly onOpenAgain: () => void;
  readonly onOpenRecording: (recordingId: string) => void;
  readonly onCloseTab: () => void;
  /** Escape leads back to the terminal. */
  readonly onLeave: () => void;
}

/** Keys that were meant for the shell that is no more: an Enter typed ahead must not open the next one. */
const DEAF_MS = 500;

export function EndBar(props: EndBarProps): JSX.Element | null {
  const { session } = props;
  const element = useRef<HTMLElement>(null);
  const shownAt = useRef(performance.now());
  const [hasDetails, setDetails] = useState(false);
  const words = describeEnd(session);

  useEffect(() => {
    if (props.takesFocus) element.current?.querySelector('button')?.focus();
  }, []);

  if (!words) return null;
  const recordingId = 'recordingId' in session.recording ? session.recording.recordingId : undefined;

  function press(event: KeyboardEvent): void {
    if (event.key === 'Escape') props.onLeave();
    else if (event.timeStamp - shownAt.current >= DEAF_MS) return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <section ref={element} class="end-bar" aria-label="Session ended" onKeyDownCapture={press}>
      <div class="end-bar-line">
        <StatusDot shape={words.shape} tone={words.tone} />
        <div class="end-bar-words">
          <p class="end-bar-title numbers" role="status">
            {words.title}
          </p>
          {words.line && <p class="end-bar-why">{words.line}</p>}
        </div>
        <div class="end-bar-actions">
          <Button kind="primary" onPress={props.onOpenAgain}>
            Open again
          </Button>
          {recordingId !== undefined && (
            <Button icon="replay" onPress={() => props.onOpenRecording(recordingId)}>
              Open recording
            </Button>
          )}
          <Button onPress={props.onCloseTab}>Close tab</Button>
          {words.details && (
            <button
              type="button"
              class="button button-quiet"
              aria-expanded={hasDetails}
              onClick={() => setDetails(!hasDetails)}
            >
              Details
            </button>
          )}
        </div>
      </div>
      {hasDetails && words.details && (
        <div class="end-bar-details">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its text may be longer than its box */}
          <pre class="mono" tabIndex={0}>
            {words.details}
          </pre>
          <CopyButton text={`${words.title}\n${words.details}`} />
        </div>
      )}
    </section>
  );
}
