/** The window's head: where one is, the one field that finds, and what is being recorded. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SessionInfo } from '../../preload/contract.ts';
import type { ElsewhereSession } from '../../preload/contract-elsewhere.ts';
import { describeClient, isOnRecord, nameOfElsewhere } from '../elsewhere/elsewhere-words.ts';
import type { Store } from '../store.ts';
import { targetName } from '../store-recents.ts';
import { owedDeliveryOf } from '../terminal/delivery-words.ts';
import { formatCount } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { keyNameOf } from '../ui/keys.ts';
import { Menu, type MenuPlace, placeBelow } from '../ui/menu.tsx';
import { ContextDot, StatusDot } from '../ui/status-dot.tsx';

export function TitleBar({ store }: { readonly store: Store }): JSX.Element {
  const info = store.info.value;
  const shown = store.view.activeTab.value?.content.kind;
  const isInTerminal = shown === 'session' || shown === 'replay';
  const keyName = info && keyNameOf('find', { ...info, isInTerminal });
  return (
    <header class="title-bar" data-part="title">
      <Where store={store} />
      <button
        type="button"
        class="find-field"
        onClick={() => {
          store.view.overlay.value = { kind: 'palette', query: '' };
        }}
      >
        <Icon name="search" />
        <span class="ellipsis">Find a pod, a session, a command</span>
        {keyName && <kbd class="key">{keyName}</kbd>}
      </button>
      <Recording store={store} />
    </header>
  );
}

/** The place that the active tab is in, else the one whose pods are listed: what the next key acts on. */
function Where({ store }: { readonly store: Store }): JSX.Element {
  const place = placeOf(store);
  if (!place) return <div class="where text-quiet">Kubereel</div>;
  return (
    <div class="where" title={`${place.context}, ${place.namespace}`}>
      <ContextDot colour={store.contexts.colourOf(place.context)} />
      <span class="ellipsis where-context">{place.context}</span>
      <Icon name="right" />
      <span class="ellipsis where-namespace">{place.namespace}</span>
    </div>
  );
}

function placeOf(store: Store): { readonly context: string; readonly namespace: string } | undefined {
  const content = store.view.activeTab.value?.content;
  if (content?.kind === 'session') return store.sessions.sessions.value.get(content.sessionId)?.target;
  if (content?.kind === 'replay') return store.sessions.recordings.value?.get(content.recordingId);
  const context = store.contexts.selected.value;
  if (!context) return undefined;
  const watch = store.contexts.selectedWatch.value;
  return {
    context: context.name,
    namespace: watch ? (watch.namespace ?? 'all namespaces') : context.namespace,
  };
}

/** How many sessions live, here and in other programs, and whether all of them are on record. A press lists them. */
function Recording({ store }: { readonly store: Store }): JSX.Element {
  const [place, setPlace] = useState<MenuPlace>();
  const open = store.sessions.live.value.filter((one) => one.state.kind !== 'opening');
  const lost = open.filter((one) => one.state.kind === 'reconnecting');
  const own = open.filter((one) => one.state.kind === 'live');
  const elsewhere = store.elsewhere.sessions.value;
  const live = [...own, ...elsewhere];
  const paused = own.filter(isPaused);
  const unrecorded = live.filter((one) => !isOnRecord(one));
  if (open.length + elsewhere.length === 0) return <div class="recording-count" />;
  /** As it stands there; what is said aloud begins with it. */
  const shown = [
    lost.length > 0 && `${lost.length} reconnecting`,
    paused.length > 0 && `${paused.length} paused`,
    unrecorded.length > 0 && `${unrecorded.length} not recorded`,
    live.length > paused.length && `REC ${live.length - paused.length} live`,
  ].filter(Boolean);
  const words = [
    `${formatCount(live.length, 'session')} live`,
    `${live.length - unrecorded.length - paused.length} being recorded`,
    ...(elsewhere.length > 0 ? [`${elsewhere.length} in other programs`] : []),
    ...(paused.length > 0 ? [`${paused.length} paused`] : []),
    ...(lost.length > 0 ? [`${lost.length} reconnecting`] : []),
  ].join(', ');
  return (
    <div class="recording-count">
      <button
        type="button"
        class="recording-button"
        title={words}
        aria-label={`${shown.join(' ')}: ${words}`}
        aria-haspopup="menu"
        aria-expanded={place !== undefined}
        onClick={(event) => setPlace(placeBelow(event.currentTarget))}
      >
        {lost.length > 0 && (
          <>
            <StatusDot shape="half" tone="owed" />
            <span class="tone-owed numbers">
              {lost.length}
              <span class="count-word"> reconnecting</span>
            </span>{' '}
          </>
        )}
        {paused.length > 0 && (
          <>
            <StatusDot shape="ring" tone="owed" />
            <span class="tone-owed numbers">
              {paused.length}
              <span class="count-word"> paused</span>
            </span>{' '}
          </>
        )}
        {unrecorded.length > 0 && <span class="tone-lost numbers">{unrecorded.length} not recorded</span>}{' '}
        {live.length > paused.length && (
          <>
            <StatusDot shape="full" tone={unrecorded.length > 0 ? 'lost' : 'live'} />
            <span class="numbers">
              REC {live.length - paused.length}
              <span class="count-word"> live</span>
            </span>
          </>
        )}
      </button>
      {place && (
        <Menu
          label="Live sessions"
          heading="Live sessions"
          place={place}
          onClose={() => setPlace(undefined)}
          items={[
            ...open.map((session) => ({
              key: session.sessionId,
              label: targetName(session.target),
              note: noteOf(session),
              icon: 'terminal' as const,
              onPick: () => store.showSession(session.sessionId),
            })),
            ...elsewhere.map((session) => ({
              key: session.sessionId,
              label: nameOfElsewhere(session),
              note: noteOfElsewhere(session),
              icon: 'door' as const,
              onPick: store.openElsewhere,
            })),
          ]}
        />
      )}
    </div>
  );
}

function noteOf({ target, recording, state }: SessionInfo): string {
  if (state.kind === 'reconnecting') return `${target.context}, reconnecting`;
  if (recording.kind !== 'recording') return `${target.context}, not recorded`;
  if (recording.trouble) return `${target.context}, recording held up`;
  if (owedDeliveryOf(recording)) return `${target.context}, not on record at a recorder`;
  return recording.pausedAtMs === undefined ? target.context : `${target.context}, recording paused`;
}

function noteOfElsewhere(session: ElsewhereSession): string {
  const { context, recording } = session;
  const place = `${context}, ${describeClient(session)}`;
  if (recording.kind !== 'recording') return `${place}, not recorded`;
  if (recording.trouble) return `${place}, recording held up`;
  return owedDeliveryOf(recording) ? `${place}, not on record at a recorder` : place;
}

function isPaused({ recording }: SessionInfo): boolean {
  return recording.kind === 'recording' && recording.pausedAtMs !== undefined && !recording.trouble;
}
