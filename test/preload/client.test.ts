import { expect, test, vi } from 'vitest';
import { type ContractClient, createClient } from '../../preload/client.ts';
import { CONTRACT_VERSION } from '../../preload/contract.ts';
import { createHandWire, type HandWire } from '../fakes/hand-wire.ts';

/** A client with a core that a test plays by hand. */
function connect(): { client: ContractClient; core: HandWire } {
  const core = createHandWire();
  return { client: createClient(core.wire), core };
}

test('a listener that throws fails by itself: the others hear the event, and the connection lives', async () => {
  const { client, core } = connect();
  const later = vi.spyOn(globalThis, 'queueMicrotask').mockImplementationOnce(() => {});
  const heard: string[] = [];
  client.on('sessions.forgotten', () => {
    throw new Error('the listener broke');
  });
  client.on('sessions.forgotten', ({ sessionId }) => heard.push(sessionId));
  core.hear({ kind: 'event', name: 'sessions.forgotten', payload: { sessionId: 'a' } });
  expect(heard).toEqual(['a']);
  // Whoever watches over the page's errors hears of it.
  expect(later.mock.lastCall?.[0]).toThrow('the listener broke');
  later.mockRestore();

  const call = client.call('sessions.list', {});
  core.hear({ kind: 'reply', id: 1, output: [] });
  expect(await call).toEqual([]);
  expect(core.closings).toBe(0);
  expect(core.sent.map(({ kind }) => kind)).toEqual(['hello', 'call']);
});

test('a core that speaks nonsense is left at once, and what it says afterwards is not heard', async () => {
  const { client, core } = connect();
  const heard: unknown[] = [];
  client.on('sessions.forgotten', (payload) => heard.push(payload));
  const call = client.call('sessions.list', {}).catch((error: unknown) => error);
  core.hear({ kind: 'open', id: 1, name: 'sessions.view', params: {} });
  core.hear({ kind: 'event', name: 'sessions.forgotten', payload: { sessionId: 'late' } });
  core.hear({ kind: 'reply', id: 1, output: [] });
  expect(await client.closed).toMatchObject({ code: 'protocol-error' });
  expect(await call).toMatchObject({ code: 'protocol-error' });
  expect(heard).toEqual([]);
  expect(core.closings).toBe(1);
});

test('a core of another version is left with words for the user', async () => {
  const { client, core } = connect();
  core.hear({ kind: 'hello', contractVersion: CONTRACT_VERSION + 1 });
  expect(await client.closed).toMatchObject({ code: 'version-mismatch', hint: 'Reload the page.' });
  expect(core.closings).toBe(1);
});

test('an answer that comes after the call was given up is nobody’s', async () => {
  const { client, core } = connect();
  const leaving = new AbortController();
  const call = client.call('sessions.list', {}, { signal: leaving.signal });
  leaving.abort(new Error('changed my mind'));
  core.hear({ kind: 'reply', id: 1, output: [] });
  await expect(call).rejects.toThrow('changed my mind');
  expect(core.sent.at(-1)).toEqual({ kind: 'cancel', id: 1 });
});
