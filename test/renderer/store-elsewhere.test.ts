import { expect, test } from 'vitest';
import { createElsewhereDeeds, createElsewhereStore } from '../../renderer/store-elsewhere.ts';
import { createViewStore } from '../../renderer/store-view.ts';
import { createPageCore } from '../fakes/page-core.ts';
import { elsewhereNamed, proxyWith } from '../fakes/page-elsewhere.ts';

test('what is open and how the proxy stands is known after a load, and followed from then on', async () => {
  const elsewhere = {
    sessions: [elsewhereNamed('k1')],
    proxy: proxyWith({ contexts: ['prod'] }),
    origins: { allowed: [{ origin: 'https://console.example', allowedAtMs: 1 }] },
  };
  const core = createPageCore({ elsewhere });
  const store = createElsewhereStore(core.client);
  expect([store.sessions.value, store.proxy.value]).toEqual([[], undefined]);
  await store.load();
  expect(store.sessions.value.map(({ sessionId }) => sessionId)).toEqual(['k1']);
  expect(store.proxy.value?.contexts).toEqual(['prod']);
  expect(store.origins.value?.allowed).toHaveLength(1);
  core.emit('origins.changed', { allowed: [] });
  expect(store.origins.value?.allowed).toEqual([]);
  core.emit('elsewhere.changed', [elsewhereNamed('k2')]);
  core.emit('proxy.changed', proxyWith());
  expect(store.sessions.value.map(({ sessionId }) => sessionId)).toEqual(['k2']);
  expect(store.proxy.value?.contexts).toEqual([]);
  store.end();
  core.emit('elsewhere.changed', []);
  expect(store.sessions.value).toHaveLength(1);
});

test('what fails is told with what was wanted', async () => {
  const core = createPageCore();
  const calls = [
    'elsewhere.end',
    'proxy.enable',
    'proxy.disable',
    'origins.allow',
    'origins.remove',
  ] as const;
  for (const name of calls) {
    core.state.failing.set(name, { code: 'proxy-failed', message: `${name} is refused` });
  }
  const titles: string[] = [];
  const deeds = createElsewhereDeeds({
    elsewhere: createElsewhereStore(core.client),
    view: createViewStore(),
    async tell(title, deed) {
      await deed().catch(() => titles.push(title));
    },
  });
  await deeds.endElsewhere('k1');
  await deeds.switchProxy(['prod'], true);
  await deeds.switchProxy(['prod'], false);
  expect(await deeds.allowPage('https://console.example')).toBe(false);
  await deeds.removePage('https://console.example');
  expect(titles).toEqual([
    'It was not ended',
    'kubectl was not led through Kubereel',
    'kubectl still goes through Kubereel',
    'The page was not allowed',
    'The page is still allowed',
  ]);
});

test('the token of a page stands until it was taken, or is of no use any more', async () => {
  const store = createElsewhereStore(createPageCore().client);
  await store.allowPage('https://console.example');
  expect(store.allowedNow.value).toMatchObject({ origin: 'https://console.example' });
  store.forgetToken();
  expect(store.allowedNow.value).toBeUndefined();
  await store.allowPage('https://console.example');
  await store.removePage('https://other.example');
  expect(store.allowedNow.value).toBeDefined();
  await store.removePage('https://console.example');
  expect(store.allowedNow.value).toBeUndefined();
});

test('its tab is opened once', () => {
  const view = createViewStore();
  const deeds = createElsewhereDeeds({
    elsewhere: createElsewhereStore(createPageCore().client),
    view,
    tell: (_title, deed) => deed(),
  });
  deeds.openElsewhere();
  deeds.openElsewhere();
  expect(view.tabs.value.order.map(({ id }) => id)).toEqual(['elsewhere']);
});
