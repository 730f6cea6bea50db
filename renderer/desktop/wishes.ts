/** What the desktop around the window wishes of the page, and what the page tells it of itself. */
import { effect } from '@preact/signals';
import type { DesktopWish } from '../../preload/contract-desktop.ts';
import type { CommandId } from '../../preload/page-commands.ts';
import { visibleText } from '../../preload/visible-text.ts';
import type { CoreClient } from '../core-client.ts';
import { COMMANDS } from '../frame/commands.ts';
import type { Store } from '../store.ts';

/** To be called once the page stands. In a browser nobody wishes anything. */
export function followDesktop(store: Store, client: CoreClient): () => void {
  if (store.info.peek()?.host !== 'electron') return () => {};
  const stopWishes = client.on('desktop.wished', (wish) => carryOut(store, wish));
  let told: string | undefined;
  const stopTelling = effect(() => {
    const commands = possibleCommands(store);
    const telling = commands.join(' ');
    if (telling === told) return;
    told = telling;
    // Where the core is gone, the page says so itself.
    client.call('desktop.attend', { commands }).catch(() => {});
  });
  return () => {
    stopWishes();
    stopTelling();
  };
}

/** Those that would do something now. */
function possibleCommands(store: Store): readonly CommandId[] {
  return COMMANDS.filter((command) => command.isOffered?.(store) ?? true).map(({ id }) => id);
}

function carryOut(store: Store, wish: DesktopWish): void {
  switch (wish.kind) {
    case 'command': {
      const command = COMMANDS.find(({ id }) => id === wish.command);
      // It may have become impossible since the menu was opened, and a question wants its answer first.
      if (!command || !(command.isOffered?.(store) ?? true) || isAsking(store)) return;
      void command.run(store);
      return;
    }
    case 'session':
      store.showSession(wish.sessionId);
      return;
    case 'recording': {
      const { recordingId, timeMicros } = wish;
      store.openReplay(recordingId, timeMicros === undefined ? undefined : { timeMicros });
      return;
    }
    case 'file':
      store.desktop.ask(wish.file);
      return;
    case 'refused':
      store.view.say('lost', visibleText(wish.title), wish.problem);
  }
}

function isAsking({ view }: Store): boolean {
  return view.overlay.peek().kind !== 'none' || document.querySelector('dialog[open]') !== null;
}
