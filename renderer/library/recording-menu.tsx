/** What can be done with a recording, or with all that are selected, as a menu. */
import type { JSX } from 'preact';
import type { RecordingInfo } from '../../preload/contract.ts';
import { copyText } from '../terminal/clipboard.ts';
import { formatCount } from '../ui/format.ts';
import { Menu, type MenuItem, type MenuPlace } from '../ui/menu.tsx';
import { removableOf } from './list-words.ts';
import { nameOf } from './recording-words.ts';

export interface RecordingMenuProps {
  /** One, all that are selected, or a group; never none. */
  readonly recordings: readonly RecordingInfo[];
  readonly place: MenuPlace;
  readonly onClose: () => void;
  readonly onReplay: (recording: RecordingInfo) => void;
  readonly onExport: (recording: RecordingInfo) => void;
  readonly onPin: (recordings: readonly RecordingInfo[]) => void;
  readonly onTag: (recordings: readonly RecordingInfo[]) => void;
  readonly onRemove: (recordings: readonly RecordingInfo[]) => void;
}

export function RecordingMenu(props: RecordingMenuProps): JSX.Element {
  const { recordings } = props;
  const [only] = recordings.length === 1 ? recordings : [];
  const isLive = removableOf(recordings).length === 0;
  const together: readonly MenuItem[] = [
    {
      key: 'pin',
      label: recordings.every(({ isPinned }) => isPinned) ? 'Unpin' : 'Pin',
      note: 'p',
      onPick: () => props.onPin(recordings),
    },
    { key: 'tag', label: 'Tag…', note: 't', onPick: () => props.onTag(recordings) },
    {
      key: 'remove',
      label: 'Delete',
      note: isLive ? 'still being recorded' : 'Del',
      isDisabled: isLive,
      onPick: () => props.onRemove(recordings),
    },
  ];
  return (
    <Menu
      label={only ? nameOf(only) : formatCount(recordings.length, 'recording')}
      {...(!only && { heading: formatCount(recordings.length, 'recording') })}
      place={props.place}
      onClose={props.onClose}
      items={only ? [...itemsOfOne(only, props), ...together] : together}
    />
  );
}

function itemsOfOne(recording: RecordingInfo, props: RecordingMenuProps): readonly MenuItem[] {
  const isUnreadable = recording.state === 'unreadable';
  return [
    {
      key: 'replay',
      label: 'Replay',
      note: 'Enter',
      isDisabled: isUnreadable,
      onPick: () => props.onReplay(recording),
    },
    {
      key: 'export',
      label: 'Export…',
      isDisabled: isUnreadable || recording.isLocked === true,
      onPick: () => props.onExport(recording),
    },
    // What the browser refuses to copy, the details say.
    { key: 'path', label: 'Copy path', onPick: () => void copyText(recording.path) },
  ];
}
