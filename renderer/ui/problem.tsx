/** A failure, wherever it is shown: what did not work, why, what to do, and the technical part one click away. */
import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { ProblemInfo } from '../../preload/contract.ts';
import { Icon } from './icon.tsx';
import { CopyButton, sentence } from './messages.tsx';

export interface ProblemProps {
  /** What did not work. */
  readonly title: string;
  readonly problem: ProblemInfo;
  /** A `card` stands where something else would be, a `bar` along an edge of what it is about, a `row` in a list. */
  readonly form?: 'card' | 'bar' | 'row';
  /** `owed` where it goes on all the same. */
  readonly tone?: 'lost' | 'owed';
  /** In place of the sign for a failure. */
  readonly sign?: ComponentChildren;
  /** What can be done about it. */
  readonly children?: ComponentChildren;
}

export function Problem(props: ProblemProps): JSX.Element {
  const { title, problem, form = 'card', tone = 'lost', sign, children } = props;
  const [isOpen, setOpen] = useState(false);
  const detailsId = useId();
  const details = detailsOf(problem);
  return (
    <section
      class={`problem problem-${form} problem-${tone}`}
      role={tone === 'lost' ? 'alert' : 'status'}
      aria-label={title}
    >
      <div class="problem-line">
        {sign ?? <Icon name={tone === 'lost' ? 'alert' : 'warning'} />}
        <div class="problem-words">
          <p class="problem-title numbers">{title}</p>
          <Why message={problem.message} />
          {problem.hint && <p class="problem-why">{sentence(problem.hint)}</p>}
        </div>
        <div class="problem-actions">
          {children}
          <button
            type="button"
            class="button button-quiet"
            aria-expanded={isOpen}
            aria-controls={isOpen ? detailsId : undefined}
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name={isOpen ? 'down' : 'right'} />
            Details
          </button>
        </div>
      </div>
      {isOpen && (
        <div id={detailsId} class="problem-details">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its text may be longer than its box */}
          <pre tabIndex={0}>{details}</pre>
          <CopyButton text={`${title}\n${details}`} />
        </div>
      )}
    </section>
  );
}

const NUMBERED = /^\d+\. /;

/** What was tried is a list, where the core has numbered its lines. */
function Why({ message }: { readonly message: string }): JSX.Element {
  const [lead = '', ...tries] = message.split('\n');
  if (!tries.every((line) => NUMBERED.test(line))) return <p class="problem-why">{sentence(message)}</p>;
  return (
    <>
      <p class="problem-why">{sentence(lead)}</p>
      {tries.length > 0 && (
        <ol class="problem-why problem-tries">
          {tries.map((line) => (
            <li key={line}>{sentence(line.replace(NUMBERED, ''))}</li>
          ))}
        </ol>
      )}
    </>
  );
}

/** All that is known of it, for those who will be asked for help. */
function detailsOf({ code, message, hint, detail }: ProblemInfo): string {
  return [`code: ${code}`, `message: ${message}`, hint && `hint: ${hint}`, detail].filter(Boolean).join('\n');
}
