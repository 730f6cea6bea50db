// covers: main/proxy/tap/spdy-frames.ts
// covers: main/proxy/tap/spdy-streams.ts

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_HEADER_BLOCKS } from '../../../../main/proxy/tap/spdy-headers.ts';
import { createSpdyTap } from '../../../../main/proxy/tap/spdy-tap.ts';
import type { Tap } from '../../../../main/proxy/tap/tap.ts';
import {
  controlFrame,
  createHeaderPacker,
  dataFrame,
  FIN,
  GOAWAY,
  HEADERS,
  PING,
  RST_STREAM,
  SETTINGS,
  SYN_STREAM,
  synReply,
  synStream,
  uint32,
  WINDOW_UPDATE,
} from '../../../fakes/spdy-bytes.ts';
import { anyCuts, cutAt } from '../../../fakes/split-bytes.ts';
import { outputOf, summary, tapped } from '../../../fakes/tap-summary.ts';

const IDS = { error: 1, stdin: 3, stdout: 5, stderr: 7, resize: 9 } as const;
type Streams = readonly (keyof typeof IDS)[];
const ALL: Streams = ['error', 'stdin', 'stdout', 'stderr', 'resize'];

function createTap({ hasTty = false, readsInput = true } = {}): Tap {
  return createSpdyTap({ hasTty, readsInput });
}

/** How both ends begin: the client opens its streams, the server agrees to each. */
async function beginning(streams: Streams = ALL): Promise<{ client: Buffer; server: Buffer }> {
  const [client, server] = [createHeaderPacker(), createHeaderPacker()];
  const opened: Buffer[] = [];
  const agreed: Buffer[] = [];
  for (const type of streams) {
    opened.push(await synStream(client, IDS[type], { streamtype: type }));
    agreed.push(await synReply(server, IDS[type]));
  }
  return { client: Buffer.concat(opened), server: Buffer.concat(agreed) };
}

const { client: OPENED, server: AGREED } = await beginning();

/** A tap through which both beginnings have passed. */
function createBegunTap(options?: Parameters<typeof createTap>[0]): Tap {
  const tap = createTap(options);
  expect(tap.fromClient(OPENED)).toEqual([]);
  expect(tap.fromServer(AGREED)).toEqual([]);
  return tap;
}

test('output, its kind and the status are read by what the client named its streams', () => {
  const events = tapped(createBegunTap(), 'fromServer', [
    dataFrame(IDS.stdout, 'out'),
    dataFrame(IDS.stderr, 'err'),
    dataFrame(IDS.error, '{"status":'),
    dataFrame(99, 'nobody asked'),
    dataFrame(IDS.error, '"Success"}', FIN),
  ]);
  expect(summary(events)).toEqual(['stdout out', 'stderr err', 'status {"status":"Success"}']);
});

test('a status ends with a reset as well, as kubelets end it', () => {
  const tap = createBegunTap();
  const reset = controlFrame(RST_STREAM, uint32(IDS.error, 5));
  const events = tapped(tap, 'fromServer', [dataFrame(IDS.error, '{}'), reset, reset]);
  expect(events).toEqual([{ kind: 'status', text: '{}' }]);
  expect(tap.ended()).toEqual([]);
});

test('a status without an end is told at the end of all', () => {
  const tap = createBegunTap();
  expect(tap.fromServer(dataFrame(IDS.error, 'gone'))).toEqual([]);
  expect(tap.ended()).toEqual([{ kind: 'status', text: 'gone' }]);
});

test('a status that ends with its frame is whole, wherever that is split', () => {
  const frame = dataFrame(IDS.error, '{"status":"Success"}', FIN);
  for (let cut = 1; cut < frame.byteLength; cut += 1) {
    const events = tapped(createBegunTap(), 'fromServer', [frame.subarray(0, cut), frame.subarray(cut)]);
    expect(summary(events)).toEqual(['status {"status":"Success"}']);
  }
});

test('output is a view of what passed, not a copy', () => {
  const chunk = Uint8Array.from(dataFrame(IDS.stdout, 'x'.repeat(70_000)));
  const [event] = createBegunTap().fromServer(chunk);
  expect(event?.kind === 'output' && event.bytes.buffer === chunk.buffer).toBe(true);
});

