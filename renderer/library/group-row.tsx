/** The head of a group of recordings, in the list and above it. */
import type { JSX } from 'preact';
import { Icon } from '../ui/icon.tsx';
import type { RowProps } from '../ui/virtual-list.tsx';
import type { GroupHead } from './list-rows.ts';

export interface GroupRowProps {
  readonly head: GroupHead;
  /** Absent above the list, where no screen reader meets it. */
  readonly row?: RowProps;
  readonly isActive: boolean;
  readonly onPress: (event: MouseEvent) => void;
}

export function GroupRow({ head, row, isActive, onPress }: GroupRowProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and the keys
    <div
      {...row}
      role="option"
      tabIndex={-1}
      aria-selected={row?.['aria-selected'] ?? isActive}
      aria-label={`${head.title}, ${head.line}, ${head.isCollapsed ? 'collapsed' : 'expanded'}`}
      class={isActive ? 'row is-active group-row' : 'row group-row'}
      onClick={onPress}
    >
      <Icon name={head.isCollapsed ? 'right' : 'down'} />
      <strong class="ellipsis">{head.title}</strong> <span class="secondary numbers">{head.line}</span>
    </div>
  );
}
