import { describe, expect, test, vi } from 'vitest';
import { type ContractClient, createClient } from '../../preload/client.ts';
import { CONTRACT_VERSION, type ProblemInfo } from '../../preload/contract.ts';
import { WINDOW_BYTES } from '../../preload/credit.ts';
import {
  decodeFrame,
  encodeFrame,
  type Frame,
  MAX_DATA_BYTES,
  MAX_REQUEST_CHARACTERS,
} from '../../preload/frame-codec.ts';
import { type ContractParts, serveParts } from '../fakes/contract-server.ts';
import { wirePairs } from '../fakes/wires.ts';

/** As many of each as the server lets a page have under way. */
const MOST = 256;

const open = (id: number, name = 'sessions.view', params: unknown = { sessionId: 's' }): Frame => ({
  kind: 'open',
  id,
  name,
  params,
});
const call = (id: number, name = 'demo.start', input: unknown = {}): Frame => ({
  kind: 'call',
  id,
  name,
  input,
});
const data = (id: number, length: number): Frame => ({ kind: 'data', id, bytes: new Uint8Array(length) });

/** Patient, since a thousand streams over a real socket take a while where other tests run beside. */
const until = (condition: () => boolean): Promise<unknown> =>
  vi.waitUntil(condition, { timeout: 30_000, interval: 5 });

/** A page that sends what it likes, and what it was told. */
interface HostilePage {
  readonly frames: readonly Frame[];
  send(...messages: (Frame | string | Uint8Array)[]): void;
  readonly closed: Promise<void>;
  readonly protocolErrors: readonly unknown[];
}

