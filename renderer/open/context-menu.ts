/** What a context's own menu offers. */
import type { ContextInfo } from '../../preload/contract.ts';
import { focusPodFilter } from '../frame/parts.ts';
import type { Store } from '../store.ts';
import type { MenuItem } from '../ui/menu.tsx';

export function contextMenuItems(store: Store, { name, namespace }: ContextInfo): readonly MenuItem[] {
  const { contexts } = store;
  const watch = contexts.watches.value.get(name);
  return [
    {
      key: 'pods',
      label: 'List its pods',
      icon: 'pods',
      onPick: () => {
        void contexts.select(name);
        focusPodFilter();
      },
    },
    {
      key: 'doctor',
      label: 'Check this connection',
      icon: 'pulse',
      onPick: () => store.checkConnection({ context: name }),
    },
    {
      key: 'kubectl',
      label: 'Copy as kubectl',
      icon: 'copy',
      onPick: () => void store.copyCommand(store.kubectl.pods(name, watch ? watch.namespace : namespace)),
    },
    {
      key: 'disconnect',
      label: 'Disconnect',
      icon: 'close',
      isDisabled: !watch,
      onPick: () => void contexts.disconnect(name),
    },
  ];
}
