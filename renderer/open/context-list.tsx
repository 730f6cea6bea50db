/** The contexts of the kubeconfig. Arrows walk without asking any cluster; Enter or a press chooses one. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { ContextInfo } from '../../preload/contract.ts';
import { focusPodFilter } from '../frame/parts.ts';
import { STATE_WORDS } from '../frame/status-bar.tsx';
import type { Store } from '../store.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuPlace, placeBelow } from '../ui/menu.tsx';
import { ContextDot } from '../ui/status-dot.tsx';
import { movedIndex } from '../ui/virtual-list.tsx';
import { contextMenuItems } from './context-menu.ts';

const PAGE_ROWS = 6;

export function ContextList({ store }: { readonly store: Store }): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const contexts = store.contexts.list.value?.contexts ?? [];
  const current = store.contexts.list.value?.current;
  const selected = store.contexts.selected.value?.name;
  const [focused, setFocused] = useState<string>();
  const [menu, setMenu] = useState<{ readonly context: ContextInfo; readonly place: MenuPlace }>();
  // One stop of the Tab key: where the arrows were last, else the chosen one, else kubectl's.
  const stop = [focused, selected, current, contexts[0]?.name].find((name) =>
    contexts.some((one) => one.name === name),
  );

  function walk(event: KeyboardEvent, index: number): void {
    const next = movedIndex(event, index, { count: contexts.length, page: PAGE_ROWS });
    if (next === undefined) return;
    event.preventDefault();
    list.current?.querySelectorAll<HTMLElement>('[role="option"]')[next]?.focus();
  }

  return (
    <>
      <div ref={list} class="context-list" role="listbox" aria-label="Contexts">
        {contexts.map((context, index) => (
          <button
            key={context.name}
            type="button"
            class="row context-row"
            role="option"
            aria-selected={context.name === selected}
            tabIndex={context.name === stop ? 0 : -1}
            data-focus-first={context.name === stop && selected === undefined ? '' : undefined}
            title={titleOf(context)}
            onFocus={() => setFocused(context.name)}
            onContextMenu={(event) => {
              event.preventDefault();
              const at = { left: event.clientX, top: event.clientY, bottom: event.clientY };
              setMenu({ context, place: at });
            }}
            onKeyDown={(event) => {
              if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
                event.preventDefault();
                setMenu({ context, place: placeBelow(event.currentTarget) });
              } else walk(event, index);
            }}
            onClick={() => choose(store, context.name)}
          >
            <ContextDot colour={store.contexts.colourOf(context.name)} />
            <span class="ellipsis">{context.name}</span>
            {context.name === current && <span class="tag">current</span>}
            {context.isDemo && <span class="tag">demo</span>}
            <ContextState store={store} context={context} />
          </button>
        ))}
      </div>
      {menu && (
        <Menu
          label={`Context ${menu.context.name}`}
          heading={menu.context.name}
          place={menu.place}
          items={contextMenuItems(store, menu.context)}
          onClose={() => setMenu(undefined)}
        />
      )}
    </>
  );
}

/** The next thing that one does with a context is to look for a pod. */
function choose(store: Store, context: string): void {
  void store.contexts.select(context);
  focusPodFilter();
}

function ContextState({
  store,
  context,
}: {
  readonly store: Store;
  readonly context: ContextInfo;
}): JSX.Element | null {
  if (context.problem) return <Icon name="warning" label="cannot be used" />;
  const watch = store.contexts.watches.value.get(context.name);
  if (!watch) return null;
  return <span class={`context-state state-${watch.state.kind}`}>{STATE_WORDS[watch.state.kind]}</span>;
}

function titleOf({ cluster, server, user, namespace }: ContextInfo): string {
  return `Cluster ${cluster}\n${server}\nUser ${user}\nNamespace ${namespace}`;
}
