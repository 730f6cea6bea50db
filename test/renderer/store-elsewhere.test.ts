import { expect, test } from 'vitest';
import { createElsewhereDeeds, createElsewhereStore } from '../../renderer/store-elsewhere.ts';
import { createViewStore } from '../../renderer/store-view.ts';
import { createPageCore } from '../fakes/page-core.ts';
import { elsewhereNamed, proxyWith } from '../fakes/page-elsewhere.ts';

test('what is open and how the proxy stands is known after a load, and followed from then on', async () => {
  const elsewhere = { sessions: [elsewhereNamed('k1')], proxy: proxyWith({ contexts: ['prod'] }) };
  const core = createPageCore({ elsewhere });
  const store = createElsewhereStore(core.client);
  expect([store.sessions.value, store.proxy.value]).toEqual([[], undefined]);
  await store.load();
  expect(store.sessions.value.map(({ sessionId }) => sessionId)).toEqual(['k1']);
  expect(store.proxy.value?.contexts).toEqual(['prod']);
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
  for (const name of ['elsewhere.end', 'proxy.enable', 'proxy.disable'] as const) {
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
  expect(titles).toEqual([
    'It was not ended',
    'kubectl was not led through Kubereel',
    'kubectl still goes through Kubereel',
  ]);
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
