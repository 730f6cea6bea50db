/** What the page says where there is nothing yet, something failed, or something takes its time. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ProblemInfo } from '../../preload/contract.ts';
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

export interface ErrorCardProps {
  /** What did not work. */
  readonly title: string;
  readonly problem: ProblemInfo;
  /** What to do about it. */
  readonly children?: ComponentChildren;
}

export function ErrorCard({ title, problem, children }: ErrorCardProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const details = detailsOf(problem);
  return (
    <section class="error-card" role="alert" aria-label={title}>
      <h3 class="error-title">
        <Icon name="alert" />
        {title}
      </h3>
      <p class="error-line">{sentence(problem.message)}</p>
      {problem.hint && <p class="error-line">{sentence(problem.hint)}</p>}
      <div class="error-actions">
        {children}
        <button
          type="button"
          class="button button-quiet"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name={isOpen ? 'down' : 'right'} />
          Details
        </button>
      </div>
      {isOpen && (
        <div class="error-details">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its text may be longer than its box */}
          <pre tabIndex={0}>{details}</pre>
          <CopyButton text={`${title}\n${details}`} />
        </div>
      )}
    </section>
  );
}

/** Copies, and says for two seconds that it has. */
export function CopyButton({ text, label = 'Copy' }: CopyButtonProps): JSX.Element {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  const words = { idle: label, copied: 'Copied', refused: 'Copying was refused' };
  return (
    <Button
      icon={state === 'copied' ? 'check' : 'copy'}
      onPress={() => {
        navigator.clipboard.writeText(text).then(
          () => setState('copied'),
          () => setState('refused'),
        );
      }}
    >
      {words[state]}
    </Button>
  );
}

export interface CopyButtonProps {
  readonly text: string;
  readonly label?: string;
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

function detailsOf(problem: ProblemInfo): string {
  return [
    `code: ${problem.code}`,
    `message: ${problem.message}`,
    problem.hint && `hint: ${problem.hint}`,
    problem.detail,
  ]
    .filter(Boolean)
    .join('\n');
}
