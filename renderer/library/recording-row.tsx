/** One recording in the list. */
import type { JSX } from 'preact';
import type { RecordingInfo } from '../../preload/contract.ts';
import { formatBytes, formatDuration, formatTime } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { type MenuPlace, placeBelow } from '../ui/menu.tsx';
import { RowButton } from '../ui/row-button.tsx';
import { ContextDot, StatusDot } from '../ui/status-dot.tsx';
import type { RowProps } from '../ui/virtual-list.tsx';
import { DeliverySign, type LibraryUploads } from './delivery.tsx';
import { describeLock, describeOutcome, nameOf, placeOf } from './recording-words.ts';
import { Thumbnail } from './thumbnail.tsx';
import type { ThumbnailStore } from './thumbnail-store.ts';

export interface RecordingRowProps {
  readonly recording: RecordingInfo;
  readonly row: RowProps;
  readonly nowMs: number;
  readonly colour: number;
  readonly thumbnails: ThumbnailStore;
  readonly uploads: LibraryUploads;
  readonly isChecked: boolean;
  readonly onCheck: () => void;
  readonly onPress: (event: MouseEvent) => void;
  readonly onReplay: () => void;
  readonly onMenu: (place: MenuPlace) => void;
}

/** More would leave the name no place; the rest is counted. */
const MOST_TAGS = 2;

export function RecordingRow({ recording, row, nowMs, colour, ...props }: RecordingRowProps): JSX.Element {
  const outcome = describeOutcome(recording);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and the keys
    <div
      {...row}
      role="option"
      tabIndex={-1}
      title={outcome.line}
      class={`${row.class} library-row ${props.isChecked ? 'is-checked' : ''}`}
      onClick={props.onPress}
      onDblClick={props.onReplay}
      onContextMenu={(event) => {
        event.preventDefault();
        props.onMenu({ left: event.clientX, top: event.clientY, bottom: event.clientY });
      }}
    >
      <Check isChecked={props.isChecked} onCheck={props.onCheck} />
      <Thumbnail store={props.thumbnails} recording={recording} />
      <span class="numbers ellipsis">{formatTime(recording.startedAtMs, nowMs)}</span>
      <span class="library-place">
        {!recording.imported && recording.context !== '' && <ContextDot colour={colour} />}
        <span class="ellipsis">{placeOf(recording)}</span>
      </span>
      <Name recording={recording} />
      <span class="numbers is-figure">{formatDuration(recording.durationMicros / 1_000)}</span>
      <span class="library-outcome">
        <StatusDot shape={outcome.shape} tone={outcome.tone} />
        <span class={`ellipsis tone-${outcome.tone}`}>{outcome.word}</span>
        <DeliverySign recording={recording} uploads={props.uploads} nowMs={nowMs} />
      </span>
      <span class="numbers is-figure">{formatBytes(recording.bytes)}</span>
      <RowButton
        icon="more"
        title={`More for ${nameOf(recording)}`}
        onPress={(event) => props.onMenu(placeBelow(event.currentTarget))}
      />
    </div>
  );
}

/** For a mouse; keys select by Space. */
function Check({
  isChecked,
  onCheck,
}: {
  readonly isChecked: boolean;
  readonly onCheck: () => void;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Space on the row does the same
    // biome-ignore lint/a11y/noStaticElementInteractions: as above, and the row itself tells whether it is selected
    <span
      class="library-check"
      onClick={(event) => {
        event.stopPropagation();
        onCheck();
      }}
    >
      {isChecked && <Icon name="check" size={12} />}
    </span>
  );
}

function Name({ recording }: { readonly recording: RecordingInfo }): JSX.Element {
  const { tags = [], isPinned, comment } = recording;
  const lock = describeLock(recording);
  const rest = tags.slice(MOST_TAGS);
  return (
    <span class="library-name">
      <span class="ellipsis" title={comment}>
        {nameOf(recording)}
      </span>
      {lock && (
        <span class={`library-sign tone-${lock.tone}`} title={lock.line}>
          <Icon name="lock" label={lock.word} />
        </span>
      )}
      {isPinned && (
        <span class="library-sign" title="Pinned: kept, whatever the rules say">
          <Icon name="pin" label="pinned" />
        </span>
      )}
      {tags.slice(0, MOST_TAGS).map((tag) => (
        <span key={tag} class="tag ellipsis" title={tag}>
          {tag}
        </span>
      ))}
      {rest.length > 0 && (
        <span class="tag is-rest" title={rest.join(', ')}>
          +{rest.length}
        </span>
      )}
    </span>
  );
}
