import { expect, test, vi } from 'vitest';
import { type ContractClient, createClient } from '../../preload/client.ts';
import { CONTRACT_VERSION } from '../../preload/contract.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../preload/frame-codec.ts';

/** A client with a core that a test plays by hand. */
function connect() {
  const sent: Frame[] = [];
  let receive: (message: unknown) => void = () => {};
  let closings = 0;
  const client: ContractClient = createClient({
    send: (message) => sent.push(decodeFrame(message)),
    onMessage(listener) {
      receive = listener;
      return () => {};
    },
    onClosed: () => () => {},
    close() {
      closings += 1;
    },
  });
  return { client, sent, closings: () => closings, hear: (frame: Frame) => receive(encodeFrame(frame)) };
}

test('a listener that throws fails by itself: the others hear the event, and the connection lives', async () => {
  const { client, sent, closings, hear } = connect();
  const later = vi.spyOn(globalThis, 'queueMicrotask').mockImplementationOnce(() => {});
  const heard: string[] = [];
  client.on('sessions.forgotten', () => {
    throw new Error('the listener broke');
  });
  client.on('sessions.forgotten', ({ sessionId }) => heard.push(sessionId));
  hear({ kind: 'event', name: 'sessions.forgotten', payload: { sessionId: 'a' } });
  expect(heard).toEqual(['a']);
  // Whoever watches over the page's errors hears of it.
  expect(later.mock.lastCall?.[0]).toThrow('the listener broke');
  later.mockRestore();

  const call = client.call('sessions.list', {});
  hear({ kind: 'reply', id: 1, output: [] });
  expect(await call).toEqual([]);
  expect(closings()).toBe(0);
  expect(sent.map(({ kind }) => kind)).toEqual(['hello', 'call']);
});

test('a core that speaks nonsense is left at once, and what it says afterwards is not heard', async () => {
  const { client, closings, hear } = connect();
  const heard: unknown[] = [];
  client.on('sessions.forgotten', (payload) => heard.push(payload));
  const call = client.call('sessions.list', {}).catch((error: unknown) => error);
  hear({ kind: 'open', id: 1, name: 'sessions.view', params: {} });
  hear({ kind: 'event', name: 'sessions.forgotten', payload: { sessionId: 'late' } });
  hear({ kind: 'reply', id: 1, output: [] });
  expect(await client.closed).toMatchObject({ code: 'protocol-error' });
  expect(await call).toMatchObject({ code: 'protocol-error' });
  expect(heard).toEqual([]);
  expect(closings()).toBe(1);
});

test('a core of another version is left with words for the user', async () => {
  const { client, closings, hear } = connect();
  hear({ kind: 'hello', contractVersion: CONTRACT_VERSION + 1 });
  expect(await client.closed).toMatchObject({ code: 'version-mismatch', hint: 'Reload the page.' });
  expect(closings()).toBe(1);
});

test('an answer that comes after the call was given up is nobody’s', async () => {
  const { client, sent, hear } = connect();
  const leaving = new AbortController();
  const call = client.call('sessions.list', {}, { signal: leaving.signal });
  leaving.abort(new Error('changed my mind'));
  hear({ kind: 'reply', id: 1, output: [] });
  await expect(call).rejects.toThrow('changed my mind');
  expect(sent.at(-1)).toEqual({ kind: 'cancel', id: 1 });
});
