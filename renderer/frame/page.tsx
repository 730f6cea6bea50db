/** The window: head, rail, side, tabs with their content, foot, and the keys that reach all of it. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { ProblemInfo } from '../../preload/contract.ts';
import type { PageClient } from '../core-client.ts';
import { SidePanel } from '../open/side-panel.tsx';
import type { Store } from '../store.ts';
import { Button } from '../ui/button.tsx';
import { commandOf } from '../ui/keys.ts';
import { Problem } from '../ui/problem.tsx';
import { Announcements } from './announcements.tsx';
import { runShortcut } from './commands.ts';
import { Content } from './content.tsx';
import { Overlays } from './overlays.tsx';
import { focusContent, isInTerminal } from './parts.ts';
import { Rail } from './rail.tsx';
import { RecoveryNotice } from './recovery-notice.tsx';
import { StatusBar } from './status-bar.tsx';
import { TabStrip } from './tab-strip.tsx';
import { describeTab } from './tab-words.ts';
import { TitleBar } from './title-bar.tsx';
import { UpdateNotice } from './update-notice.tsx';

/** Narrower than this the side stands above the content and gives way to it. In CSS pixels. */
const NARROW_PX = 860;

export interface PageProps {
  readonly store: Store;
  readonly client: PageClient;
}

export function Page({ store, client }: PageProps): JSX.Element {
  const { view } = store;
  const isNarrow = useMatch(`(max-width: ${NARROW_PX}px)`);
  useKeys(store);
  useSideOfNarrow(store, isNarrow);
  // So that the first key does something: it chooses a context, or starts the demo cluster.
  useLayoutEffect(focusContent, []);

  const title = titleOf(store);
  useEffect(() => {
    document.title = title;
  }, [title]);

  return (
    <div
      class={`page ${isNarrow ? 'is-narrow' : ''} ${view.isSideOpen.value ? 'has-side' : ''}`}
      style={{ '--side-width': `${view.sideWidth.value}px` }}
    >
      <TitleBar store={store} />
      <Rail store={store} />
      {view.isSideOpen.value && <SidePanel store={store} client={client} />}
      <main class="main" aria-label="Tabs">
        {/* The settings have a heading of their own. */}
        {view.activeTab.value?.content.kind !== 'settings' && <h1 class="only-heard">{title}</h1>}
        {view.lost.value && <Lost problem={view.lost.value} />}
        <RecoveryNotice store={store} />
        <UpdateNotice store={store} />
        <TabStrip store={store} />
        <Content store={store} client={client} />
        <Overlays store={store} />
        <Announcements store={store} />
      </main>
      <StatusBar store={store} />
    </div>
  );
}

/** Tells windows apart in a task bar, and in the tabs of a browser. */
function titleOf(store: Store): string {
  const tab = store.view.activeTab.value;
  if (!tab) return 'Kubereel';
  const words = describeTab(tab, {
    sessions: store.sessions.sessions.value,
    recordings: store.sessions.recordings.value ?? new Map(),
    nowMs: store.nowMs.peek(),
  });
  return [words.news, words.name, words.place, 'Kubereel'].filter(Boolean).join(' · ');
}

/** What is on the screen stays to be read and copied. */
function Lost({ problem }: { readonly problem: ProblemInfo }): JSX.Element {
  return (
    <Problem form="bar" title="Kubereel is gone from behind this window" problem={problem}>
      <Button icon="retry" onPress={() => location.reload()}>
        Connect again
      </Button>
    </Problem>
  );
}

function useKeys(store: Store): void {
  useLayoutEffect(() => {
    /** Before everything else: a terminal would take the key and send it to the shell. */
    const onKeyDown = (event: KeyboardEvent): void => {
      const info = store.info.peek();
      const overlay = store.view.overlay.peek().kind;
      if (!info || event.isComposing) return;
      const command = commandOf(event, { ...info, isInTerminal: isInTerminal(document.activeElement) });
      if (command === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      if (overlay === 'palette' && command === 'find') store.view.closeOverlay();
      // A question wants its answer first.
      else if (overlay === 'none' && !document.querySelector('dialog[open]'))
        void runShortcut(store, command);
    };
    /** After everything else: whatever had a use for Escape has said so by then. */
    const onEscape = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
      if (isInTerminal(document.activeElement) || document.querySelector('dialog[open], [role="menu"]'))
        return;
      focusContent();
    };
    window.addEventListener('keydown', onKeyDown, true);
    window.addEventListener('keydown', onEscape);
    return () => {
      window.removeEventListener('keydown', onKeyDown, true);
      window.removeEventListener('keydown', onEscape);
    };
  }, [store]);
}

/** On a narrow window the side covers the content: it gives way to what is opened, pressed or returned to. */
function useSideOfNarrow({ view, contexts }: Store, isNarrow: boolean): void {
  const { activeId } = view.tabs.value;
  const hasContexts = contexts.list.value?.contexts.length !== 0;
  useEffect(() => {
    if (!isNarrow) view.isSideOpen.value = true;
    else if (activeId !== undefined || !hasContexts) view.isSideOpen.value = false;
  }, [isNarrow, activeId, hasContexts]);

  useEffect(() => {
    if (!isNarrow) return;
    const onMoved = ({ target }: Event): void => {
      if (!(target instanceof Element) || !target.closest('[data-part="content"]')) return;
      if (view.activeTab.peek()) view.isSideOpen.value = false;
    };
    document.addEventListener('pointerdown', onMoved);
    document.addEventListener('focusin', onMoved);
    return () => {
      document.removeEventListener('pointerdown', onMoved);
      document.removeEventListener('focusin', onMoved);
    };
  }, [isNarrow]);
}

function useMatch(query: string): boolean {
  const [isMatching, setMatching] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const onChange = (): void => setMatching(media.matches);
    media.addEventListener('change', onChange);
    return () => media.removeEventListener('change', onChange);
  }, [query]);
  return isMatching;
}
