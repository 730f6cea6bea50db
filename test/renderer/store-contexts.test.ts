import { describe, expect, test } from 'vitest';
import { createContextStore } from '../../renderer/store-contexts.ts';
import type { PageCoreState } from '../fakes/page-answers.ts';
import { createPageCore } from '../fakes/page-core.ts';
import { contextNamed, podNamed } from '../fakes/page-things.ts';

const CONTEXTS = {
  contexts: [contextNamed('prod'), contextNamed('dev', { namespace: 'default' })],
  current: 'prod',
  sources: [],
  demo: 'off' as const,
};

async function start(changes: Partial<PageCoreState> = {}) {
  const core = createPageCore({
    contexts: CONTEXTS,
    pods: new Map([
      ['prod', [podNamed('web'), podNamed('api'), podNamed('dns', { namespace: 'kube-system' })]],
      ['dev', []],
    ]),
    ...changes,
  });
  const store = createContextStore(core.client);
  await store.load();
  return { core, store };
}
const names = (store: { shownPods: { value: readonly { name: string }[] } }): string[] =>
  store.shownPods.value.map((pod) => pod.name);

test('nothing is asked of a cluster before it is chosen, not even of the current one', async () => {
  const { core, store } = await start();
  expect(core.calls.map((call) => call.name)).toEqual(['contexts.list']);
  expect(store.selected.value).toBeUndefined();
});

test('a chosen context lists the pods of its own namespace, in order', async () => {
  const { core, store } = await start();
  await store.select('prod');
  expect([...core.watches.values()]).toEqual([{ context: 'prod', namespace: 'shop' }]);
  expect(names(store)).toEqual(['api', 'web']);
});

test('choosing it again asks for nothing, and another one leaves the first connected', async () => {
  const { core, store } = await start();
  await store.select('prod');
  await store.select('dev');
  await store.select('prod');
  expect(core.calls.filter((call) => call.name === 'pods.watch')).toHaveLength(2);
  expect(core.watches.size).toBe(2);
});

test('another namespace is another watch, and the old one is let go', async () => {
  const { core, store } = await start();
  await store.select('prod');
  await store.setNamespace('prod', null);
  expect([...core.watches.values()]).toEqual([{ context: 'prod', namespace: null }]);
  expect(names(store)).toEqual(['dns', 'api', 'web']);
});

test('a namespace chosen while the last one is still being asked for wins, whichever answers first', async () => {
  const { core, store } = await start();
  await Promise.all([store.select('prod'), store.setNamespace('prod', 'kube-system')]);
  expect([...core.watches.values()]).toEqual([{ context: 'prod', namespace: 'kube-system' }]);
  expect(names(store)).toEqual(['dns']);
});

test('a change that overtakes the answer which names its watch is not lost', async () => {
  const { core, store } = await start();
  const { client } = core;
  const eager = createContextStore({
    ...client,
    async call(name, input) {
      const answer = await client.call(name, input);
      // As when a wire hands over the answer and the event in one go.
      if (name === 'pods.watch') await new Promise((resolve) => setTimeout(resolve, 0));
      return answer;
    },
  });
  await eager.load();
  await eager.select('prod');
  expect(names(eager)).toEqual(['api', 'web']);
  expect(names(store)).toEqual([]);
});

