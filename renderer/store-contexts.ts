/** Contexts, which of them are watched, and the pods that are listed. Nothing is contacted before it is chosen. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ContextInfo, ContextList, NamespaceList, PodInfo, PodsChange } from '../preload/contract.ts';
import type { CoreClient } from './core-client.ts';
import { problemOf } from './problem.ts';
import {
  applyPodsChange,
  defaultRefusal,
  filterPods,
  newPodWatch,
  type PodWatch,
  sortPods,
} from './store-pods.ts';
import { assignContextColours, contextColourOf } from './ui/context-colour.ts';

export interface ContextStore {
  /** Undefined until the core has answered. */
  readonly list: ReadonlySignal<ContextList | undefined>;
  /** The context whose pods are listed. */
  readonly selected: ReadonlySignal<ContextInfo | undefined>;
  /** By context: what is watched. */
  readonly watches: ReadonlySignal<ReadonlyMap<string, PodWatch>>;
  readonly selectedWatch: ReadonlySignal<PodWatch | undefined>;
  readonly namespaces: ReadonlySignal<ReadonlyMap<string, NamespaceList>>;
  readonly filter: Signal<string>;
  /** All pods of the selected context, in order. */
  readonly pods: ReadonlySignal<readonly PodInfo[]>;
  /** Those that the filter lets through. */
  readonly shownPods: ReadonlySignal<readonly PodInfo[]>;
  /** Uid of the pod that Enter opens: the one walked to, else the first shown that can be entered. */
  readonly activeUid: ReadonlySignal<string | undefined>;
  activate(uid: string): void;
  colourOf(context: string): number;
  select(context: string): Promise<void>;
  setNamespace(context: string, namespace: string | null): Promise<void>;
  /** Watches anew what failed. */
  retry(context: string): Promise<void>;
  disconnect(context: string): Promise<void>;
  loadNamespaces(context: string): Promise<void>;
  /** Starts the demo cluster and chooses its context. */
  startDemo(): Promise<void>;
  load(): Promise<void>;
  end(): void;
}

/**
 * Changes that may wait for the answer that names their watch. The core answers first, but a wire may
 * hand over an answer and the change after it in one go, before the code that awaits the answer runs.
 */
const MOST_EARLY_CHANGES = 32;

interface Watching {
  watchId?: string;
}

export function createContextStore(client: CoreClient): ContextStore {
  const list = signal<ContextList | undefined>(undefined);
  const selectedName = signal<string | undefined>(undefined);
  const watches = signal<ReadonlyMap<string, PodWatch>>(new Map());
  const namespaces = signal<ReadonlyMap<string, NamespaceList>>(new Map());
  const filter = signal('');
  const chosenUid = signal<string | undefined>(undefined);
  const watching = new Map<string, Watching>();
  let early: PodsChange[] = [];

  const selected = computed(() => list.value?.contexts.find((one) => one.name === selectedName.value));
  const selectedWatch = computed(() => watches.value.get(selectedName.value ?? ''));
  const selectedPods = computed(() => selectedWatch.value?.pods);
  const pods = computed(() => sortPods(selectedPods.value?.values() ?? []));
  const shownPods = computed(() => filterPods(pods.value, filter.value));
  const colours = computed(() => assignContextColours(list.value?.contexts.map((one) => one.name) ?? []));
  // Typing makes the first match that can be entered the one that Enter opens, unless the chosen one matches too.
  const activeUid = computed(() => {
    const shown = shownPods.value;
    if (shown.some((pod) => pod.uid === chosenUid.value)) return chosenUid.value;
    return (shown.find((pod) => !defaultRefusal(pod)) ?? shown[0])?.uid;
  });

  const stopList = client.on('contexts.changed', applyList);
  const stopPods = client.on('pods.changed', (change) => {
    if (apply(change)) return;
    const isAwaited = [...watching.values()].some((one) => one.watchId === undefined);
    if (isAwaited && early.length < MOST_EARLY_CHANGES) early.push(change);
  });

  function applyList(next: ContextList): void {
    list.value = next;
    const names = new Set(next.contexts.map((one) => one.name));
    for (const context of [...watching.keys()].filter((name) => !names.has(name))) forget(context);
    const demo = next.contexts.find((one) => one.isDemo);
    // Nobody runs the demo cluster by accident, and it is on this machine: being chosen is what it waits for.
    if (selectedName.value === undefined && demo && next.demo === 'running') void select(demo.name);
  }

  function apply(change: PodsChange): boolean {
    const context = [...watching].find(([, one]) => one.watchId === change.watchId)?.[0];
    const watch = context === undefined ? undefined : watches.value.get(context);
    if (!watch) return false;
    put(applyPodsChange(watch, change));
    return true;
  }

  function put(watch: PodWatch): void {
    watches.value = new Map(watches.value).set(watch.context, watch);
  }

  function forget(context: string): void {
    watching.delete(context);
    const rest = new Map(watches.value);
    rest.delete(context);
    batch(() => {
      watches.value = rest;
      if (selectedName.value === context) selectedName.value = undefined;
    });
  }

  async function unwatch({ watchId }: Watching): Promise<void> {
    // A watch that the core no longer knows is as good as ended.
    if (watchId !== undefined) await client.call('pods.unwatch', { watchId }).catch(() => undefined);
  }

  async function watchPods(context: string, namespace: string | null): Promise<void> {
    const before = watching.get(context);
    const mine: Watching = {};
    watching.set(context, mine);
    put(newPodWatch(context, namespace));
    if (before) await unwatch(before);
    try {
      const { watchId } = await client.call('pods.watch', { context, namespace });
      mine.watchId = watchId;
      if (watching.get(context) !== mine) return await unwatch(mine);
      const mineEarly = early.filter((change) => change.watchId === watchId);
      early = early.filter((change) => change.watchId !== watchId);
      mineEarly.forEach(apply);
    } catch (error) {
      const watch = watches.value.get(context);
      if (watching.get(context) !== mine || !watch) return;
      put({ ...watch, state: { kind: 'failed', problem: problemOf(error) } });
    }
  }

  async function select(context: string): Promise<void> {
    const info = list.value?.contexts.find((one) => one.name === context);
    if (!info) return;
    batch(() => {
      if (selectedName.value !== context) filter.value = '';
      selectedName.value = context;
    });
    // A context that cannot be used says why; asking it would say nothing better.
    if (info.problem || watching.has(context)) return;
    await watchPods(context, info.namespace);
  }

  return {
    list,
    selected,
    watches,
    selectedWatch,
    namespaces,
    filter,
    pods,
    shownPods,
    activeUid,
    activate(uid) {
      chosenUid.value = uid;
    },
    colourOf: (context) => colours.value.get(context) ?? contextColourOf(context),
    select,
    setNamespace: watchPods,
    async retry(context) {
      const watch = watches.value.get(context);
      if (watch) await watchPods(context, watch.namespace);
    },
    async disconnect(context) {
      const mine = watching.get(context);
      forget(context);
      if (mine) await unwatch(mine);
    },
    async loadNamespaces(context) {
      const answer = await client
        .call('namespaces.list', { context })
        .catch((error: unknown): NamespaceList => ({ namespaces: [], problem: problemOf(error) }));
      namespaces.value = new Map(namespaces.value).set(context, answer);
    },
    async startDemo() {
      const { context } = await client.call('demo.start', {});
      applyList(await client.call('contexts.list', {}));
      await select(context);
    },
    async load() {
      applyList(await client.call('contexts.list', {}));
    },
    end() {
      stopList();
      stopPods();
    },
  };
}
