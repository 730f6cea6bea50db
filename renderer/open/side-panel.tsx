/** The side: contexts above, the chosen one's pods below. Its edge can be dragged, or moved by arrows. */
import type { JSX } from 'preact';
import type { ContextInfo } from '../../preload/contract.ts';
import type { PaneClient } from '../core-client.ts';
import { LoginInPods, WaitingBar } from '../credentials/request-views.tsx';
import { startDemo } from '../frame/commands.ts';
import { focusPodFilter } from '../frame/parts.ts';
import type { Store } from '../store.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { EmptyState } from '../ui/messages.tsx';
import { Problem } from '../ui/problem.tsx';
import { ContextList } from './context-list.tsx';
import { NamespacePicker } from './namespace-picker.tsx';
import { PodList } from './pod-list.tsx';

/** CSS pixels, all three. */
const LEAST_WIDTH = 260;
const MOST_WIDTH = 720;
const STEP = 16;

interface SidePanelProps {
  readonly store: Store;
  readonly client: PaneClient;
}

export function SidePanel({ store, client }: SidePanelProps): JSX.Element {
  const list = store.contexts.list.value;
  const canStartDemo = list !== undefined && (list.demo === 'off' || list.demo === 'failed');
  return (
    <aside class="side" data-part="side" aria-label="Pods">
      <section class="side-contexts">
        <div class="side-head">
          <h2>Contexts</h2>
          {canStartDemo && list.contexts.length > 0 && (
            <Button kind="quiet" onPress={() => void startDemo(store)}>
              Start the demo cluster
            </Button>
          )}
          {list?.demo === 'starting' && <span class="side-note">Starting the demo cluster</span>}
        </div>
        {list && list.contexts.length === 0 ? (
          <p class="side-none">None was found.</p>
        ) : (
          <ContextList store={store} />
        )}
      </section>
      <SidePods store={store} client={client} />
      <Edge store={store} />
    </aside>
  );
}

function SidePods({ store, client }: SidePanelProps): JSX.Element {
  const context = store.contexts.selected.value;
  const watch = store.contexts.selectedWatch.value;
  const login = store.requests.loginInPods.value;
  return (
    <section class="side-pods">
      <div class="side-head">
        <h2>Pods</h2>
        <NamespacePicker store={store} />
        {watch && (
          <IconButton
            icon="close"
            label={`Disconnect from ${watch.context}`}
            onPress={() => void store.contexts.disconnect(watch.context)}
          />
        )}
      </div>
      {context?.isDemo && (
        <p class="side-demo">
          <Icon name="info" />
          <span>The demo cluster’s shells are real shells on this machine.</span>
        </p>
      )}
      {watch && <WaitingBar store={store} context={watch.context} />}
      {context?.problem ? (
        <BrokenContext store={store} context={context} />
      ) : login ? (
        <LoginInPods store={store} client={client} request={login} />
      ) : watch ? (
        // A list of another context is another list: nothing of the old one's scrolling is kept.
        <PodList key={`${watch.context}/${watch.namespace ?? ''}`} store={store} watch={watch} />
      ) : (
        <Unchosen store={store} />
      )}
    </section>
  );
}

function BrokenContext({
  store,
  context,
}: {
  readonly store: Store;
  readonly context: ContextInfo;
}): JSX.Element | null {
  if (!context.problem) return null;
  return (
    <div class="pod-state">
      <Problem title={`${context.name} cannot be used`} problem={context.problem}>
        <Button icon="pulse" onPress={() => store.checkConnection({ context: context.name })}>
          Check this connection
        </Button>
      </Problem>
    </div>
  );
}

function Unchosen({ store }: { readonly store: Store }): JSX.Element | null {
  const list = store.contexts.list.value;
  if (!list || list.contexts.length === 0) return null;
  const current = list.contexts.find((one) => one.name === list.current);
  return (
    <EmptyState
      title="No context is chosen"
      line="Its pods are listed here. No cluster is asked before you choose it."
    >
      {current && (
        <Button
          onPress={() => {
            void store.contexts.select(current.name);
            focusPodFilter();
          }}
        >
          Connect to {current.name}
        </Button>
      )}
    </EmptyState>
  );
}

function Edge({ store }: { readonly store: Store }): JSX.Element {
  const { sideWidth } = store.view;
  const set = (width: number): void => {
    sideWidth.value = Math.round(Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, width)));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be dragged
    <div
      class="side-edge"
      role="separator"
      aria-label="Width of the side"
      aria-orientation="vertical"
      aria-valuemin={LEAST_WIDTH}
      aria-valuemax={MOST_WIDTH}
      aria-valuenow={sideWidth.value}
      tabIndex={0}
      onKeyDown={(event) => {
        const width = {
          ArrowLeft: sideWidth.value - STEP,
          ArrowRight: sideWidth.value + STEP,
          Home: LEAST_WIDTH,
          End: MOST_WIDTH,
        }[event.key];
        if (width === undefined) return;
        event.preventDefault();
        set(width);
      }}
      onPointerDown={(event) => {
        const edge = event.currentTarget;
        const offset = sideWidth.value - event.clientX;
        edge.setPointerCapture(event.pointerId);
        edge.onpointermove = (move) => set(move.clientX + offset);
        edge.onlostpointercapture = () => {
          edge.onpointermove = null;
        };
      }}
    />
  );
}
