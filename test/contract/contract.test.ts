// covers: preload/contract-error.ts
// covers: preload/contract.ts
// covers: preload/server.ts
// covers: preload/streams-table.ts
// covers: preload/wire-end.ts
// covers: renderer/wires.ts
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ByteStream } from '../../preload/byte-stream.ts';
import { createClient } from '../../preload/client.ts';
import { CONTRACT_VERSION } from '../../preload/contract.ts';
import { ContractError } from '../../preload/contract-error.ts';
import { WINDOW_BYTES } from '../../preload/credit.ts';
import { encodeFrame, MAX_REQUEST_CHARACTERS } from '../../preload/frame-codec.ts';
import { type ContractParts, serveParts } from '../fakes/contract-server.ts';
import { until } from '../fakes/until.ts';
import { wirePairs } from '../fakes/wires.ts';

describe.each(Object.entries(wirePairs))('over a wire %s', (_name, makePair) => {
  async function connect(parts?: ContractParts) {
    const pair = await makePair();
    const served = serveParts(pair.core, parts);
    return { ...served, pair, client: createClient(pair.page) };
  }

  async function openStream(serveStream: (stream: ByteStream, signal: AbortSignal) => Promise<void>) {
    const connected = await connect({
      streams: { 'sessions.view': (_params, stream, { signal }) => serveStream(stream, signal) },
    });
    return { ...connected, stream: connected.client.open('sessions.view', { sessionId: 's' }) };
  }

  test('a call is answered, and its failure arrives with code, words and hint', async () => {
    const { client, pair } = await connect({
      handlers: {
        'sessions.list': async () => [],
        'library.remove': async ({ recordingId }) => Promise.reject(new Error(`no ${recordingId}`)),
      },
    });
    expect(await client.call('sessions.list', {})).toEqual([]);
    const failure = await client
      .call('library.remove', { recordingId: 'x' })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ContractError);
    expect(failure).toMatchObject({ code: 'test', message: 'no x', hint: 'h' });
    await pair.release();
  });

  test('input of the wrong shape never reaches a handler', async () => {
    let calls = 0;
    const { client, pair } = await connect({
      handlers: {
        'library.get': () => {
          calls += 1;
          return Promise.reject(new Error('reached'));
        },
      },
    });
    await expect(client.call('library.get', { recordingId: 5 as unknown as string })).rejects.toThrow(
      'recordingId',
    );
    await expect(client.call('constructor' as 'library.get', { recordingId: 'x' })).rejects.toThrow(
      'there is no such call',
    );
    expect(calls).toBe(0);
    await pair.release();
  });

  test('many calls at once get each their own answer', async () => {
    const { client, pair } = await connect({
      handlers: { 'namespaces.list': async ({ context }) => ({ namespaces: [context] }) },
    });
    const names = Array.from({ length: 100 }, (_, index) => `c${index}`);
    const answers = await Promise.all(names.map((context) => client.call('namespaces.list', { context })));
    expect(answers.map(({ namespaces }) => namespaces[0])).toEqual(names);
    await pair.release();
  });

  test('cancelling a call reaches its handler', async () => {
    const aborted = Promise.withResolvers<void>();
    const { client, pair } = await connect({
      handlers: {
        'demo.start': (_input, { signal }) =>
          new Promise((_, reject) =>
            signal.addEventListener('abort', () => {
              aborted.resolve();
              reject(signal.reason);
            }),
          ),
      },
    });
    const controller = new AbortController();
    const call = client.call('demo.start', {}, { signal: controller.signal });
    controller.abort(new Error('changed my mind'));
    await expect(call).rejects.toThrow('changed my mind');
    await aborted.promise;
    await pair.release();
  });

  test('events reach their listeners until they are removed', async () => {
    const { client, server, pair } = await connect({ handlers: { 'sessions.list': async () => [] } });
    const heard: string[] = [];
    const remove = client.on('sessions.forgotten', ({ sessionId }) => heard.push(sessionId));
    server.emit('sessions.forgotten', { sessionId: 'a' });
    await client.call('sessions.list', {});
    remove();
    server.emit('sessions.forgotten', { sessionId: 'b' });
    await client.call('sessions.list', {});
    expect(heard).toEqual(['a']);
    await pair.release();
  });

  test('bytes flow both ways, unchanged', async () => {
    const bytes = randomBytes(5_000_000);
    const { stream, pair } = await openStream(async (core) => {
      for await (const chunk of core.input) await core.write(chunk);
    });
    const received = createHash('sha256');
    const reading = (async () => {
      let length = 0;
      for await (const chunk of stream.input) {
        received.update(chunk);
        length += chunk.byteLength;
        if (length === bytes.length) stream.end();
      }
    })();
    await stream.write(bytes);
    await reading;
    expect(received.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
    await pair.release();
  });

  test('a writer waits for a reader that does not read: no more than the window is under way', async () => {
    let written = 0;
    const { stream, pair } = await openStream(async (core, signal) => {
      while (!signal.aborted) {
        await core.write(new Uint8Array(10_000), { signal });
        written += 10_000;
      }
    });
    const reader = stream.input[Symbol.asyncIterator]();
    const most = Math.floor(WINDOW_BYTES / 10_000) * 10_000;
    await until(() => written === most);
    await reader.next();
    expect(written).toBe(most);
    for (let count = 0; count < 20; count += 1) await reader.next();
    await until(() => written > most);
    stream.end();
    await pair.release();
  });

  test('what was written before the end is read before the end', async () => {
    const { stream, pair } = await openStream(async (core) => {
      await core.write(new Uint8Array([1, 2, 3]));
    });
    await stream.closed;
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream.input) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toEqual(Buffer.from([1, 2, 3]));
    await expect(stream.write(new Uint8Array(1))).rejects.toThrow('the stream has ended');
    await pair.release();
  });

  test('a stream that fails ends with the problem', async () => {
    const { stream, pair } = await openStream(() => Promise.reject(new Error('no such session')));
    await expect(stream.input[Symbol.asyncIterator]().next()).rejects.toThrow('no such session');
    expect(await stream.closed).toMatchObject({ problem: { code: 'test', message: 'no such session' } });
    await pair.release();
  });

  test('ending a stream aborts its handler', async () => {
    const aborted = Promise.withResolvers<void>();
    const { stream, pair } = await openStream(async (_core, signal) => {
      signal.addEventListener('abort', () => aborted.resolve());
      await aborted.promise;
    });
    stream.end();
    await aborted.promise;
    await pair.release();
  });

  test('a request that is too long is refused here, and the connection lives', async () => {
    const { client, protocolErrors, pair } = await connect({ handlers: { 'sessions.list': async () => [] } });
    const context = 'x'.repeat(MAX_REQUEST_CHARACTERS);
    const words = `at most ${MAX_REQUEST_CHARACTERS} are allowed`;
    const signal = new AbortController().signal;
    await expect(client.call('namespaces.list', { context }, { signal })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(words),
    });
    const { closed } = client.open('sessions.view', { sessionId: context });
    expect((await closed).problem?.message).toContain(words);
    expect(await client.call('sessions.list', {})).toEqual([]);
    expect(protocolErrors).toEqual([]);
    await pair.release();
  });

  test('when the core is gone, calls and streams fail and the page is told', async () => {
    const { client, stream, pair } = await openStream(() => new Promise(() => {}));
    const call = client.call('demo.start', {}).catch((error: unknown) => error);
    const waiting = client.call('sessions.list', {}).catch((error: unknown) => error);
    pair.core.close();
    expect(await client.closed).toMatchObject({ code: 'core-lost' });
    expect(await stream.closed).toMatchObject({ problem: { code: 'core-lost' } });
    for (const failure of [await call, await waiting]) expect(failure).toBeInstanceOf(ContractError);
    await expect(client.call('sessions.list', {})).rejects.toMatchObject({ code: 'core-lost' });
    const late = client.open('sessions.view', { sessionId: 's' });
    expect(await late.closed).toMatchObject({ problem: { code: 'core-lost' } });
    await pair.release();
  });

  test('when the page is gone, its handlers are told', async () => {
    const aborted = Promise.withResolvers<void>();
    const { client, pair } = await openStream(async (_core, signal) => {
      signal.addEventListener('abort', () => aborted.resolve());
      await aborted.promise;
    });
    client.close();
    await aborted.promise;
    await pair.release();
  });

  test('a page of another version is told so', async () => {
    const pair = await makePair();
    pair.core.onMessage(() => {});
    const client = createClient(pair.page);
    pair.core.send(encodeFrame({ kind: 'hello', contractVersion: CONTRACT_VERSION + 1 }));
    expect(await client.closed).toMatchObject({ code: 'version-mismatch', hint: 'Reload the page.' });
    await pair.release();
  });

  test('a page of another version is let go, and learns why', async () => {
    const pair = await makePair();
    const { protocolErrors } = serveParts(pair.core);
    const heard: unknown[] = [];
    pair.page.onMessage((message) => heard.push(message));
    const closed = new Promise<void>((resolve) => pair.page.onClosed(resolve));
    pair.page.send(encodeFrame({ kind: 'hello', contractVersion: CONTRACT_VERSION + 1 }));
    await closed;
    expect(heard).toEqual([encodeFrame({ kind: 'hello', contractVersion: CONTRACT_VERSION })]);
    expect(protocolErrors).toEqual([]);
    await pair.release();
  });
});
