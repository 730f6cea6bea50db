/** The filter: one line of text, what can stand in it offered below while one types. */
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { RecordingInfo } from '../../preload/contract.ts';
import { Field, type FieldProps } from '../ui/field.tsx';
import { rowId } from '../ui/virtual-list.tsx';
import { applyOption, completeFilter } from './filter-completion.ts';

export interface FilterFieldProps extends Pick<FieldProps, 'onKeyDown' | 'list'> {
  readonly value: string;
  readonly onInput: (text: string) => void;
  /** Their values are offered. */
  readonly recordings: ReadonlyMap<string, RecordingInfo>;
  /** Where a word is being completed: what is wrong with it need not be said yet. */
  readonly onCompleting: (from: number | undefined) => void;
  readonly inputRef: { current: HTMLInputElement | null };
}

const OPTIONS_ID = 'filter-options';
/** As long as the core takes it. */
const LONGEST_FILTER = 4_096;

export function FilterField(props: FilterFieldProps): JSX.Element {
  const { value, inputRef } = props;
  /** Where one types; undefined where nothing is offered: before, and after Escape. */
  const [cursor, setCursor] = useState<number>();
  const [chosen, setChosen] = useState<number>();
  const moveTo = useRef<number | undefined>(undefined);
  const completion = useMemo(
    () => (cursor === undefined ? undefined : completeFilter(value, cursor, props.recordings.values())),
    [value, cursor, props.recordings],
  );
  const options = completion?.options ?? [];
  const active = chosen ?? (completion?.isSure ? 0 : undefined);

  useLayoutEffect(() => {
    const place = moveTo.current;
    moveTo.current = undefined;
    if (place !== undefined) inputRef.current?.setSelectionRange(place, place);
    // A filter's name that a menu has written: its values are next.
    const field = inputRef.current;
    const isAtEnd = document.activeElement === field && field?.selectionStart === value.length;
    const isBegun = place === undefined && value.endsWith(':') && isAtEnd;
    if (isBegun) setCursor(value.length);
  }, [value]);

  const from = completion?.from;
  useLayoutEffect(() => props.onCompleting(from), [from]);

  function take(index: number): void {
    const option = options[index];
    if (!completion || !option) return;
    const next = applyOption(value, completion, option.text);
    moveTo.current = next.cursor;
    setChosen(undefined);
    // After a filter's name its values are offered; after a value nothing is.
    setCursor(option.text.endsWith(':') ? next.cursor : undefined);
    props.onInput(next.text);
    inputRef.current?.focus();
  }

  /** Keys that the options take before the list does. */
  function choose({ key }: KeyboardEvent): boolean {
    const last = options.length - 1;
    if (key === 'ArrowDown') setChosen(active === undefined || active === last ? 0 : active + 1);
    else if (key === 'ArrowUp') setChosen(active === undefined || active === 0 ? last : active - 1);
    else if (key === 'Escape') setCursor(undefined);
    else if (key === 'Tab' || (key === 'Enter' && active !== undefined)) take(active ?? 0);
    else return false;
    return true;
  }

  function press(event: KeyboardEvent): void {
    const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey;
    if (options.length > 0 && isPlain && choose(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else props.onKeyDown?.(event);
  }

  const activeOption = active === undefined ? undefined : options[active];
  return (
    <div class="filter-field">
      <Field
        label="Filter recordings"
        icon="search"
        placeholder="Filter: words, pod:api-*, exit:failed, since:7d"
        value={value}
        most={LONGEST_FILTER}
        onInput={(text) => {
          props.onInput(text);
          setChosen(undefined);
          setCursor(inputRef.current?.selectionStart ?? text.length);
        }}
        onKeyDown={press}
        onBlur={() => setCursor(undefined)}
        inputRef={inputRef}
        canClear
        {...(completion
          ? { list: { id: OPTIONS_ID, activeId: activeOption && rowId(OPTIONS_ID, `${active}`) } }
          : props.list && { list: props.list })}
      />
      {completion && (
        <div class="filter-options float" id={OPTIONS_ID} role="listbox" aria-label="Filters" tabIndex={-1}>
          {options.map((option, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and the keys
            <div
              key={option.text}
              id={rowId(OPTIONS_ID, `${index}`)}
              role="option"
              tabIndex={-1}
              class={index === active ? 'filter-option is-active' : 'filter-option'}
              aria-selected={index === active}
              // The field would lose the focus, and with it the list.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(index)}
            >
              <span class="ellipsis">{option.text}</span>
              <span class="secondary numbers ellipsis">{option.note}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
