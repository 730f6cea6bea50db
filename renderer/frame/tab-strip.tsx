/** The open views. Arrows walk, Enter shows, Delete and the middle button close, dragging moves; each has a menu. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Store } from '../store.ts';
import { activateTab, moveTab, type Tab } from '../store-tabs.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuPlace, placeBelow } from '../ui/menu.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import { tabMenuItems } from './tab-menu.ts';
import { describeTab, type TabWords } from './tab-words.ts';

/** Of what is dragged within the strip; nothing from outside is taken. */
const DRAGGED = 'application/x-kubereel-tab';

export function TabStrip({ store }: { readonly store: Store }): JSX.Element {
  const strip = useRef<HTMLDivElement>(null);
  const { order, activeId } = store.view.tabs.value;
  const [menu, setMenu] = useState<{ readonly tab: Tab; readonly place: MenuPlace }>();

  useLayoutEffect(() => {
    strip.current
      ?.querySelector('[aria-selected="true"]')
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [activeId, order.length]);

  function walk(event: KeyboardEvent): void {
    const tabs = [...(strip.current?.querySelectorAll<HTMLElement>('[role="tab"]') ?? [])];
    const here = tabs.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (here < 0 || next === undefined) return;
    event.preventDefault();
    tabs[(next + tabs.length) % tabs.length]?.focus();
  }

  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it hears the keys of the tabs inside of it */}
      <div
        ref={strip}
        class="tab-strip"
        data-part={order.length > 0 ? 'tabs' : undefined}
        onKeyDown={walk}
        onWheel={(event) => {
          if (strip.current && event.deltaX === 0) strip.current.scrollLeft += event.deltaY;
        }}
      >
        {/* Beside the tabs stand their buttons to close them, which a list of tabs may not hold. */}
        {order.length > 0 && (
          <div
            role="tablist"
            aria-label="Open tabs"
            aria-owns={order.map(({ id }) => `tab-${id}`).join(' ')}
          />
        )}
        {order.map((tab, place) => (
          <TabItem
            key={tab.id}
            store={store}
            tab={tab}
            place={place}
            isActive={tab.id === activeId}
            onMenu={(at) => setMenu({ tab, place: at })}
          />
        ))}
      </div>
      {menu && (
        <Menu
          label="Tab"
          place={menu.place}
          items={tabMenuItems(store, menu.tab)}
          onClose={() => setMenu(undefined)}
        />
      )}
    </>
  );
}

interface TabItemProps {
  readonly store: Store;
  readonly tab: Tab;
  readonly place: number;
  readonly isActive: boolean;
  readonly onMenu: (place: MenuPlace) => void;
}

function TabItem({ store, tab, place, isActive, onMenu }: TabItemProps): JSX.Element {
  const { tabs } = store.view;
  const words = describeTab(tab, {
    sessions: store.sessions.sessions.value,
    recordings: store.sessions.recordings.value ?? new Map(),
    nowMs: store.nowMs.value,
  });
  const number = words.colour ?? (words.context && store.contexts.colourOf(words.context));
  const colour = number ? `context-${number}` : '';
  const close = (): void => void store.requestClose(tab.id);
  return (
    <div class={`tab ${colour} ${isActive ? 'is-active' : ''}`} role="presentation" title={words.title}>
      <button
        type="button"
        class="tab-button"
        role="tab"
        id={`tab-${tab.id}`}
        aria-selected={isActive}
        aria-controls={`panel-${tab.id}`}
        aria-label={words.heard}
        tabIndex={isActive ? 0 : -1}
        data-focus-first={isActive ? '' : undefined}
        draggable
        onDragStart={(event) => event.dataTransfer?.setData(DRAGGED, tab.id)}
        onDragOver={(event) => {
          if (event.dataTransfer?.types.includes(DRAGGED)) event.preventDefault();
        }}
        onDrop={(event) => {
          const id = event.dataTransfer?.getData(DRAGGED);
          if (id) tabs.value = moveTab(tabs.value, id, place);
        }}
        onAuxClick={(event) => {
          if (event.button === 1) close();
        }}
        // The middle button would begin to scroll, and on Linux paste.
        onMouseDown={(event) => {
          if (event.button === 1) event.preventDefault();
        }}
        onContextMenu={(event) => {
          event.preventDefault();
          onMenu({ left: event.clientX, top: event.clientY, bottom: event.clientY });
        }}
        onClick={() => {
          tabs.value = activateTab(tabs.value, tab.id);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Delete') close();
          else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
            event.preventDefault();
            onMenu(placeBelow(event.currentTarget));
          }
        }}
      >
        <TabSign words={words} />
        <span class="ellipsis">{words.name}</span>
        {/* A name and its place are two words to who says them aloud. */}
        {words.place && (
          <>
            {' '}
            <span class="tab-place">{words.place}</span>
          </>
        )}
      </button>
      <IconButton icon="close" label={`Close ${words.name}`} tabIndex={-1} onPress={close} />
    </div>
  );
}

function TabSign({ words }: { readonly words: TabWords }): JSX.Element {
  return words.sign ? <StatusDot {...words.sign} /> : <Icon name={words.icon ?? 'terminal'} />;
}
