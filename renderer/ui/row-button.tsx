/**
 * A button within a row of a list, for a mouse. Neither Tab nor a screen reader may meet it there: a row is one thing to
 * both, so its own keys do the same.
 */
import type { JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';

export interface RowButtonProps {
  readonly icon: IconName;
  /** Shown on hover. */
  readonly title: string;
  readonly onPress: (event: MouseEvent & { readonly currentTarget: Element }) => void;
}

export function RowButton({ icon, title, onPress }: RowButtonProps): JSX.Element {
  return (
    <span
      class="icon-button row-button"
      aria-hidden="true"
      title={title}
      onClick={(event) => {
        event.stopPropagation();
        onPress(event);
      }}
    >
      <Icon name={icon} />
    </span>
  );
}
