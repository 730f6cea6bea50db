/** One recording in the list. */
import type { JSX } from 'preact';
import type { RecordingInfo } from '../../preload/contract.ts';
import { IconButton } from '../ui/button.tsx';
import { formatBytes, formatDuration, formatTime } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { type MenuPlace, placeBelow } from '../ui/menu.tsx';
import { ContextDot, StatusDot } from '../ui/status-dot.tsx';
import type { RowProps } from '../ui/virtual-list.tsx';
import { describeLock, describeOutcome, nameOf, placeOf } from './recording-words.ts';

export interface RecordingRowProps {
  readonly recording: RecordingInfo;
  readonly row: RowProps;
  readonly nowMs: number;
  readonly colour: number;
  readonly onActivate: () => void;
  readonly onReplay: () => void;
  readonly onMenu: (place: MenuPlace) => void;
}

export function RecordingRow({ recording, row, nowMs, colour, ...props }: RecordingRowProps): JSX.Element {
  const outcome = describeOutcome(recording);
  const lock = describeLock(recording);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and the keys
    <div
      {...row}
      role="option"
      tabIndex={-1}
      title={outcome.line}
      class={`${row.class} library-row`}
      onClick={props.onActivate}
      onDblClick={props.onReplay}
      onContextMenu={(event) => {
        event.preventDefault();
        props.onActivate();
        props.onMenu({ left: event.clientX, top: event.clientY, bottom: event.clientY });
      }}
    >
      <span class="numbers ellipsis">{formatTime(recording.startedAtMs, nowMs)}</span>
      <span class="library-place">
        {!recording.imported && <ContextDot colour={colour} />}
        <span class="ellipsis">{placeOf(recording)}</span>
      </span>
      <span class="library-name">
        <span class="ellipsis">{nameOf(recording)}</span>
        {lock && (
          <span class={`library-lock tone-${lock.tone}`} title={lock.line}>
            <Icon name="lock" label={lock.word} />
          </span>
        )}
      </span>
      <span class="numbers is-figure">{formatDuration(recording.durationMicros / 1_000)}</span>
      <span class="library-outcome">
        <StatusDot shape={outcome.shape} tone={outcome.tone} />
        <span class={`ellipsis tone-${outcome.tone}`}>{outcome.word}</span>
      </span>
      <span class="numbers is-figure">{formatBytes(recording.bytes)}</span>
      <IconButton
        icon="more"
        label={`More for ${nameOf(recording)}`}
        tabIndex={-1}
        onPress={(event) => {
          event.stopPropagation();
          props.onActivate();
          props.onMenu(placeBelow(event.currentTarget as Element));
        }}
      />
    </div>
  );
}
