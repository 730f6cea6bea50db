/** The pods of the chosen context: a field that filters and the list that it steers. */

import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import type { PodInfo, ProblemInfo } from '../../preload/contract.ts';
import type { Store } from '../store.ts';
import type { PodWatch } from '../store-pods.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { formatCount } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { placeBelow } from '../ui/menu.tsx';
import { CopyButton, EmptyState, Waiting } from '../ui/messages.tsx';
import { Problem } from '../ui/problem.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import { movedIndex, rowId, VirtualList } from '../ui/virtual-list.tsx';
import { PodRow } from './pod-row.tsx';

const LIST_ID = 'pods';
const PAGE_ROWS = 10;
/** Ages need not tick each second, and rows that are not drawn anew cost nothing. */
const AGE_STEP_MS = 10_000;

export function PodList({ store, watch }: { readonly store: Store; readonly watch: PodWatch }): JSX.Element {
  const { contexts } = store;
  const nowMs = useComputed(() => Math.floor(store.nowMs.value / AGE_STEP_MS) * AGE_STEP_MS);
  const shown = contexts.shownPods.value;
  const activeUid = contexts.activeUid.value;

  function openContainers(pod: PodInfo, row?: Element | null): void {
    const anchor = row ?? document.getElementById(rowId(LIST_ID, pod.uid));
    if (!anchor) return;
    const { context } = watch;
    store.view.overlay.value = { kind: 'containers', context, pod, place: placeBelow(anchor) };
  }

  function pressOnPod(event: KeyboardEvent, pod: PodInfo): boolean {
    if (event.key === 'Enter' && !event.altKey) void store.openPod(watch.context, pod);
    else if (event.key === 'Enter' || event.key === 'ArrowRight' || event.key === 'ContextMenu')
      openContainers(pod);
    else return false;
    return true;
  }

  /** The field keeps the focus; up, down and Enter are the list's. */
  function pressInField(event: KeyboardEvent): void {
    const index = shown.findIndex((pod) => pod.uid === activeUid);
    const active = shown[index];
    if (event.key === 'Escape' && contexts.filter.value !== '') {
      event.preventDefault();
      contexts.filter.value = '';
      return;
    }
    if (active && (event.key === 'Enter' || isArrowOutOfText(event))) {
      event.preventDefault();
      pressOnPod(event, active);
      return;
    }
    const next = movedIndex(event, index, { count: shown.length, page: PAGE_ROWS });
    const pod = next === undefined ? undefined : shown[next];
    if (!pod || event.key === 'Home' || event.key === 'End') return;
    event.preventDefault();
    contexts.activate(pod.uid);
  }

  const active = shown.find((pod) => pod.uid === activeUid);
  return (
    <>
      <Field
        id="pod-filter"
        label="Filter pods"
        placeholder="Filter pods"
        icon="search"
        value={contexts.filter.value}
        canClear
        isFocusedFirst
        onInput={(next) => {
          contexts.filter.value = next;
        }}
        onKeyDown={pressInField}
        list={{
          id: LIST_ID,
          activeId: active && rowId(LIST_ID, active.uid),
          isShown: shown.length > 0,
        }}
      />
      <div class="pod-head" aria-hidden="true">
        <span class="pod-head-name">Name</span>
        <span class="pod-ready">Ready</span>
        <span class="pod-head-restarts" title="Restarts">
          <Icon name="retry" size={12} />
        </span>
        <span class="pod-age">Age</span>
      </div>
      <PodListState store={store} watch={watch} />
      {shown.length > 0 && (
        <VirtualList
          id={LIST_ID}
          label={`Pods of ${watch.context}`}
          items={shown}
          keyOf={(pod) => pod.uid}
          activeKey={activeUid}
          onActivate={contexts.activate}
          onKeyDown={pressOnPod}
          renderRow={(pod, row) => (
            <PodRow
              key={pod.uid}
              pod={pod}
              row={row}
              nowMs={nowMs.value}
              hasNamespace={watch.namespace === null}
              onPoint={() => contexts.activate(pod.uid)}
              onOpen={() => void store.openPod(watch.context, pod)}
              onContainers={(element) => openContainers(pod, element)}
            />
          )}
        />
      )}
      <PodFoot store={store} watch={watch} />
    </>
  );
}

