import { expect, test } from 'vitest';
import { createSessionStore } from '../../renderer/store-sessions.ts';
import { createPageCore } from '../fakes/page-core.ts';
import { recordingNamed, sessionNamed } from '../fakes/page-things.ts';

const target = { context: 'prod', namespace: 'shop', pod: 'web', container: 'app' };
const size = { cols: 100, rows: 30 };

function start() {
  const core = createPageCore({
    sessions: new Map([['s1', sessionNamed('s1')]]),
    recordings: new Map([['r1', recordingNamed('r1')]]),
  });
  return { core, store: createSessionStore(core.client) };
}

test('what the core knows is there after loading, and what it told meanwhile is not undone', async () => {
  const { core, store } = start();
  const newer = sessionNamed('s1', { viewers: 2 });
  const loading = store.load();
  core.emit('sessions.changed', newer);
  await loading;
  expect(store.sessions.value.get('s1')).toBe(newer);
  expect([...(store.recordings.value?.keys() ?? [])]).toEqual(['r1']);
});

test('recordings that were told before the list came are no list, and hold when it comes', async () => {
  const { core, store } = start();
  core.emit('library.changed', { kind: 'put', recording: recordingNamed('r2') });
  core.emit('library.changed', { kind: 'removed', recordingId: 'r1' });
  expect(store.recordings.value).toBeUndefined();
  await store.load();
  expect([...(store.recordings.value?.keys() ?? [])]).toEqual(['r2']);
});

test('an opened session is known at once, and the event that came first is not overwritten', async () => {
  const { store } = start();
  const session = await store.open(target, size);
  expect(session.state.kind).toBe('opening');
  await Promise.resolve();
  expect(store.sessions.value.get(session.sessionId)?.state.kind).toBe('live');
  expect(store.live.value.map((one) => one.sessionId)).toContain(session.sessionId);
});

test('closing ends the shell and takes it off the list', async () => {
  const { core, store } = start();
  await store.load();
  await store.close('s1');
  expect(core.calls.slice(-2).map((call) => call.name)).toEqual(['sessions.close', 'sessions.forget']);
  expect(store.sessions.value.size).toBe(0);
});

test('an ended session is only forgotten, and one that the core has forgotten is no failure', async () => {
  const { core, store } = start();
  await store.load();
  core.putSession(sessionNamed('s1', { state: { kind: 'ended', endedAtMs: 1, end: { kind: 'closed' } } }));
  core.state.failing.set('sessions.forget', { code: 'not-found', message: 'no such session' });
  await store.close('s1');
  expect(core.calls.map((call) => call.name)).not.toContain('sessions.close');
  expect(store.sessions.value.size).toBe(0);
});

test('a session that another window closed and forgot stays until this window lets it go', async () => {
  const { core, store } = start();
  await store.load();
  core.putSession(sessionNamed('s1', { state: { kind: 'ended', endedAtMs: 1, end: { kind: 'closed' } } }));
  core.emit('sessions.forgotten', { sessionId: 's1' });
  expect(store.sessions.value.get('s1')?.state.kind).toBe('ended');
});

test('recordings come, grow and go', async () => {
  const { core, store } = start();
  await store.load();
  core.emit('library.changed', { kind: 'put', recording: recordingNamed('r2') });
  core.emit('library.changed', { kind: 'put', recording: recordingNamed('r1', { bytes: 99 }) });
  expect(store.recordings.value?.get('r1')?.bytes).toBe(99);
  core.emit('library.changed', { kind: 'removed', recordingId: 'r1' });
  expect([...(store.recordings.value?.keys() ?? [])]).toEqual(['r2']);
});
