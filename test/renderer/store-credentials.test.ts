import { describe, expect, test } from 'vitest';
import { createCredentialStore } from '../../renderer/store-credentials.ts';
import { createPageCore } from '../fakes/page-core.ts';
import { requestNamed } from '../fakes/page-things.ts';

async function stage() {
  const core = createPageCore({
    credentialRequests: [
      requestNamed('login', { kind: 'login' }),
      requestNamed('one'),
      requestNamed('two', { context: 'prod-eu' }),
    ],
  });
  const store = createCredentialStore(core.client);
  await store.load();
  return { core, store, asked: () => store.asked.value?.requestId };
}

describe('what plugins ask', () => {
  test('is put one after the other, logins aside', async () => {
    const { store, asked } = await stage();
    expect(store.requests.value).toHaveLength(3);
    expect([asked(), store.questions.value.length]).toEqual(['one', 2]);
    await store.answer('one', 'allow');
    expect([asked(), store.questions.value.length]).toEqual(['two', 1]);
    await store.answer('two', 'refuse');
    expect(asked()).toBeUndefined();
    expect(store.requests.value.map((one) => one.requestId)).toEqual(['login']);
  });

  test('can be put off, stays open, and comes back when it is wanted, before all others', async () => {
    const { core, store, asked } = await stage();
    store.putOff('one');
    store.putOff('two');
    expect(asked()).toBeUndefined();
    expect(store.requests.value).toHaveLength(3);
    expect(core.calls.some((call) => call.name === 'credentials.answer')).toBe(false);
    store.ask('two');
    expect(asked()).toBe('two');
    store.ask('one');
    expect(asked()).toBe('one');
  });

  test('that another window answered goes, whoever was quicker', async () => {
    const { core, store, asked } = await stage();
    core.state.failing.set('credentials.answer', { code: 'not-found', message: 'it is open no more' });
    await store.answer('one', 'allow');
    expect(asked()).toBe('two');
    core.request([]);
    expect(store.requests.value).toEqual([]);
  });

  test('is asked again where the answer did not arrive', async () => {
    const { core, store, asked } = await stage();
    core.state.failing.set('credentials.answer', { code: 'core-lost', message: 'the core has ended' });
    await expect(store.answer('one', 'allow')).rejects.toThrow('the core has ended');
    expect(asked()).toBe('one');
  });

  test('is heard of no more at the end', async () => {
    const { core, store } = await stage();
    store.end();
    core.request([]);
    expect(store.requests.value).toHaveLength(3);
  });
});