/** An arrow to the right that the text has no use for: the cursor stands at its end. */
function isArrowOutOfText({ key, target, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (key !== 'ArrowRight' || shiftKey || ctrlKey || metaKey || altKey) return false;
  return target instanceof HTMLInputElement && target.selectionStart === target.value.length;
}

/** What stands where the pods would: a failure, a wait, or why there are none. */
function PodListState({
  store,
  watch,
}: {
  readonly store: Store;
  readonly watch: PodWatch;
}): JSX.Element | null {
  const { contexts } = store;
  const { context, namespace, state, pods } = watch;
  const where = namespace === null ? context : `${namespace} on ${context}`;
  const showAll = (): void => void contexts.setNamespace(context, null);
  if (state.kind === 'failed' || (state.kind === 'retrying' && pods.size === 0)) {
    const title =
      state.kind === 'failed' ? `The pods of ${where} cannot be listed` : `${context} does not answer yet`;
    return (
      <div class="pod-state">
        <Problem title={title} problem={state.problem}>
          <Button icon="retry" onPress={() => void contexts.retry(context)}>
            {state.kind === 'failed' ? 'Retry' : 'Retry now'}
          </Button>
          <Button
            icon="pulse"
            onPress={() => store.checkConnection({ context, ...(namespace === null ? {} : { namespace }) })}
          >
            Check this connection
          </Button>
          <CopyButton kind="quiet" label="Copy as kubectl" text={store.kubectl.pods(context, namespace)} />
        </Problem>
      </div>
    );
  }
  if (!watch.isLoaded) {
    return (
      <div class="pod-state">
        <Waiting key={`${context}-${namespace}`} what={`Asking ${context} for its pods`} />
      </div>
    );
  }
  if (pods.size === 0) {
    return (
      <div class="pod-state">
        <EmptyState title={`No pods in ${where}`} line="They show here as soon as there are some.">
          {namespace !== null && <Button onPress={showAll}>Show all namespaces</Button>}
        </EmptyState>
      </div>
    );
  }
  if (contexts.shownPods.value.length > 0) return null;
  return (
    <div class="pod-state">
      <EmptyState
        title="No pod matches the filter"
        line={`None of the ${formatCount(pods.size, 'pod')} of ${where}.`}
      >
        {namespace === null ? (
          <Button
            onPress={() => {
              contexts.filter.value = '';
            }}
          >
            Clear the filter
          </Button>
        ) : (
          <Button onPress={showAll}>Search all namespaces</Button>
        )}
      </EmptyState>
    </div>
  );
}

/** Its line is always there: what changes in it moves nothing. */
function PodFoot({ store, watch }: { readonly store: Store; readonly watch: PodWatch }): JSX.Element {
  const shown = store.contexts.shownPods.value.length;
  const all = watch.pods.size;
  const count = shown === all ? formatCount(all, 'pod') : `${shown} of ${formatCount(all, 'pod')}`;
  return (
    <div class="pod-foot numbers" role="status">
      <span>{watch.isLoaded ? count : ''}</span>
      {watch.state.kind === 'retrying' && all > 0 && (
        <NotLive store={store} context={watch.context} problem={watch.state.problem} />
      )}
    </div>
  );
}

/** One line has no room for the reason: it is a press away. */
function NotLive(props: {
  readonly store: Store;
  readonly context: string;
  readonly problem: ProblemInfo;
}): JSX.Element {
  const { store, context, problem } = props;
  return (
    <button
      type="button"
      class="pod-foot-state tone-owed"
      title={problem.message}
      onClick={() => store.view.say('lost', `${context} does not answer`, problem)}
    >
      <StatusDot shape="half" tone="owed" />
      Not live, trying again
    </button>
  );
}
