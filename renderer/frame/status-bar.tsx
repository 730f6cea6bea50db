/** The window's foot: who is asked, whether what is shown is on record, and how large it is. */
import type { JSX } from 'preact';
import type { PodsChange, SessionInfo } from '../../preload/contract.ts';
import { RequestsElsewhere } from '../credentials/request-views.tsx';
import { colourNumberOf } from '../policy/policy-words.ts';
import type { Store } from '../store.ts';
import { targetName } from '../store-recents.ts';
import { RecordingBadge } from '../terminal/recording-badge.tsx';
import { IconButton } from '../ui/button.tsx';
import { ContextDot } from '../ui/status-dot.tsx';
import { NotDelivered } from './uploads-tab.tsx';

export function StatusBar({ store }: { readonly store: Store }): JSX.Element {
  const content = store.view.activeTab.value?.content;
  const session =
    content?.kind === 'session' ? store.sessions.sessions.value.get(content.sessionId) : undefined;
  return (
    <footer class="status-bar" data-part="status">
      <div class="status-left">
        <Server
          store={store}
          context={session?.target.context ?? store.contexts.selected.value?.name}
          colour={session?.policy?.colour && colourNumberOf(session.policy.colour)}
        />
        <RequestsElsewhere store={store} />
        <NotDelivered store={store} />
      </div>
      <div class="status-recording">
        {session?.policy && session.policy.because.length > 0 && (
          <IconButton
            icon="policy"
            label="What the policy says of this shell"
            onPress={() => showPolicy(store, session)}
          />
        )}
        {session && (
          <RecordingBadge
            session={session}
            nowMs={store.nowMs.value}
            onAttempts={() => {
              store.view.overlay.value = { kind: 'attempts', sessionId: session.sessionId };
            }}
            onProblem={(problem) =>
              store.view.say('lost', `The session in ${targetName(session.target)} is not recorded`, problem)
            }
          />
        )}
      </div>
      <div class="status-size numbers">{session && <Size session={session} />}</div>
    </footer>
  );
}

function showPolicy(store: Store, { target, policy }: SessionInfo): void {
  if (policy) store.view.overlay.value = { kind: 'policy', target, answer: policy, isOpen: true };
}

function Server({
  store,
  context,
  colour,
}: {
  readonly store: Store;
  readonly context: string | undefined;
  readonly colour: number | undefined;
}): JSX.Element {
  const info = store.contexts.list.value?.contexts.find((one) => one.name === context);
  if (!info) return <div class="status-server text-quiet">No context chosen</div>;
  const watch = store.contexts.watches.value.get(info.name);
  return (
    <div class="status-server">
      <ContextDot colour={colour ?? store.contexts.colourOf(info.name)} />
      <span class="ellipsis">
        {info.user} · {hostOf(info.server)}
        {watch && ` · ${STATE_WORDS[watch.state.kind]}`}
      </span>
    </div>
  );
}

function Size({ session }: { readonly session: SessionInfo }): JSX.Element {
  const { cols, rows } = session.size;
  return (
    <>
      {session.viewers > 1 && <span>{session.viewers} windows</span>}
      <span title={`${cols} columns, ${rows} rows`}>
        {cols}×{rows}
      </span>
      <span>UTF-8</span>
    </>
  );
}

export const STATE_WORDS: Readonly<Record<PodsChange['state']['kind'], string>> = {
  connecting: 'connecting',
  live: 'connected',
  retrying: 'connecting again',
  failed: 'not connected',
};

/** `https://10.0.0.1:6443` as `10.0.0.1:6443`. */
function hostOf(server: string): string {
  return server.replace(/^https?:\/\//, '').replace(/\/$/, '');
}
