import { effect } from '@preact/signals';
import { expect, test } from 'vitest';
import { createStore } from '../../renderer/store.ts';
import { createPageCore } from '../fakes/page-core.ts';
import { contextNamed, requestNamed, sessionNamed } from '../fakes/page-things.ts';

async function stage() {
  const opening = sessionNamed('s1', { state: { kind: 'opening' }, recording: { kind: 'none' } });
  const core = createPageCore({
    contexts: {
      contexts: [contextNamed('staging', { user: 'a' }), contextNamed('prod-eu', { user: 'b' })],
      current: null,
      sources: [],
      demo: 'off',
    },
    sessions: new Map([['s1', opening]]),
  });
  const store = createStore({
    client: core.client,
    now: Date.now,
    terminalSize: () => ({ cols: 80, rows: 24 }),
  });
  await store.load();
  return { core, store, opening };
}

test('a login goes from the tab to the pods and out of sight, as the window shows what waits for it', async () => {
  const { core, store } = await stage();
  const login = requestNamed('login', { kind: 'login' });
  core.request([login]);
  expect(store.requests.loginInTab.value).toEqual(login);
  store.openSettings();
  expect(store.requests.loginInTab.value).toBeUndefined();
  expect(store.requests.elsewhere.value).toEqual([login]);
  await store.contexts.select('staging');
  expect(store.requests.loginInPods.value).toEqual(login);
  store.view.isSideOpen.value = false;
  expect(store.requests.elsewhere.value).toEqual([login]);
  store.end();
});

test('a session that changes by the second draws nothing anew that only shows requests', async () => {
  const { core, store, opening } = await stage();
  core.request([requestNamed('r1', { context: 'prod-eu' })]);
  store.credentials.putOff('r1');
  let drawn = 0;
  const stop = effect(() => {
    const { loginInTab, loginInPods, unseen, elsewhere } = store.requests;
    drawn += [loginInTab.value, loginInPods.value, unseen.value, elsewhere.value].length === 4 ? 1 : 0;
  });
  expect([drawn, store.requests.elsewhere.value.length]).toEqual([1, 1]);
  core.putSession({ ...opening, viewers: 2 });
  core.putSession({ ...opening, viewers: 3 });
  expect(drawn).toBe(1);
  core.request([]);
  expect(drawn).toBe(2);
  stop();
  store.end();
});