test('input, its end and resizes are read of what the client sends', () => {
  const events = tapped(createBegunTap(), 'fromClient', [
    dataFrame(IDS.error, '', FIN),
    dataFrame(IDS.resize, '{"Width":120,"Height":40}\n{"Width":1'),
    dataFrame(IDS.stdin, 'ls\n'),
    dataFrame(IDS.resize, '21,"Height":41}\n'),
    dataFrame(IDS.stdin, '', FIN),
    controlFrame(RST_STREAM, uint32(IDS.stdin, 5)),
  ]);
  expect(summary(events)).toEqual(['resize 120x40', 'input ls\n', 'resize 121x41', 'input-ended']);
});

test('input is not read where nobody wants it, but its end is', () => {
  const tap = createBegunTap({ readsInput: false });
  expect(summary(tap.fromClient(dataFrame(IDS.stdin, 'secret', FIN)))).toEqual(['input-ended']);
});

test('what says nothing of the command is passed over', () => {
  const tap = createBegunTap();
  const frames = Buffer.concat([
    controlFrame(SETTINGS, uint32(2, 4, 100, 7, 65_536)),
    controlFrame(SETTINGS, uint32(0)),
    controlFrame(PING, uint32(1)),
    controlFrame(WINDOW_UPDATE, uint32(IDS.stdout, 65_536)),
    controlFrame(GOAWAY, uint32(0, 0)),
  ]);
  expect(tap.fromServer(frames)).toEqual([]);
  expect(tap.fromClient(frames)).toEqual([]);
  expect(summary(tap.fromServer(dataFrame(IDS.stdout, 'still read')))).toEqual(['stdout still read']);
});

test('headers that come later are unpacked too, since the next ones go on with them', async () => {
  const packer = createHeaderPacker();
  const tap = createTap();
  tap.fromClient(await synStream(packer, 1, { streamtype: 'error' }));
  tap.fromClient(controlFrame(HEADERS, Buffer.concat([uint32(1), await packer.pack({ x: 'streamtype' })])));
  tap.fromClient(await synStream(packer, 3, { streamtype: 'stdout' }));
  expect(tap.problem).toBeUndefined();
  expect(summary(tap.fromServer(dataFrame(3, 'read')))).toEqual(['stdout read']);
});

test('frames split at any byte, several at once: the same is read', () => {
  const frame = fc.record({
    stream: fc.constantFrom<keyof typeof IDS>('stdout', 'stdout', 'stderr', 'error'),
    text: fc.string({ unit: 'grapheme', maxLength: 300 }),
    hasPing: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 12 }), anyCuts(), anyCuts(), (frames, cuts, openingCuts) => {
      const bytes = frames.map(({ stream, text, hasPing }) =>
        Buffer.concat([
          hasPing ? controlFrame(PING, uint32(2)) : Buffer.alloc(0),
          dataFrame(IDS[stream], text),
        ]),
      );
      const tap = createTap();
      expect(tapped(tap, 'fromClient', cutAt(OPENED, openingCuts))).toEqual([]);
      const chunks = cutAt(Buffer.concat([AGREED, ...bytes]), cuts);
      const events = [...tapped(tap, 'fromServer', chunks), ...tap.ended()];
      const sent = (wanted: string) =>
        frames
          .filter(({ stream }) => stream === wanted)
          .map(({ text }) => text)
          .join('');
      expect(outputOf(events, { isStderr: false }).toString()).toBe(sent('stdout'));
      expect(outputOf(events, { isStderr: true }).toString()).toBe(sent('stderr'));
      expect(events.flatMap((event) => (event.kind === 'status' ? [event.text] : [])).join('')).toBe(
        sent('error'),
      );
      expect(tap.problem).toBeUndefined();
    }),
  );
});

test('what a client sends, split at any byte, is read as a whole', () => {
  const frame = fc.record({
    text: fc.string({ unit: 'grapheme', maxLength: 300 }),
    cols: fc.integer({ min: 1, max: 65_535 }),
  });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), anyCuts(), (frames, cuts) => {
      const bytes = frames.flatMap(({ text, cols }) => [
        dataFrame(IDS.stdin, text),
        dataFrame(IDS.resize, `{"Width":${cols},"Height":24}\n`),
      ]);
      const events = tapped(createTap(), 'fromClient', cutAt(Buffer.concat([OPENED, ...bytes]), cuts));
      const input = events.flatMap((event) => (event.kind === 'input' ? [event.bytes] : []));
      expect(Buffer.concat(input).toString()).toBe(frames.map(({ text }) => text).join(''));
      const sizes = events.flatMap((event) => (event.kind === 'resize' ? [event.size.cols] : []));
      expect(sizes).toEqual(frames.map(({ cols }) => cols));
    }),
  );
});

