/** The one field that finds everything. Enter does the obvious, Alt+Enter the next thing. */
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { COMMANDS } from '../frame/commands.ts';
import { SETTING_FIELDS } from '../settings/settings-fields.ts';
import type { Store } from '../store.ts';
import { sortPods } from '../store-pods.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { keyNameOf, printKeys } from '../ui/keys.ts';
import { ContextDot } from '../ui/status-dot.tsx';
import { movedIndex, rowId } from '../ui/virtual-list.tsx';
import {
  type Deed,
  type FoundItem,
  findItems,
  type PaletteItem,
  paletteItems,
  searchItem,
} from './palette-items.ts';

const LIST_ID = 'palette-list';
/** Rows that Page Up and Page Down move by. */
const PAGE_ROWS = 8;

export function Palette({
  store,
  query: first,
}: {
  readonly store: Store;
  readonly query: string;
}): JSX.Element {
  const [query, setQuery] = useState(first);
  const [chosenKey, setChosenKey] = useState<string>();
  const rows = useRef<HTMLDivElement>(null);
  const items = useItems(store);
  const named = useMemo(() => findItems(items, query), [items, query]);
  // Last: what has the name is meant first, and what was on a screen may have any.
  const found = query.trim() === '' ? named : [...named, { item: searchItem(query.trim()), places: [] }];
  const index = Math.max(
    0,
    found.findIndex((one) => one.item.key === chosenKey),
  );
  const active = found[index]?.item;

  useLayoutEffect(() => {
    if (active) document.getElementById(rowId(LIST_ID, active.key))?.scrollIntoView({ block: 'nearest' });
  }, [active?.key]);

  function press(event: KeyboardEvent): void {
    const next = movedIndex(event, index, { count: found.length, page: PAGE_ROWS });
    // Home and End belong to the text that is typed.
    if (next !== undefined && event.key !== 'Home' && event.key !== 'End') {
      event.preventDefault();
      setChosenKey(found[next]?.item.key);
    } else if (event.key === 'Enter' && active) {
      event.preventDefault();
      take(active, event.altKey);
    }
  }

  function take(item: PaletteItem, isNext: boolean): void {
    const deed = isNext ? item.next?.deed : item.enter;
    if (!deed) return;
    if (item.refusal && deed === item.enter) {
      store.view.say('owed', `No shell in ${item.title}. ${item.refusal}.`);
      return;
    }
    store.view.closeOverlay();
    // After the field has gone and given the focus back, so that what opens may take it.
    requestAnimationFrame(() => perform(store, deed));
  }

  return (
    <Dialog title="Find" class="palette" onClose={store.view.closeOverlay}>
      <Field
        label="Find a pod, a session, a command"
        placeholder="Find a pod, a session, a command"
        icon="search"
        value={query}
        isFocusedFirst
        onInput={(next) => {
          setQuery(next);
          setChosenKey(undefined);
        }}
        onKeyDown={press}
        list={{ id: LIST_ID, activeId: active && rowId(LIST_ID, active.key) }}
      />
      <div ref={rows} id={LIST_ID} class="palette-rows" role="listbox" aria-label="Found">
        {found.map((one, place) => (
          <PaletteRow
            key={one.item.key}
            store={store}
            found={one}
            isActive={place === index}
            isFirstOfGroup={one.item.group !== found[place - 1]?.item.group}
            onTake={(isNext) => take(one.item, isNext)}
          />
        ))}
        {named.length === 0 && (
          <p class="palette-none">
            Nothing is called that. Pods are found in the contexts that you have chosen so far.
          </p>
        )}
      </div>
      <PaletteFoot store={store} active={active} />
    </Dialog>
  );
}

function PaletteRow(props: {
  readonly store: Store;
  readonly found: FoundItem;
  readonly isActive: boolean;
  readonly isFirstOfGroup: boolean;
  readonly onTake: (isNext: boolean) => void;
}): JSX.Element {
  const { item, places } = props.found;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the focus and the keys
    <div
      id={rowId(LIST_ID, item.key)}
      class={props.isActive ? 'row is-active' : 'row'}
      role="option"
      tabIndex={-1}
      aria-selected={props.isActive}
      aria-disabled={item.refusal !== undefined}
      title={item.refusal}
      onMouseDown={(event) => event.preventDefault()}
      onClick={(event) => props.onTake(event.altKey)}
    >
      <Icon name={item.icon} />
      {item.context !== undefined && <ContextDot colour={props.store.contexts.colourOf(item.context)} />}
      <span class="palette-title ellipsis">
        <Marked text={item.title} places={places} />
      </span>
      <span class="palette-detail ellipsis">{item.detail}</span>
      {item.note && <span class="palette-note numbers">{item.note}</span>}
      <span class={props.isFirstOfGroup ? 'palette-group' : 'palette-group is-repeated'}>{item.group}</span>
    </div>
  );
}

