/** What a tab's own menu offers. */
import type { ShellTarget } from '../../preload/contract.ts';
import type { Store } from '../store.ts';
import { targetOfRecording } from '../store-recents.ts';
import { isRunning } from '../store-recording.ts';
import { moveTab, type Tab } from '../store-tabs.ts';
import { keyNameOf } from '../ui/keys.ts';
import type { MenuItem } from '../ui/menu.tsx';

export function tabMenuItems(store: Store, { id, content }: Tab): readonly MenuItem[] {
  const target = targetOf(store, content);
  const close: MenuItem = {
    key: 'close',
    label: 'Close',
    icon: 'close',
    onPick: () => void store.requestClose(id),
  };
  const moves = moveItems(store, id);
  if (!target) return [...moves, close];
  return [
    {
      key: 'shell',
      label: content.kind === 'replay' ? 'Open a shell there' : 'Open another shell there',
      icon: 'terminal',
      onPick: () => void store.openShell(target),
    },
    {
      key: 'kubectl',
      label: 'Copy as kubectl',
      icon: 'copy',
      onPick: () => void store.copyCommand(store.kubectl.shell(target)),
    },
    ...recordingItems(store, content),
    ...[...moves, close].map((item, index) => (index === 0 ? { ...item, section: 'Tab' } : item)),
  ];
}

/** What dragging does, for the keyboard. */
function moveItems({ view }: Store, id: string): MenuItem[] {
  const { order } = view.tabs.value;
  const place = order.findIndex((tab) => tab.id === id);
  const move = (label: string, to: number): MenuItem => ({
    key: label,
    label,
    isDisabled: to < 0 || to >= order.length,
    onPick: () => {
      view.tabs.value = moveTab(view.tabs.value, id, to);
    },
  });
  if (order.length < 2) return [];
  return [move('Move to the left', place - 1), move('Move to the right', place + 1)];
}

function recordingItems({ recording: deeds, sessions, info }: Store, content: Tab['content']): MenuItem[] {
  const session = content.kind === 'session' ? sessions.sessions.value.get(content.sessionId) : undefined;
  if (!session || !isRunning(session)) return [];
  const { sessionId, recording } = session;
  const keyName = info.value && keyNameOf('mark', { ...info.value, isInTerminal: true });
  const isPaused = recording.pausedAtMs !== undefined;
  return [
    {
      key: 'mark',
      label: 'Set a marker',
      icon: 'marker',
      ...(keyName === undefined ? {} : { note: keyName }),
      section: 'Recording',
      onPick: () => deeds.askToMark(sessionId),
    },
    {
      key: 'input',
      label: recording.inputOn ? 'Stop recording what I type' : 'Record what I type',
      icon: 'keys',
      onPick: () =>
        recording.inputOn ? void deeds.recordInput(sessionId, false) : deeds.askToRecordInput(sessionId),
    },
    {
      key: 'pause',
      label: isPaused ? 'Go on recording' : 'Pause the recording',
      icon: isPaused ? 'play' : 'pause',
      ...(!isPaused && !deeds.mayPause(session) ? { isDisabled: true, note: 'not allowed' } : {}),
      onPick: () => void deeds.pause(sessionId, !isPaused),
    },
  ];
}

function targetOf({ sessions }: Store, content: Tab['content']): ShellTarget | undefined {
  if (content.kind === 'session') return sessions.sessions.value.get(content.sessionId)?.target;
  if (content.kind !== 'replay') return undefined;
  const recording = sessions.recordings.value?.get(content.recordingId);
  return recording && targetOfRecording(recording);
}
