/** A button that opens a short list to choose one of, with a field that narrows it. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Field } from './field.tsx';
import { Icon } from './icon.tsx';
import { movedIndex, rowId } from './virtual-list.tsx';

interface PickerOption {
  readonly key: string;
  readonly label: string;
}

export interface PickerProps {
  readonly id: string;
  /** What is chosen: `Namespace`. */
  readonly label: string;
  readonly value: PickerOption;
  readonly options: readonly PickerOption[];
  readonly onPick: (key: string) => void;
  readonly onOpen?: () => void;
  /** A typed name that is not in the list may be taken as well: `Use namespace “x”`. */
  readonly typedLabel?: (typed: string) => string;
  /** Said under the list: why it is short. */
  readonly note?: string;
  /** Tells more of what the note says. */
  readonly onDetails?: () => void;
}

const PAGE_ROWS = 8;

export function Picker(props: PickerProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [activeKey, setActiveKey] = useState<string>();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const details = useRef<HTMLButtonElement>(null);
  const listId = `${props.id}-list`;

  useLayoutEffect(() => {
    if (!isOpen) return;
    input.current?.focus();
    const onPointer = (event: PointerEvent): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', onPointer, true);
    return () => document.removeEventListener('pointerdown', onPointer, true);
  }, [isOpen]);

  const options = offered(props, typed);
  const index = Math.max(
    0,
    options.findIndex((one) => one.key === (activeKey ?? (typed === '' ? props.value.key : undefined))),
  );
  const active = options[index];

  useLayoutEffect(() => {
    if (isOpen && active)
      document.getElementById(rowId(listId, active.key))?.scrollIntoView({ block: 'nearest' });
  }, [isOpen, active?.key]);

  function open(): void {
    setTyped('');
    setActiveKey(undefined);
    setOpen(true);
    props.onOpen?.();
  }

  function close(): void {
    setOpen(false);
    button.current?.focus();
  }

  function pick(key: string): void {
    close();
    props.onPick(key);
  }

  function press(event: KeyboardEvent): void {
    const next = movedIndex(event, index, { count: options.length, page: PAGE_ROWS });
    if (next !== undefined && event.key !== 'Home' && event.key !== 'End') {
      event.preventDefault();
      setActiveKey(options[next]?.key);
    } else if (event.key === 'Enter' && active) {
      event.preventDefault();
      pick(active.key);
    } else if (event.key === 'Tab' && !event.shiftKey && details.current) {
      event.preventDefault();
      details.current.focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  }

  return (
    <div ref={root} class="picker">
      <button
        ref={button}
        type="button"
        class="picker-button"
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        aria-label={`${props.label}: ${props.value.label}`}
        title={`${props.label}: ${props.value.label}`}
        onClick={() => (isOpen ? close() : open())}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' || isOpen) return;
          event.preventDefault();
          open();
        }}
      >
        <span class="ellipsis">{props.value.label}</span>
        <Icon name="down" />
      </button>
      {isOpen && (
        <div class="picker-float float">
          <Field
            label={`Find a ${props.label.toLowerCase()}`}
            placeholder={`Find a ${props.label.toLowerCase()}`}
            icon="search"
            value={typed}
            inputRef={input}
            onInput={(next) => {
              setTyped(next);
              setActiveKey(undefined);
            }}
            onKeyDown={press}
            list={{ id: listId, activeId: active && rowId(listId, active.key) }}
          />
          <div id={listId} class="picker-rows" role="listbox" aria-label={props.label}>
            {options.map((option) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the focus and the keys
              <div
                key={option.key}
                id={rowId(listId, option.key)}
                class={option === active ? 'row is-active' : 'row'}
                role="option"
                tabIndex={-1}
                aria-selected={option === active}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => pick(option.key)}
              >
                <span class="ellipsis">{option.label}</span>
                {option.key === props.value.key && <Icon name="check" label="chosen" />}
              </div>
            ))}
            {options.length === 0 && <p class="picker-note">None is called that.</p>}
          </div>
          {props.note && (
            <p class="picker-note">
              {props.note}{' '}
              {props.onDetails && (
                <button
                  ref={details}
                  type="button"
                  class="link-button"
                  onClick={() => {
                    close();
                    props.onDetails?.();
                  }}
                  onKeyDown={(event) => {
                    if (event.key !== 'Escape' && event.key !== 'Tab') return;
                    event.preventDefault();
                    event.stopPropagation();
                    close();
                  }}
                >
                  Details
                </button>
              )}
            </p>
          )}
        </div>
      )}
    </div>
  );
}

function offered({ options, typedLabel }: PickerProps, typed: string): readonly PickerOption[] {
  const wanted = typed.trim().toLowerCase();
  const fitting = options.filter((option) => option.label.toLowerCase().includes(wanted));
  const isKnown = wanted === '' || options.some((option) => option.key === wanted);
  return typedLabel && !isKnown ? [...fitting, { key: wanted, label: typedLabel(wanted) }] : fitting;
}
