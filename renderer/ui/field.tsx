/** One line of text to type. */
import type { JSX, Ref } from 'preact';
import { IconButton } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly placeholder?: string;
  /** Characters. */
  readonly most?: number;
  readonly icon?: IconName;
  readonly id?: string;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly onBlur?: () => void;
  readonly inputRef?: Ref<HTMLInputElement>;
  readonly isFocusedFirst?: boolean;
  /** Offers a button that empties it. */
  readonly canClear?: boolean;
  /** Where the field steers a list. */
  readonly list?: SteeredList;
}

export interface SteeredList {
  readonly id: string;
  /** Of the row that Enter takes. */
  readonly activeId: string | undefined;
  /** It is there; left out, it always is. */
  readonly isShown?: boolean;
}

export function Field(props: FieldProps): JSX.Element {
  const isListShown = props.list?.isShown ?? true;
  const steering = props.list && {
    role: 'combobox' as const,
    'aria-expanded': isListShown,
    'aria-controls': isListShown ? props.list.id : undefined,
    'aria-activedescendant': props.list.activeId,
    'aria-autocomplete': 'list' as const,
  };
  return (
    <div class="field">
      {props.icon && <Icon name={props.icon} />}
      <input
        {...(props.id === undefined ? {} : { id: props.id })}
        ref={props.inputRef ?? null}
        type="text"
        aria-label={props.label}
        placeholder={props.placeholder}
        value={props.value}
        maxLength={props.most}
        data-focus-first={props.isFocusedFirst ? '' : undefined}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        onKeyDown={props.onKeyDown}
        onBlur={props.onBlur}
        {...steering}
      />
      {props.canClear && props.value !== '' && (
        <IconButton icon="close" label="Clear" onPress={() => props.onInput('')} />
      )}
    </div>
  );
}
