/** The dialogs of debugging, tied to the store. */
import type { JSX } from 'preact';
import type { ShellTarget } from '../../preload/contract.ts';
import type { Store } from '../store.ts';
import { ContainerDialog } from './container-dialog.tsx';
import { NodeDialog } from './node-dialog.tsx';

export function DebugDialogs({ store }: { readonly store: Store }): JSX.Element | null {
  const overlay = store.view.overlay.value;
  const { debugImage } = store.settings.state.value.settings;
  const shared = { image: debugImage, onOpen: open, onClose: store.view.closeOverlay };

  function open(target: ShellTarget): void {
    store.view.closeOverlay();
    const image = (target.debug ?? target.node)?.image;
    if (image !== undefined && image !== debugImage) void store.changeSettings({ debugImage: image });
    void store.openAsked(target);
  }

  if (overlay.kind === 'debug') return <ContainerDialog question={overlay.question} {...shared} />;
  if (overlay.kind === 'node-shell') return <NodeDialog question={overlay.question} {...shared} />;
  return null;
}