const unreadable: readonly [string, 'fromServer' | 'fromClient', Uint8Array][] = [
  ['a frame of another version', 'fromServer', Buffer.from([0x80, 2, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1])],
  ['a stream that the server opens', 'fromServer', controlFrame(SYN_STREAM, Buffer.alloc(10))],
  ['a reset without a stream', 'fromServer', controlFrame(RST_STREAM, Buffer.alloc(3))],
  ['more headers than may be', 'fromServer', controlFrame(HEADERS, Buffer.alloc(70_000))],
  ['a reset that goes on behind its fields', 'fromClient', controlFrame(RST_STREAM, uint32(3, 5, 0))],
  [
    'a ping that has another frame in it',
    'fromClient',
    controlFrame(PING, Buffer.concat([uint32(1), OPENED])),
  ],
  ['a ping that is too short', 'fromClient', controlFrame(PING, Buffer.alloc(2))],
  ['an end that is too long', 'fromClient', controlFrame(GOAWAY, uint32(0, 0, 0))],
  ['a window that is too long', 'fromClient', controlFrame(WINDOW_UPDATE, uint32(3, 1, 0))],
  ['more settings than are counted', 'fromClient', controlFrame(SETTINGS, uint32(1, 4, 100, 7, 100))],
  ['a count of settings alone', 'fromClient', controlFrame(SETTINGS, uint32(0x2000_0000))],
  ['headers without a stream', 'fromClient', controlFrame(HEADERS, Buffer.alloc(3))],
  ['a type of frame that no server knows', 'fromClient', controlFrame(77, Buffer.alloc(8))],
  ['a stream without headers', 'fromClient', controlFrame(SYN_STREAM, Buffer.alloc(8))],
  ['headers that are none', 'fromClient', controlFrame(SYN_STREAM, Buffer.alloc(40))],
];
test.each(unreadable)('%s blinds the tap in both directions, and never throws', (_, side, bytes) => {
  const tap = createBegunTap();
  expect(tap[side](bytes)).toEqual([]);
  expect(tap.problem).toMatchObject({ code: 'protocol-error' });
  expect(tap.fromServer(dataFrame(IDS.stdout, 'after'))).toEqual([]);
  expect(tap.gap).toBeUndefined();
  expect(tap.fromClient(dataFrame(IDS.stdin, 'after'))).toEqual([]);
});

test('a stream that is opened twice, or one of too many, blinds the tap', async () => {
  const packer = createHeaderPacker();
  const tap = createTap();
  tap.fromClient(await synStream(packer, 1, { streamtype: 'stdin' }));
  tap.fromClient(await synStream(packer, 1, { streamtype: 'stdout' }));
  expect(tap.problem).toMatchObject({ code: 'protocol-error' });

  const others = createHeaderPacker();
  const busy = createTap();
  for (let id = 1; id <= 2 * MAX_HEADER_BLOCKS; id += 2) busy.fromClient(await synStream(others, id, {}));
  expect(busy.problem).toBeUndefined();
  busy.fromClient(await synStream(others, 999, {}));
  expect(busy.problem).toMatchObject({ code: 'protocol-error' });
});

test('the gap is behind the last whole frame of what was given', () => {
  const tap = createBegunTap();
  const frame = dataFrame(IDS.stdout, 'hello');
  tap.fromServer(Buffer.concat([frame, frame.subarray(0, 4)]));
  expect(tap.gap).toBe(frame.byteLength);
  tap.fromServer(frame.subarray(4, 10));
  expect(tap.gap).toBeUndefined();
  tap.fromServer(frame.subarray(10));
  expect(tap.gap).toBe(3);
  tap.fromServer(frame.subarray(0, 9));
  expect(tap.gap).toBe(0);
});

/** What a client reads of it: another tap, which stands for one here. */
function readAsClient(chunks: readonly Uint8Array[]): { lines: string[]; problem: unknown } {
  const client = createBegunTap();
  return { lines: summary(tapped(client, 'fromServer', chunks)), problem: client.problem };
}

test('words put into a gap are shown between what passed', () => {
  const frame = dataFrame(IDS.stdout, 'one');
  const words = createBegunTap().say('listen\n');
  expect(readAsClient([frame, words, frame])).toEqual({
    lines: ['stdout one', 'stderr listen\n', 'stdout one'],
    problem: undefined,
  });
  expect(readAsClient([createBegunTap({ hasTty: true }).say('to a terminal')]).lines).toEqual([
    'stdout to a terminal',
  ]);
});

