import { expect, test } from 'vitest';
import { createEncryptionStore } from '../../renderer/store-encryption.ts';
import { createPageCore } from '../fakes/page-core.ts';

test('keys are unknown until the core has answered, and known after each change', async () => {
  const core = createPageCore();
  const store = createEncryptionStore(core.client);
  expect(store.keys.value).toBeUndefined();
  await store.load();
  expect(store.keys.value).toEqual(new Set());
  const { recipient, secret } = await store.newKey();
  expect(secret).toMatch(/^AGE-SECRET-KEY-1/);
  expect(store.keys.value).toEqual(new Set([recipient]));
  const added = await store.addKeys(secret);
  expect(store.keys.value).toEqual(new Set([recipient, ...added]));
});

test('a text without a key is refused, and what is known stays', async () => {
  const store = createEncryptionStore(createPageCore().client);
  await store.load();
  await expect(store.addKeys('nonsense')).rejects.toThrow('this is no age identity');
  expect(store.keys.value).toEqual(new Set());
});
