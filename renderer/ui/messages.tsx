/** What the page says where there is nothing yet, something is to be told, or something takes its time. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { announce } from './announcer.ts';
import { Button, IconButton } from './button.tsx';
import { formatDuration } from './format.ts';
import { Icon, type IconName } from './icon.tsx';
import type { Tone } from './status-dot.tsx';

/** Shorter waits show nothing: words that flash by are noise. */
const QUIET_WAIT_MS = 300;
/** From here on the wait's length is told as well. */
const COUNTED_WAIT_MS = 3_000;

export interface EmptyStateProps {
  readonly icon?: IconName;
  readonly title: string;
  /** What would be here. */
  readonly line?: ComponentChildren;
  /** The one action that brings it. */
  readonly children?: ComponentChildren;
}

export function EmptyState(props: EmptyStateProps): JSX.Element {
  return (
    <div class="empty">
      {props.icon && <Icon name={props.icon} size={28} />}
      <p class="empty-title">{props.title}</p>
      {props.line && <p class="empty-line">{props.line}</p>}
      <div class="empty-actions">{props.children}</div>
    </div>
  );
}

/** Copies, and says for two seconds that it has. */
export function CopyButton({ text, label = 'Copy', kind = 'plain' }: CopyButtonProps): JSX.Element {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <Button
      icon={state === 'copied' ? 'check' : 'copy'}
      kind={kind}
      title={label === 'Copy' ? undefined : text}
      onPress={() => {
        navigator.clipboard.writeText(text).then(
          () => {
            setState('copied');
            announce('Copied.');
          },
          () => {
            setState('refused');
            announce('Copying was refused.');
          },
        );
      }}
    >
      {/* Both words keep their place, so that nothing beside it moves. */}
      <span class="copy-words">
        <span class={state === 'idle' ? '' : 'is-unseen'}>{label}</span>
        {state !== 'idle' && <span>{state === 'copied' ? 'Copied' : 'Copying was refused'}</span>}
      </span>
    </Button>
  );
}

export interface CopyButtonProps {
  readonly text: string;
  /** What is copied, where it cannot be seen beside it: then it shows on hover. */
  readonly label?: string;
  readonly kind?: 'plain' | 'quiet';
}

/** Words for a wait: nothing at first, then what is waited for, then for how long already. */
export function Waiting({ what }: { readonly what: string }): JSX.Element {
  const [waitedMs, setWaitedMs] = useState(0);
  useEffect(() => {
    const startedAt = performance.now();
    const timer = setInterval(() => setWaitedMs(performance.now() - startedAt), QUIET_WAIT_MS);
    return () => clearInterval(timer);
  }, []);
  if (waitedMs < QUIET_WAIT_MS) return <output class="waiting" aria-hidden="true" />;
  return (
    <output class="waiting">
      {what}
      {waitedMs >= COUNTED_WAIT_MS && <span class="numbers">, {formatDuration(waitedMs)}</span>}
    </output>
  );
}

export interface NoticeProps {
  readonly tone: Tone;
  readonly children: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly onDismiss?: () => void;
}

/** A bar that tells one thing and offers what comes next. It stays until it is answered. */
export function Notice(props: NoticeProps): JSX.Element {
  return (
    <div class={`notice notice-${props.tone}`} role={props.tone === 'lost' ? 'alert' : 'status'}>
      <Icon name={props.tone === 'quiet' ? 'info' : props.tone === 'live' ? 'check' : 'warning'} />
      <div class="notice-text">{props.children}</div>
      {props.actions}
      {props.onDismiss && <IconButton icon="close" label="Dismiss" onPress={props.onDismiss} />}
    </div>
  );
}

/** Texts of problems are in lower case, to stand inside of others; alone they are sentences. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?:…]$/.test(capital) ? capital : `${capital}.`;
}