test('words have no place before the server has agreed to the stream, and none behind its end', () => {
  const tap = createTap();
  tap.fromClient(OPENED);
  tap.fromServer(dataFrame(IDS.stdout, 'too early'));
  expect(tap.gap).toBeUndefined();
  expect(tap.say('too early')).toHaveLength(0);
  tap.fromServer(controlFrame(HEADERS, uint32(IDS.stderr)));
  expect(tap.gap).toBeUndefined();
  tap.fromServer(AGREED);
  expect(tap.gap).toBe(AGREED.byteLength);
  tap.fromServer(dataFrame(IDS.stderr, '', FIN));
  expect(tap.gap).toBeUndefined();
  expect(tap.say('too late')).toHaveLength(0);
  const reset = createBegunTap();
  reset.fromClient(controlFrame(RST_STREAM, uint32(IDS.stderr, 5)));
  expect(reset.gap).toBeUndefined();
  expect(reset.say('not wanted')).toHaveLength(0);
});

test('a farewell can be read from wherever the client stands in data', () => {
  const whole = Buffer.concat([
    dataFrame(IDS.stdout, 'a'.repeat(200)),
    dataFrame(IDS.stderr, 'b'.repeat(300)),
    dataFrame(IDS.stdout, 'c'.repeat(70_000)),
  ]);
  fc.assert(
    fc.property(fc.nat({ max: 1_200 }), fc.nat({ max: 40 }), (passed, more) => {
      for (const isLastPassed of [true, false]) {
        const tap = createBegunTap();
        tap.fromServer(whole.subarray(0, passed));
        tap.fromServer(whole.subarray(passed, passed + more));
        const sent = whole.subarray(0, isLastPassed ? passed + more : passed);
        const end = tap.farewell({ text: 'the recorder is gone\n', status: '{"code":1}', isLastPassed });
        const { lines, problem } = readAsClient([sent, end]);
        expect(problem).toBeUndefined();
        expect(lines.at(-1)).toBe('status {"code":1}');
        expect(lines.at(-2)?.endsWith('the recorder is gone\n')).toBe(true);
      }
    }),
  );
});

test('a farewell ends what the server had not ended for the client', () => {
  const tap = createBegunTap();
  tap.fromServer(dataFrame(IDS.stdout, '', FIN));
  const words = { text: 'bye', status: '{}' };
  const behind = tap.farewell({ ...words, isLastPassed: true });
  const before = tap.farewell({ ...words, isLastPassed: false });
  const ends = [dataFrame(IDS.stderr, '', FIN), dataFrame(IDS.error, '{}', FIN)];
  const text = dataFrame(IDS.stderr, 'bye');
  expect(Buffer.from(behind).equals(Buffer.concat([text, ...ends]))).toBe(true);
  expect(Buffer.from(before).equals(Buffer.concat([text, dataFrame(IDS.stdout, '', FIN), ...ends]))).toBe(
    true,
  );
});

test('a frame that ends its stream takes no words behind it', () => {
  const tap = createBegunTap();
  tap.fromServer(dataFrame(IDS.stderr, 'last', FIN).subarray(0, 9));
  const end = Buffer.from(tap.farewell({ text: 'bye', status: '{}', isLastPassed: true }));
  const ends = [dataFrame(IDS.stdout, '', FIN), dataFrame(IDS.error, '{}', FIN)];
  expect(end.equals(Buffer.concat([Buffer.alloc(3), ...ends]))).toBe(true);
});

test.each<[string, Uint8Array]>([
  ['a control frame', controlFrame(PING, uint32(1)).subarray(0, 9)],
  ['the head of a control frame', controlFrame(PING, uint32(1)).subarray(0, 3)],
  ['a frame that is too much to fill', Buffer.from([0, 0, 0, 5, 0, 0x20, 0, 0])],
  ['what cannot be read', Buffer.from([0x80, 9, 0, 1, 0, 0, 0, 0])],
])('within %s there is no farewell', (_, bytes) => {
  const tap = createBegunTap();
  tap.fromServer(bytes);
  expect(tap.farewell({ text: 'x', status: '{}', isLastPassed: true })).toHaveLength(0);
  expect(tap.farewell({ text: 'x', status: '{}', isLastPassed: false }).byteLength).toBeGreaterThan(0);
});
