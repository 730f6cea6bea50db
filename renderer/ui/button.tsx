/** Buttons: verbs to press. */
import type { ComponentChildren, JSX, Ref } from 'preact';
import { Icon, type IconName } from './icon.tsx';

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onPress: (event: MouseEvent) => void;
  /** `primary` once a place at most; `danger` for what ends or removes something. */
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly icon?: IconName;
  readonly isDisabled?: boolean;
  /** Shown on hover and read aloud: why it is disabled, or its key. */
  readonly title?: string | undefined;
  readonly isFocusedFirst?: boolean;
}

export function Button(props: ButtonProps): JSX.Element {
  const { kind = 'plain' } = props;
  return (
    <button
      type="button"
      class={kind === 'plain' ? 'button' : `button button-${kind}`}
      disabled={props.isDisabled ?? false}
      title={props.title}
      data-focus-first={props.isFocusedFirst ? '' : undefined}
      onClick={props.onPress}
    >
      {props.icon && <Icon name={props.icon} />}
      {props.children}
    </button>
  );
}

export interface IconButtonProps {
  readonly icon: IconName;
  /** Its name: shown on hover, read aloud. */
  readonly label: string;
  readonly onPress: (event: MouseEvent) => void;
  readonly isDisabled?: boolean;
  readonly isExpanded?: boolean;
  /** -1 where the keyboard reaches the same by the row or tab that it stands in. */
  readonly tabIndex?: number;
  readonly buttonRef?: Ref<HTMLButtonElement>;
}

export function IconButton(props: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      ref={props.buttonRef ?? null}
      aria-label={props.label}
      title={props.label}
      aria-expanded={props.isExpanded}
      disabled={props.isDisabled ?? false}
      tabIndex={props.tabIndex}
      onClick={props.onPress}
    >
      <Icon name={props.icon} />
    </button>
  );
}
