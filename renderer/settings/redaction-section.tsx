/** What is masked in recordings: a switch, the user's own patterns, and a field to try both on a text. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RedactionSettings, RedactionTrial } from '../../preload/contract.ts';
import type { SettingsStore } from '../store-settings.ts';
import { Button, IconButton } from '../ui/button.tsx';
import {
  type DraftPattern,
  describeMasked,
  filledPatterns,
  MAX_TRIAL_CHARACTERS,
  problemsByRow,
} from './redaction-draft.ts';

interface RedactionSectionProps {
  readonly settings: SettingsStore;
  readonly onChange: (redaction: RedactionSettings) => void;
}

/** Pauses in typing this long are for looking at what comes of it. */
const TRY_AFTER_MS = 150;
const NOTHING: RedactionTrial = { masked: '', spans: 0, problems: [] };

export function RedactionSection({ settings, onChange }: RedactionSectionProps): JSX.Element {
  const { enabled, patterns } = settings.state.value.settings.redaction;
  const [draft, setDraft] = useState<readonly DraftPattern[]>();
  const [text, setText] = useState('');
  const rows = draft ?? patterns;
  const { trial, refusal } = useTrial(settings, text, rows);
  const problems = problemsByRow(rows, trial);

  /** Once all can be used. What is wrong stays as it was typed, and the patterns before hold on. */
  async function keep(next: readonly DraftPattern[]): Promise<void> {
    const filled = filledPatterns(next);
    // Where the core does not answer, the trial below the patterns says so.
    const trial = await settings.tryRedaction('', filled).catch(() => undefined);
    if (trial?.problems.length !== 0) return;
    if (JSON.stringify(filled) !== JSON.stringify(patterns)) onChange({ enabled, patterns: filled });
    setDraft((current) => (current === next && filled.length === next.length ? undefined : current));
  }

  return (
    <section class="settings-group" aria-label="Redaction">
      <h2>Redaction</h2>
      <p class="settings-note secondary">
        Masks secrets in recordings while they are written: what is masked was never on the disk. Terminals
        show everything. Commands and labels are masked in every recording.
      </p>
      <div class="setting">
        <div class="setting-words">
          <label class="setting-label" for="setting-redaction">
            Mask secrets in recordings
          </label>
          <span id="setting-redaction-help" class="secondary">
            For sessions that are opened from now on.
          </span>
        </div>
        <input
          id="setting-redaction"
          type="checkbox"
          role="switch"
          class="switch"
          checked={enabled}
          aria-checked={enabled}
          aria-describedby="setting-redaction-help"
          onChange={(event) => onChange({ enabled: event.currentTarget.checked, patterns })}
        />
      </div>
      <BuiltIn settings={settings} />
      <div class="redaction-part">
        <span class="setting-label">Your own patterns</span>
        <span class="secondary">
          In RE2's language, one line at a time; all that a pattern matches is masked. What is typed letter by
          letter is masked only from where the pattern is complete.
        </span>
        {rows.map((row, index) => (
          <PatternRow
            key={index}
            row={row}
            number={index + 1}
            problem={problems.get(index)}
            onInput={(changes) => setDraft(rows.with(index, { ...row, ...changes }))}
            onLeave={() => draft && void keep(draft)}
            onRemove={() => {
              const next = rows.toSpliced(index, 1);
              setDraft(next);
              void keep(next);
            }}
          />
        ))}
        <div>
          <Button icon="plus" onPress={() => setDraft([...rows, { name: '', pattern: '' }])}>
            Add a pattern
          </Button>
        </div>
      </div>
      <div class="redaction-part">
        <label class="setting-label" for="redaction-try">
          Try it
        </label>
        <textarea
          id="redaction-try"
          class="redaction-text mono"
          rows={3}
          maxLength={MAX_TRIAL_CHARACTERS}
          placeholder="Text as a program would print it; it is kept nowhere"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        {text !== '' && <pre class="redaction-text redaction-masked mono">{trial.masked}</pre>}
        <p class="secondary" role="status">
          {refusal ?? (text === '' ? '' : describeMasked(trial.spans))}
        </p>
      </div>
    </section>
  );
}

function BuiltIn({ settings }: { readonly settings: SettingsStore }): JSX.Element {
  const [names, setNames] = useState<readonly string[]>([]);
  useEffect(() => {
    // Without the list the section says less; a core that does not answer is told by the page itself.
    settings.builtInRedaction().then(setNames, () => {});
  }, [settings]);
  return (
    <div class="redaction-part">
      <span class="setting-label">Built in</span>
      <span class="secondary">{names.length === 0 ? '\u00a0' : `${names.join(', ')}.`}</span>
    </div>
  );
}

interface PatternRowProps {
  readonly row: DraftPattern;
  readonly number: number;
  readonly problem: string | undefined;
  readonly onInput: (changes: Partial<DraftPattern>) => void;
  readonly onLeave: () => void;
  readonly onRemove: () => void;
}

function PatternRow({ row, number, problem, onInput, onLeave, onRemove }: PatternRowProps): JSX.Element {
  const problemId = `redaction-problem-${number}`;
  const common = {
    type: 'text' as const,
    autocomplete: 'off',
    spellcheck: false,
    onBlur: onLeave,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Enter') onLeave();
    },
  };
  return (
    <div class="redaction-row">
      <div class="field redaction-name">
        <input
          {...common}
          aria-label={`Name of pattern ${number}`}
          placeholder="Name"
          value={row.name}
          onInput={(event) => onInput({ name: event.currentTarget.value })}
        />
      </div>
      <div class={problem === undefined ? 'field mono' : 'field mono redaction-wrong'}>
        <input
          {...common}
          aria-label={`Pattern ${number}`}
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? undefined : problemId}
          placeholder="ACME-[0-9]{8}"
          value={row.pattern}
          onInput={(event) => onInput({ pattern: event.currentTarget.value })}
        />
      </div>
      <IconButton icon="close" label={`Remove pattern ${number}`} onPress={onRemove} />
      {problem !== undefined && (
        <p id={problemId} class="redaction-problem">
          {problem} Patterns are kept once this is mended.
        </p>
      )}
    </div>
  );
}

/** What the core makes of text and patterns, a little after each change of them. */
function useTrial(
  settings: SettingsStore,
  text: string,
  rows: readonly DraftPattern[],
): { readonly trial: RedactionTrial; readonly refusal: string | undefined } {
  const [trial, setTrial] = useState(NOTHING);
  const [refusal, setRefusal] = useState<string>();
  const filled = filledPatterns(rows);
  useEffect(() => {
    let isCurrent = true;
    const ask = async (): Promise<void> => {
      try {
        const next = await settings.tryRedaction(text, filled);
        if (!isCurrent) return;
        setTrial(next);
        setRefusal(undefined);
      } catch (error) {
        if (isCurrent) setRefusal(`It could not be tried: ${error instanceof Error ? error.message : error}`);
      }
    };
    const timer = setTimeout(() => void ask(), TRY_AFTER_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [settings, text, JSON.stringify(filled)]);
  return { trial, refusal };
}
