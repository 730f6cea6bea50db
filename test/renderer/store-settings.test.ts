import { expect, test } from 'vitest';
import { createSettingsStore } from '../../renderer/store-settings.ts';
import { createPageCore } from '../fakes/page-core.ts';
import { FIRST_SETTINGS } from '../fakes/page-things.ts';

test('a change shows at once and keeps the other keys', async () => {
  const core = createPageCore();
  const store = createSettingsStore(core.client);
  await store.load();
  const changing = store.change({ theme: 'dark' });
  expect(store.state.value.settings.theme).toBe('dark');
  await changing;
  expect(store.state.value.settings).toEqual({ ...FIRST_SETTINGS, theme: 'dark' });
});

test('a change that the core refuses is taken back and told', async () => {
  const core = createPageCore({
    failing: new Map([['settings.set', { code: 'disk-full', message: 'no space left' }]]),
  });
  const store = createSettingsStore(core.client);
  await store.load();
  await expect(store.change({ fontSize: 20 })).rejects.toThrow('no space left');
  expect(store.state.value.settings.fontSize).toBe(FIRST_SETTINGS.fontSize);
});

test('a change made in another window shows here', async () => {
  const core = createPageCore();
  const store = createSettingsStore(core.client);
  await store.load();
  core.emit('settings.changed', { settings: { ...FIRST_SETTINGS, theme: 'light' }, problems: [] });
  expect(store.state.value.settings.theme).toBe('light');
});
