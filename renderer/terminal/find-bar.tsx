/** Finds in a terminal while one types. Enter goes up, Shift+Enter down, Escape to the terminal. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import type { FindQuery, FindResult } from './finder.ts';

export interface FindBarProps {
  /** Grows each time it is asked for: then it has the focus again, its text ready to be replaced. */
  readonly asked: number;
  readonly result: FindResult;
  readonly initialText: string;
  readonly onFind: (query: FindQuery, which: 'last' | 'above' | 'below') => void;
  readonly onClose: () => void;
}

export function FindBar(props: FindBarProps): JSX.Element {
  const [text, setText] = useState(props.initialText);
  const [isCaseSensitive, setCaseSensitive] = useState(false);
  const [isRegex, setRegex] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const query = { text, isCaseSensitive, isRegex };

  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, [props.asked]);

  useEffect(() => props.onFind(query, 'last'), [text, isCaseSensitive, isRegex]);

  function press(event: KeyboardEvent): void {
    if (event.key === 'Escape') props.onClose();
    else if (event.key === 'Enter') props.onFind(query, event.shiftKey ? 'below' : 'above');
    else if (event.key === 'F3') props.onFind(query, event.shiftKey ? 'above' : 'below');
    else if (event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey)) input.current?.select();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const hasHits = props.result.kind === 'hits';
  return (
    <search class="find-bar float" onKeyDown={press}>
      <div class="find-line">
        <Field label="Find" icon="search" value={text} onInput={setText} inputRef={input} />
        <output class="find-count secondary numbers">{terminalCountWords(props.result, text)}</output>
        <FindToggle sign="Aa" label="Match case" isOn={isCaseSensitive} onChange={setCaseSensitive} />
        <FindToggle sign=".*" label="Regular expression" isOn={isRegex} onChange={setRegex} />
        <IconButton
          icon="up"
          label="Previous (Enter)"
          isDisabled={!hasHits}
          onPress={() => props.onFind(query, 'above')}
        />
        <IconButton
          icon="down"
          label="Next (Shift+Enter)"
          isDisabled={!hasHits}
          onPress={() => props.onFind(query, 'below')}
        />
        <IconButton icon="close" label="Close (Escape)" onPress={props.onClose} />
      </div>
    </search>
  );
}

/** `3 of 17`, `1000+ hits`, `no hits`; nothing while nothing is looked for. */
export function terminalCountWords(result: FindResult, text: string): string {
  if (text === '') return '';
  if (result.kind === 'invalid') return 'not a pattern';
  if (result.kind === 'none') return 'no hits';
  const count = `${result.count}${result.isMore ? '+' : ''}`;
  return result.current > 0 ? `${result.current} of ${count}` : `${count} hits`;
}

export interface FindToggleProps {
  readonly sign: string;
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

export function FindToggle({ sign, label, isOn, onChange }: FindToggleProps): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button find-toggle"
      aria-label={label}
      title={label}
      aria-pressed={isOn}
      onClick={() => onChange(!isOn)}
    >
      {sign}
    </button>
  );
}
