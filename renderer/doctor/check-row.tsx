/** One check of a report: its sign, what was found, what to do, and the technical part one click away. */
import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { DoctorCheck } from '../../preload/contract.ts';
import { Icon } from '../ui/icon.tsx';
import { sentence, Waiting } from '../ui/messages.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import { OUTCOME_WORDS } from './doctor-words.ts';

export function CheckRow({ check }: { readonly check: DoctorCheck }): JSX.Element {
  const { outcome, title, message, hint, detail } = check;
  const [isOpen, setOpen] = useState(false);
  const detailId = useId();
  return (
    <li class={`check check-${outcome}`}>
      <span class="check-sign">
        <CheckSign outcome={outcome} />
      </span>
      <div class="check-words">
        <h3 class="check-title">{title}</h3>
        <CheckMessage outcome={outcome} message={message} />
        {hint && <p class="check-fix">{sentence(hint)}</p>}
      </div>
      {detail && (
        <button
          type="button"
          class="button button-quiet check-details"
          aria-expanded={isOpen}
          aria-controls={isOpen ? detailId : undefined}
          aria-label={`Details of ${title}`}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name={isOpen ? 'down' : 'right'} />
          Details
        </button>
      )}
      {detail && isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: its text may be longer than its box
        <pre id={detailId} class="check-detail" tabIndex={0}>
          {detail}
        </pre>
      )}
    </li>
  );
}

/** Its line is kept free before there is anything to say. */
function CheckMessage({ outcome, message }: Pick<DoctorCheck, 'outcome' | 'message'>): JSX.Element {
  if (outcome === 'running' && message === '') return <Waiting what="Checking" />;
  if (message === '') return <p class="check-message" aria-hidden="true" />;
  // What is well is told by names and addresses, which are written as they are.
  return <p class="check-message">{outcome === 'ok' ? message : sentence(message)}</p>;
}

/** Shape and colour both tell it, and its name is read aloud. */
function CheckSign({ outcome }: Pick<DoctorCheck, 'outcome'>): JSX.Element {
  const label = OUTCOME_WORDS[outcome];
  switch (outcome) {
    case 'ok':
      return (
        <span class="tone-live">
          <Icon name="check" label={label} />
        </span>
      );
    case 'failed':
      return <StatusDot shape="cross" tone="lost" label={label} />;
    case 'unknown':
      return (
        <span class="tone-owed">
          <Icon name="warning" label={label} />
        </span>
      );
    case 'running':
      return <StatusDot shape="half" tone="owed" label={label} />;
    case 'waiting':
    case 'skipped':
      return <StatusDot shape="ring" tone="quiet" label={label} />;
  }
}
