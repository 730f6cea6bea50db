/** What the content shows while no tab is open: how to begin, and where one was before. */
import type { JSX } from 'preact';
import type { KubeconfigSource } from '../../preload/contract.ts';
import { startDemo } from '../frame/commands.ts';
import type { Store } from '../store.ts';
import { targetKey, targetName } from '../store-recents.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { keyNameOf } from '../ui/keys.ts';
import { EmptyState, Waiting } from '../ui/messages.tsx';
import { Problem } from '../ui/problem.tsx';
import { ContextDot } from '../ui/status-dot.tsx';

const MOST_RECENTS = 6;

export function Welcome({ store }: { readonly store: Store }): JSX.Element {
  const list = store.contexts.list.value;
  if (!list) return <Waiting what="Reading the kubeconfig" />;
  return list.contexts.length === 0 ? (
    <NoContexts store={store} sources={list.sources} />
  ) : (
    <Begin store={store} />
  );
}

function Begin({ store }: { readonly store: Store }): JSX.Element {
  const info = store.info.value;
  const keyName = info && keyNameOf('find', info);
  const known = new Set(store.contexts.list.value?.contexts.map((one) => one.name));
  const recents = store.settings.state.value.settings.recentTargets
    .filter((target) => known.has(target.context))
    .slice(0, MOST_RECENTS);
  const isChosen = store.contexts.selected.value !== undefined;
  return (
    <div class="welcome">
      <EmptyState
        icon="terminal"
        title="No shell is open"
        line={
          isChosen
            ? `Type part of a pod’s name in the filter and press Enter${keyName ? `, or find one with ${keyName}` : ''}.`
            : 'Choose a context on the left to list its pods. Every shell that you open is recorded.'
        }
      />
      {recents.length > 0 && (
        <section class="recents" aria-label="Recent">
          <h2 class="recents-title">Recent</h2>
          {recents.map((target) => (
            <button
              key={targetKey(target)}
              type="button"
              class="row recent-row"
              onClick={() => void store.openShell(target)}
            >
              <ContextDot colour={store.contexts.colourOf(target.context)} />
              <span class="ellipsis">{targetName(target)}</span>
              <span class="recent-place ellipsis">
                {target.context} · {target.namespace}
              </span>
            </button>
          ))}
        </section>
      )}
    </div>
  );
}

/** Nothing was found: where it was looked for, and the way to try it all the same. */
function NoContexts({
  store,
  sources,
}: {
  readonly store: Store;
  readonly sources: readonly KubeconfigSource[];
}): JSX.Element {
  const demo = store.contexts.list.value?.demo;
  const hasFailed = sources.some((source) => source.state === 'failed');
  return (
    <EmptyState
      icon="looked"
      title={hasFailed ? 'The kubeconfig could not be read' : 'No kubeconfig was found'}
      line="Kubereel uses the same kubeconfig as kubectl: the files that KUBECONFIG names, else the one in your home folder. It is read again when it changes."
    >
      <div class="no-contexts">
        {sources.length > 0 && (
          <ul class="sources" aria-label="Where it was looked for">
            {sources.map((source) => (
              <li key={source.path} class="source">
                {source.problem ? (
                  <Problem form="row" title={source.path} problem={source.problem} />
                ) : (
                  <>
                    <Icon name={source.state === 'missing' ? 'close' : 'check'} />
                    <div class="source-what">
                      <span class="mono source-path">{source.path}</span>
                      <span class="secondary">{SOURCE_WORDS[source.state]}</span>
                    </div>
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
        <div class="empty-actions">
          <Button
            kind="primary"
            icon="play"
            isFocusedFirst
            isDisabled={demo === 'starting'}
            onPress={() => void startDemo(store)}
          >
            {demo === 'starting' ? 'Starting the demo cluster' : 'Start the demo cluster'}
          </Button>
        </div>
        <p class="secondary">
          The demo is a small cluster on this machine, for trying things out. Its shells are real shells on
          this machine.
        </p>
      </div>
    </EmptyState>
  );
}

const SOURCE_WORDS: Readonly<Record<KubeconfigSource['state'], string>> = {
  loaded: 'Read, but it has no contexts.',
  missing: 'There is no such file.',
  failed: 'It could not be read.',
};
