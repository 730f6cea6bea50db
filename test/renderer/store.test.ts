import { afterEach, describe, expect, test } from 'vitest';
import { createStore, type Store, sessionTabId } from '../../renderer/store.ts';
import type { PageCoreState } from '../fakes/page-answers.ts';
import { createPageCore } from '../fakes/page-core.ts';
import { containerNamed, podNamed, recordingNamed, sessionNamed } from '../fakes/page-things.ts';

const target = { context: 'prod', namespace: 'shop', pod: 'web', container: 'app' };
const stores: Store[] = [];
afterEach(() => {
  for (const store of stores.splice(0)) store.end();
});

async function start(changes: Partial<PageCoreState> = {}) {
  const core = createPageCore(changes);
  const store = createStore({
    client: core.client,
    now: () => 1_000,
    terminalSize: () => ({ cols: 91, rows: 33 }),
  });
  stores.push(store);
  await store.load();
  const tabs = (): string[] => store.view.tabs.value.order.map((tab) => tab.id);
  const called = (name: string) => core.calls.filter((call) => call.name === name);
  return { core, store, tabs, called };
}

test('sessions that live already come in as tabs, the first one shown', async () => {
  const { store, tabs } = await start({
    sessions: new Map([
      ['s1', sessionNamed('s1')],
      ['s2', sessionNamed('s2')],
    ]),
  });
  expect(tabs()).toEqual(['session-s1', 'session-s2']);
  expect(store.view.activeTab.value?.id).toBe('session-s1');
});

describe('opening a shell', () => {
  test('asks for the size that the terminal will have, shows it and remembers the target', async () => {
    const { store, called } = await start();
    await store.openShell(target);
    expect(called('sessions.open')).toEqual([
      { name: 'sessions.open', input: { target, size: { cols: 91, rows: 33 } } },
    ]);
    expect(store.view.activeTab.value?.content.kind).toBe('session');
    expect(store.settings.state.value.settings.recentTargets).toEqual([target]);
  });

  test('that fails says why and opens no tab', async () => {
    const problem = { code: 'unreachable', message: 'no answer' };
    const { store, tabs } = await start({ failing: new Map([['sessions.open', problem]]) });
    await store.openShell(target);
    expect(tabs()).toEqual([]);
    expect(store.view.said.value).toMatchObject([{ tone: 'lost', text: 'No shell in web', problem }]);
  });

  test('in a pod goes to its default container', async () => {
    const { store, called } = await start();
    await store.openPod(
      'prod',
      podNamed('web', { defaultContainer: 'proxy', containers: [containerNamed('proxy')] }),
    );
    expect(called('sessions.open')).toMatchObject([{ input: { target: { container: 'proxy' } } }]);
  });

  test('in a completed pod is not tried, and the reason is said', async () => {
    const { store, called } = await start();
    await store.openPod('prod', podNamed('job', { phase: 'Succeeded' }));
    expect(called('sessions.open')).toEqual([]);
    expect(store.view.said.value[0]?.text).toContain('It has completed');
  });
});

describe('closing a tab', () => {
  const withSession = (changes: Parameters<typeof sessionNamed>[1]) =>
    start({ sessions: new Map([['s1', sessionNamed('s1', changes)]]) });
  const ended = { kind: 'ended', endedAtMs: 1, end: { kind: 'exited', exitCode: 0 } } as const;

  test('asks first where a shell would end with it, and ends it when told to', async () => {
    const { store, tabs, called } = await withSession({});
    await store.requestClose('session-s1');
    expect(store.view.overlay.value).toEqual({ kind: 'close-session', sessionId: 's1' });
    expect(called('sessions.close')).toEqual([]);
    await store.closeNow(sessionTabId('s1'));
    expect(tabs()).toEqual([]);
    expect(called('sessions.close')).toHaveLength(1);
  });

  test('does not ask for one that has ended', async () => {
    const { store, tabs, called } = await withSession({ state: ended });
    await store.requestClose('session-s1');
    expect(tabs()).toEqual([]);
    expect(called('sessions.forget')).toHaveLength(1);
  });

  test('leaves the shell to another window that shows it', async () => {
    const { store, tabs, called } = await withSession({ viewers: 2 });
    await store.requestClose('session-s1');
    expect(tabs()).toEqual([]);
    expect(called('sessions.close')).toEqual([]);
    expect(store.sessions.sessions.value.has('s1')).toBe(true);
  });

  test('of the library or the settings just closes it', async () => {
    const { store, tabs } = await start();
    store.openLibrary();
    store.openSettings();
    store.openReplay('r1');
    expect(tabs()).toEqual(['library', 'settings', 'replay-r1']);
    for (const id of tabs()) await store.requestClose(id);
    expect(tabs()).toEqual([]);
  });
});

test('a tab never vanishes by itself: ended and forgotten elsewhere, it stays', async () => {
  const { core, tabs } = await start({ sessions: new Map([['s1', sessionNamed('s1')]]) });
  core.putSession(sessionNamed('s1', { state: { kind: 'ended', endedAtMs: 1, end: { kind: 'closed' } } }));
  core.emit('sessions.forgotten', { sessionId: 's1' });
  expect(tabs()).toEqual(['session-s1']);
});

test('a session without a tab here goes when another window forgets it', async () => {
  const { core, store } = await start();
  core.putSession(sessionNamed('elsewhere'));
  core.emit('sessions.forgotten', { sessionId: 'elsewhere' });
  expect(store.sessions.sessions.value.size).toBe(0);
});

test('a setting that is not kept says so', async () => {
  const problem = { code: 'disk-full', message: 'no space left' };
  const { store } = await start({ failing: new Map([['settings.set', problem]]) });
  await store.changeSettings({ theme: 'dark' });
  expect(store.view.said.value).toMatchObject([{ text: 'The setting was not kept', problem }]);
});

test('a core that cannot answer makes loading fail', async () => {
  const problem = { code: 'gone', message: 'the core has ended' };
  await expect(start({ failing: new Map([['app.info', problem]]) })).rejects.toThrow('the core has ended');
});

test('a recording that cannot be removed says why and stays', async () => {
  const problem = { code: 'in-use', message: 'it is still being written' };
  const { store } = await start({
    recordings: new Map([['r1', recordingNamed('r1')]]),
    failing: new Map([['library.remove', problem]]),
  });
  await store.removeRecordings(['r1']);
  expect(store.view.said.value).toMatchObject([{ text: 'The recording was not removed', problem }]);
  expect(store.sessions.recordings.value?.has('r1')).toBe(true);
});