describe('the pod that Enter opens', () => {
  test('is the first one shown until another is walked to', async () => {
    const { store } = await start();
    await store.select('prod');
    expect(store.activeUid.value).toBe('uid-api');
    store.activate('uid-web');
    expect(store.activeUid.value).toBe('uid-web');
  });

  test('is none that cannot be entered while there is another', async () => {
    const { core, store } = await start();
    await store.select('prod');
    core.podsChanged('prod', { upserted: [podNamed('aaa', { phase: 'Succeeded' })] });
    expect(names(store)).toEqual(['aaa', 'api', 'web']);
    expect(store.activeUid.value).toBe('uid-api');
    store.filter.value = 'aaa';
    expect(store.activeUid.value).toBe('uid-aaa');
  });

  test('follows the filter, and comes back where the one walked to is shown again', async () => {
    const { store } = await start();
    await store.select('prod');
    store.activate('uid-web');
    store.filter.value = 'api';
    expect(store.activeUid.value).toBe('uid-api');
    store.filter.value = 'zzz';
    expect(store.activeUid.value).toBeUndefined();
    store.filter.value = '';
    expect(store.activeUid.value).toBe('uid-web');
  });

  test('stays when others come and go around it', async () => {
    const { core, store } = await start();
    await store.select('prod');
    store.activate('uid-web');
    core.podsChanged('prod', { upserted: [podNamed('aaa')], removed: ['uid-api'] });
    expect(names(store)).toEqual(['aaa', 'web']);
    expect(store.activeUid.value).toBe('uid-web');
  });
});

describe('what fails', () => {
  const problem = { code: 'kube-unauthorized', message: 'the server answered 401' };

  test('a watch that fails says why, and retrying asks anew', async () => {
    const { core, store } = await start({ watchProblems: new Map([['prod', problem]]) });
    await store.select('prod');
    expect(store.selectedWatch.value?.state).toEqual({ kind: 'failed', problem });
    core.state.watchProblems.clear();
    await store.retry('prod');
    expect(store.selectedWatch.value?.state.kind).toBe('live');
    expect(core.watches.size).toBe(1);
  });

  test('a call that fails is told like a watch that does', async () => {
    const { store } = await start({ failing: new Map([['pods.watch', problem]]) });
    await store.select('prod');
    expect(store.selectedWatch.value?.state).toEqual({ kind: 'failed', problem });
  });

  test('a context that cannot be used is chosen but not asked', async () => {
    const { core, store } = await start({
      contexts: { ...CONTEXTS, contexts: [contextNamed('old', { problem })] },
    });
    await store.select('old');
    expect(store.selected.value?.problem).toEqual(problem);
    expect(core.watches.size).toBe(0);
  });

  test('namespaces that cannot be listed leave the reason', async () => {
    const { store } = await start({ failing: new Map([['namespaces.list', problem]]) });
    await store.loadNamespaces('prod');
    expect(store.namespaces.value.get('prod')).toEqual({ namespaces: [], problem });
  });
});

test('a context that leaves the kubeconfig is chosen no more, and its pods are forgotten', async () => {
  const { core, store } = await start();
  await store.select('prod');
  core.emit('contexts.changed', { ...CONTEXTS, contexts: [contextNamed('dev')] });
  expect(store.selected.value).toBeUndefined();
  expect(store.watches.value.size).toBe(0);
});

test('disconnecting lets the watch go', async () => {
  const { core, store } = await start();
  await store.select('prod');
  await store.disconnect('prod');
  expect(core.watches.size).toBe(0);
  expect(store.selected.value).toBeUndefined();
});

describe('the demo cluster', () => {
  test('is chosen when it was started', async () => {
    const { core, store } = await start();
    await store.startDemo();
    expect(store.selected.value?.name).toBe('kubereel-demo');
    expect(core.watches.size).toBe(1);
  });

  test('is chosen at the start where it runs already, and never takes the place of a choice', async () => {
    const demo = contextNamed('kubereel-demo', { isDemo: true });
    const running = { ...CONTEXTS, contexts: [...CONTEXTS.contexts, demo], demo: 'running' as const };
    const { store } = await start({ contexts: running });
    expect(store.selected.value?.name).toBe('kubereel-demo');
    const other = await start();
    await other.store.select('prod');
    other.core.emit('contexts.changed', running);
    expect(other.store.selected.value?.name).toBe('prod');
  });
});

test('a store that has ended hears nothing more', async () => {
  const { core, store } = await start();
  store.end();
  core.emit('contexts.changed', { ...CONTEXTS, contexts: [] });
  expect(store.list.value?.contexts).toHaveLength(2);
});
