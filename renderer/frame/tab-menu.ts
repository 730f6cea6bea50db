/** What a tab's own menu offers. */
import type { ShellTarget } from '../../preload/contract.ts';
import type { Store } from '../store.ts';
import { targetOfRecording } from '../store-recents.ts';
import type { Tab } from '../store-tabs.ts';
import type { MenuItem } from '../ui/menu.tsx';

export function tabMenuItems(store: Store, { id, content }: Tab): readonly MenuItem[] {
  const target = targetOf(store, content);
  const close: MenuItem = {
    key: 'close',
    label: 'Close',
    icon: 'close',
    onPick: () => void store.requestClose(id),
  };
  if (!target) return [close];
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
    close,
  ];
}

function targetOf({ sessions }: Store, content: Tab['content']): ShellTarget | undefined {
  if (content.kind === 'session') return sessions.sessions.value.get(content.sessionId)?.target;
  if (content.kind !== 'replay') return undefined;
  const recording = sessions.recordings.value?.get(content.recordingId);
  return recording && targetOfRecording(recording);
}