describe.each(Object.entries(wirePairs))('over a wire %s', (_name, makePair) => {
  const releases: (() => Promise<void>)[] = [];

  async function connectHostile(parts?: ContractParts): Promise<HostilePage> {
    const pair = await makePair();
    releases.push(pair.release);
    const { protocolErrors } = serveParts(pair.core, parts);
    const frames: Frame[] = [];
    pair.page.onMessage((message) => frames.push(decodeFrame(message)));
    return {
      frames,
      protocolErrors,
      closed: new Promise((resolve) => pair.page.onClosed(resolve)),
      send(...messages) {
        for (const message of messages) {
          const isRaw = typeof message === 'string' || message instanceof Uint8Array;
          pair.page.send(isRaw ? message : encodeFrame(message));
        }
      },
    };
  }

  async function connectGreeted(parts?: ContractParts): Promise<HostilePage> {
    const page = await connectHostile(parts);
    page.send({ kind: 'hello', contractVersion: CONTRACT_VERSION });
    return page;
  }

  /** Another window of the same core, in the middle of its work. */
  async function connectNeighbour(): Promise<{ client: ContractClient; expectAlive(): Promise<void> }> {
    const pair = await makePair();
    releases.push(pair.release);
    serveParts(pair.core, {
      handlers: { 'sessions.list': async () => [] },
      streams: {
        'sessions.view': async (_params, stream) => {
          for await (const chunk of stream.input) await stream.write(chunk);
        },
      },
    });
    const client = createClient(pair.page);
    const stream = client.open('sessions.view', { sessionId: 'n' });
    const echo = stream.input[Symbol.asyncIterator]();
    return {
      client,
      async expectAlive() {
        expect(await client.call('sessions.list', {})).toEqual([]);
        await stream.write(new Uint8Array([1, 2, 3]));
        expect([...((await echo.next()).value ?? [])]).toEqual([1, 2, 3]);
      },
    };
  }

  async function releaseAll(): Promise<void> {
    for (const release of releases.splice(0)) await release();
  }

  const hello: Frame = { kind: 'hello', contractVersion: CONTRACT_VERSION };
  test.each<[string, (Frame | string | Uint8Array)[], string]>([
    ['nonsense', [hello, 'nonsense'], 'not JSON'],
    ['bytes that are no frame', [hello, new Uint8Array([9, 9])], 'no data frame'],
    ['a call before the hello', [call(1)], 'wrong place'],
    ['a second hello', [hello, hello], 'wrong place'],
    ['an answer', [hello, { kind: 'reply', id: 1, output: 1 }], 'reply'],
    ['an event', [hello, { kind: 'event', name: 'sessions.forgotten', payload: {} }], 'event'],
    [
      'an endless request',
      [hello, call(1, 'demo.start', { x: 'x'.repeat(MAX_REQUEST_CHARACTERS) })],
      'over its limit',
    ],
    ['an endless data frame', [hello, open(1), data(1, MAX_DATA_BYTES + 1)], 'over its limit'],
    [
      'more bytes than it has credit for',
      [hello, open(1), ...Array.from({ length: 5 }, () => data(1, MAX_DATA_BYTES))],
      'more than its window',
    ],
    ['bytes for a stream that it never opened', [hello, open(1), data(2, 1)], 'never opened'],
    [
      'credit for what it was never sent',
      [hello, open(1), { kind: 'credit', id: 1, bytes: 1 }],
      'than were taken',
    ],
    ['boundless credit', [hello, open(1), { kind: 'credit', id: 1, bytes: 0xffff_ffff }], 'than were taken'],
    ['two calls with one id', [hello, call(1), call(1)], 'came after'],
    ['two streams with one id', [hello, open(1), open(1)], 'came after'],
    ['the id of a stream that has ended', [hello, open(1), { kind: 'end', id: 1 }, open(1)], 'came after'],
    ['a stream with the id of a call', [hello, call(1), open(1)], 'came after'],
  ])('a page that sends %s loses its connection and nothing else does', async (_what, messages, words) => {
    const neighbour = await connectNeighbour();
    let lateCalls = 0;
    let begun = 0;
    let told = 0;
    const hold = (signal: AbortSignal): Promise<never> => {
      begun += 1;
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          told += 1;
          reject(signal.reason);
        }),
      );
    };
    const page = await connectHostile({
      handlers: {
        'demo.start': (_input, { signal }) => hold(signal),
        'app.info': () => {
          lateCalls += 1;
          return Promise.reject(new Error('too late'));
        },
      },
      streams: { 'sessions.view': (_params, _stream, { signal }) => hold(signal) },
    });
    page.send(...messages, call(9, 'app.info'), 'nonsense');
    await page.closed;
    await neighbour.expectAlive();
    expect(page.protocolErrors).toHaveLength(1);
    expect(String(page.protocolErrors[0])).toContain(words);
    // What the page had under way has been told, and nothing that came later was begun.
    expect(told).toBe(begun);
    expect(lateCalls).toBe(0);
    await releaseAll();
  });

  test('what a page merely gets wrong is answered, and its words do not come back', async () => {
    const page = await connectGreeted();
    const long = 'n'.repeat(200_000);
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const mistakes = [
      call(1, 'constructor'),
      call(2, '__proto__'),
      call(3, long),
      call(4, 'namespaces.list', { context: [long] }),
      `{"kind":"call","id":5,"name":"namespaces.list","input":${deep}}`,
      call(6, 'namespaces.list', null),
      open(7, 'toString'),
      open(8, long),
      open(9, 'sessions.view', { sessionId: '' }),
    ];
    page.send(...mistakes);
    await until(() => page.frames.length === 1 + mistakes.length);
    for (const frame of page.frames.slice(1)) {
      expect(frame).toMatchObject({ problem: { code: 'bad-input' } });
      expect(JSON.stringify(frame).length).toBeLessThan(200);
    }
    expect(page.protocolErrors).toEqual([]);
    await releaseAll();
  });

  test('a flood of calls is refused, and a cancelled one counts until its handler has let go', async () => {
    const neighbour = await connectNeighbour();
    const letGo = Promise.withResolvers<void>();
    let begun = 0;
    const page = await connectGreeted({
      handlers: {
        'demo.start': async () => {
          begun += 1;
          await letGo.promise;
          return { context: 'demo' };
        },
        'sessions.list': async () => [],
      },
    });
    for (let id = 1; id <= 1_000; id += 1) page.send(call(id));
    await until(() => page.frames.length === 1 + 1_000 - MOST);
    for (const frame of page.frames.slice(1)) expect(problemOf(frame)?.message).toContain('calls at once');
    expect(begun).toBe(MOST);
    await neighbour.expectAlive();

    for (let id = 1; id <= MOST; id += 1) page.send({ kind: 'cancel', id });
    page.send(call(1_001, 'sessions.list'));
    await until(() => page.frames.some((frame) => frame.kind === 'fail' && frame.id === 1_001));
    letGo.resolve();
    // Over a wire the handlers have long let go when the next call arrives.
    await new Promise(setImmediate);
    page.send(call(1_002, 'sessions.list'));
    await until(() => page.frames.some((frame) => frame.kind === 'reply'));
    expect(page.frames.filter((frame) => frame.kind === 'reply')).toEqual([
      { kind: 'reply', id: 1_002, output: [] },
    ]);
    expect(page.protocolErrors).toEqual([]);
    await releaseAll();
  });

  test('of a thousand streams a few hundred are served, and an ended one counts until its handler has let go', async () => {
    const neighbour = await connectNeighbour();
    const letGo = Promise.withResolvers<void>();
    let begun = 0;
    let told = 0;
    const page = await connectGreeted({
      streams: {
        'sessions.view': async (_params, _stream, { signal }) => {
          begun += 1;
          signal.addEventListener('abort', () => {
            told += 1;
          });
          await letGo.promise;
        },
      },
    });
    const ends = (): number => page.frames.filter(({ kind }) => kind === 'end').length;
    for (let id = 1; id <= 1_000; id += 1) page.send(open(id), data(id, 10));
    await until(() => ends() === 1_000 - MOST);
    expect(begun).toBe(MOST);
    await neighbour.expectAlive();

    for (let id = 1; id <= 1_000; id += 1) page.send({ kind: 'end', id });
    page.send(open(1_001));
    await until(() => ends() === 1_001 - MOST);
    expect(problemOf(page.frames.at(-1))?.message).toContain('streams at once');
    expect({ begun, told }).toEqual({ begun: MOST, told: MOST });
    letGo.resolve();
    await new Promise(setImmediate);
    page.send(open(1_002));
    await until(() => begun === MOST + 1);
    await neighbour.expectAlive();
    expect(page.protocolErrors).toEqual([]);
    await releaseAll();
  });

  test('a page that gives no credit stops its own stream only', async () => {
    const neighbour = await connectNeighbour();
    let written = 0;
    const page = await connectGreeted({
      handlers: { 'sessions.list': async () => [] },
      streams: {
        'sessions.view': async (_params, stream, { signal }) => {
          while (true) {
            await stream.write(new Uint8Array(MAX_DATA_BYTES), { signal });
            written += MAX_DATA_BYTES;
          }
        },
      },
    });
    page.send(open(1), open(2));
    await until(() => written === 2 * WINDOW_BYTES);
    page.send(call(3, 'sessions.list'));
    await until(() => page.frames.some(({ kind }) => kind === 'reply'));
    expect(written).toBe(2 * WINDOW_BYTES);
    await neighbour.expectAlive();
    await releaseAll();
  });
});

function problemOf(frame: Frame | undefined): ProblemInfo | undefined {
  return frame?.kind === 'fail' || frame?.kind === 'end' ? frame.problem : undefined;
}
