/**
 * Finds in all of a recording while one types. Enter goes on in time, Shift+Enter back, Escape to the terminal. A
 * pattern is looked for in the terminal's lines alone, and so is all else where nobody knows the recording's text.
 */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { FindBarProps } from '../terminal/find-bar.tsx';
import { FindToggle, terminalCountWords } from '../terminal/find-bar.tsx';
import { IconButton } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { countWords, describeReach, type FindState, isTerminalOnly } from './recording-find.ts';

export interface RecordingFindBarProps extends Omit<FindBarProps, 'onClose'> {
  readonly state: FindState;
  /** In all of the recording; empty: nothing. */
  readonly onText: (text: string, isCaseSensitive: boolean) => void;
  readonly onStep: (direction: 1 | -1) => void;
  readonly onClose: () => void;
}

export function RecordingFindBar(props: RecordingFindBarProps): JSX.Element {
  const { state } = props;
  const [text, setText] = useState(props.initialText);
  const [isCaseSensitive, setCaseSensitive] = useState(false);
  const [isRegex, setRegex] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const isHere = isRegex || isTerminalOnly(state);
  const query = { text, isCaseSensitive, isRegex };

  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, [props.asked]);
  useEffect(() => props.onText(isRegex ? '' : text, isCaseSensitive), [text, isCaseSensitive, isRegex]);
  // What stands on the screen is marked at once, wherever else it is.
  useEffect(() => props.onFind(query, 'last'), [text, isCaseSensitive, isRegex]);

  function step(direction: 1 | -1): void {
    if (isHere) props.onFind(query, direction === 1 ? 'below' : 'above');
    else props.onStep(direction);
  }

  function press(event: KeyboardEvent): void {
    if (event.key === 'Escape') props.onClose();
    else if (event.key === 'Enter' || event.key === 'F3') step(event.shiftKey ? -1 : 1);
    else if (event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey)) input.current?.select();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const reach = isRegex ? 'A pattern is looked for in the terminal’s lines only.' : describeReach(state);
  const hasHits = isHere
    ? props.result.kind === 'hits'
    : state.kind === 'known' && state.found.hits.length > 0;
  return (
    <search class="find-bar float" onKeyDown={press}>
      <div class="find-line">
        <Field label="Find in the recording" icon="search" value={text} onInput={setText} inputRef={input} />
        <output class="find-count secondary numbers">
          {isHere ? terminalCountWords(props.result, text) : countWords(state)}
        </output>
        <FindToggle sign="Aa" label="Match case" isOn={isCaseSensitive} onChange={setCaseSensitive} />
        <FindToggle
          sign=".*"
          label="Regular expression, in the terminal’s lines"
          isOn={isRegex}
          onChange={setRegex}
        />
        <IconButton icon="up" label="Previous (Shift+Enter)" isDisabled={!hasHits} onPress={() => step(-1)} />
        <IconButton icon="down" label="Next (Enter)" isDisabled={!hasHits} onPress={() => step(1)} />
        <IconButton icon="close" label="Close (Escape)" onPress={props.onClose} />
      </div>
      {reach && text !== '' && <p class="find-reach secondary">{reach}</p>}
    </search>
  );
}
