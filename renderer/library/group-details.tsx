/** Under the list, where the head of a group is the active row. As high as the details of a recording. */
import type { JSX } from 'preact';
import { Button } from '../ui/button.tsx';
import { describeSum, type GroupHead } from './list-rows.ts';
import { removableOf } from './list-words.ts';

export interface GroupDetailsProps {
  readonly head: GroupHead;
  readonly onToggle: () => void;
  readonly onTag: () => void;
  readonly onPin: () => void;
  /** Asks first. */
  readonly onRemove: () => void;
}

export function GroupDetails({ head, onToggle, onTag, onPin, onRemove }: GroupDetailsProps): JSX.Element {
  const { recordings, isCollapsed, title } = head;
  const isLive = removableOf(recordings).length === 0;
  return (
    <section class="recording-details" aria-label="Group">
      <div class="recording-facts">
        <p class="ellipsis">
          <strong>{title}</strong>
        </p>
        <p class="ellipsis numbers">{describeSum(recordings)}</p>
        <p class="ellipsis secondary">What is done here is done with all of them.</p>
      </div>
      <div class="recording-actions">
        <Button icon={isCollapsed ? 'right' : 'down'} title="Enter" onPress={onToggle}>
          {isCollapsed ? 'Show them' : 'Hide them'}
        </Button>
        <Button
          icon="trash"
          isDisabled={isLive}
          title={isLive ? 'They are still being recorded' : 'Del'}
          onPress={onRemove}
        >
          Delete…
        </Button>
      </div>
      <div class="recording-words">
        <Button icon="tag" title="t" onPress={onTag}>
          Tags…
        </Button>
        <Button icon="pin" title="p" onPress={onPin}>
          {recordings.every(({ isPinned }) => isPinned) ? 'Unpin' : 'Pin'}
        </Button>
      </div>
    </section>
  );
}