function PaletteFoot({
  store,
  active,
}: {
  readonly store: Store;
  readonly active: PaletteItem | undefined;
}): JSX.Element {
  const platform = store.info.value?.platform ?? 'linux';
  return (
    <p class="palette-foot">
      {active && (
        <span>
          <kbd class="key">{printKeys('Enter', platform)}</kbd> {DEED_WORDS[active.enter.kind]}
        </span>
      )}
      {active?.next && (
        <span>
          <kbd class="key">{printKeys('Alt+Enter', platform)}</kbd> {active.next.label}
        </span>
      )}
      <span>
        <kbd class="key">{printKeys('Escape', platform)}</kbd> back
      </span>
    </p>
  );
}

const DEED_WORDS: Readonly<Record<Deed['kind'], string>> = {
  shell: 'open a shell',
  containers: 'choose a container',
  session: 'show it',
  replay: 'replay it',
  search: 'search them',
  context: 'list its pods',
  command: 'do it',
};

/** The text with its found characters marked, neighbours in one mark. */
function Marked({
  text,
  places,
}: {
  readonly text: string;
  readonly places: readonly number[];
}): JSX.Element {
  const isFound = new Set(places);
  const parts: { text: string; isMarked: boolean }[] = [];
  for (const [place, character] of [...text].entries()) {
    const last = parts.at(-1);
    if (last && last.isMarked === isFound.has(place)) last.text += character;
    else parts.push({ text: character, isMarked: isFound.has(place) });
  }
  return (
    <>{parts.map((part, index) => (part.isMarked ? <mark key={index}>{part.text}</mark> : part.text))}</>
  );
}

/** Made once for each state of the page, not for each letter typed. */
function useItems(store: Store): readonly PaletteItem[] {
  const info = store.info.value;
  const sessions = store.sessions.sessions.value;
  const recordings = store.sessions.recordings.value;
  const watches = store.contexts.watches.value;
  const list = store.contexts.list.value;
  const recents = store.settings.state.value.settings.recentTargets;
  const requests = store.credentials.requests.value;
  return useMemo(
    () =>
      paletteItems({
        sessions: [...sessions.values()],
        recents,
        pods: [...watches.values()].flatMap(({ context, pods }) =>
          sortPods(pods.values()).map((pod) => ({ context, pod })),
        ),
        recordings: [...(recordings?.values() ?? [])]
          .filter((one) => one.state !== 'live' && one.state !== 'unreadable')
          .sort((a, b) => b.startedAtMs - a.startedAtMs),
        contexts: list?.contexts ?? [],
        commands: COMMANDS.filter(
          ({ isListed = true, isOffered }) => isListed && (isOffered?.(store) ?? true),
        ).map((command) => ({
          ...command,
          keyName: info && command.shortcut && keyNameOf(command.shortcut, info),
        })),
        settings: SETTING_FIELDS,
        nowMs: store.nowMs.peek(),
      }),
    [info, sessions, recordings, watches, list, recents, requests],
  );
}

function perform(store: Store, deed: Deed): void {
  switch (deed.kind) {
    case 'shell':
      void store.openShell(deed.target);
      break;
    case 'containers': {
      const width = window.innerWidth / 2;
      const place = { left: width - 160, top: 120, bottom: 120 };
      store.view.overlay.value = { kind: 'containers', context: deed.context, pod: deed.pod, place };
      break;
    }
    case 'session':
      store.showSession(deed.sessionId);
      break;
    case 'replay':
      store.openReplay(deed.recordingId);
      break;
    case 'search':
      store.openLibrary(deed.text);
      break;
    case 'context':
      void store.contexts.select(deed.context);
      break;
    case 'command':
      void COMMANDS.find((command) => command.id === deed.id)?.run(store);
      break;
  }
}
