// covers: main/proxy/tap/tap.ts
// covers: main/proxy/tap/tap-reading.ts
// covers: main/proxy/tap/websocket-frames.ts
// covers: main/proxy/tap/websocket-messages.ts
// covers: main/proxy/tap/status-text.ts

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_STATUS_BYTES } from '../../../../main/proxy/tap/status-text.ts';
import type { Tap } from '../../../../main/proxy/tap/tap.ts';
import { createWebSocketTap, READABLE_SUBPROTOCOLS } from '../../../../main/proxy/tap/websocket-tap.ts';
import { anyCuts, cutAt } from '../../../fakes/split-bytes.ts';
import { outputOf, summary, tapped } from '../../../fakes/tap-summary.ts';
import { channelMessage, frameBytes, messageBytes } from '../../../fakes/websocket-bytes.ts';

const V5 = 'v5.channel.k8s.io';
const MASK = new Uint8Array([0x5a, 0x01, 0xff, 0x80]);

function createTap({ subprotocol = V5, hasTty = true, readsInput = true } = {}): Tap {
  return createWebSocketTap({ subprotocol, hasTty, readsInput });
}

test('output, its kind and the status are read of whole messages', () => {
  const tap = createTap();
  const events = tapped(tap, 'fromServer', [
    channelMessage(1, ''),
    channelMessage(1, 'out'),
    channelMessage(2, 'err'),
    channelMessage(3, '{"status":'),
    frameBytes(Buffer.from('still there?'), { opcode: 9 }),
    channelMessage(3, '"Success"}'),
    frameBytes(Buffer.from([3, 232]), { opcode: 8 }),
  ]);
  expect(summary(events)).toEqual(['stdout out', 'stderr err', 'status {"status":"Success"}']);
  expect(tap.ended()).toEqual([]);
  expect(tap.problem).toBeUndefined();
});

test('a status whose connection ends without a close is told at the end, once', () => {
  const tap = createTap();
  expect(tap.fromServer(channelMessage(3, 'gone'))).toEqual([]);
  expect(tap.ended()).toEqual([{ kind: 'status', text: 'gone' }]);
  expect(tap.ended()).toEqual([]);
});

test('of an error channel without end, the beginning is kept', () => {
  const tap = createTap();
  for (let sent = 0; sent < 4 * MAX_STATUS_BYTES; sent += 10_000) {
    tap.fromServer(channelMessage(3, 'x'.repeat(10_000)));
  }
  expect(tap.ended()).toEqual([{ kind: 'status', text: 'x'.repeat(MAX_STATUS_BYTES) }]);
});

test('output is a view of what passed, not a copy', () => {
  const chunk = channelMessage(1, 'x'.repeat(70_000));
  const [event] = createTap().fromServer(chunk);
  expect(event?.kind === 'output' && event.bytes.buffer === chunk.buffer).toBe(true);
});

test('input, its end and resizes are read of masked messages', () => {
  const tap = createTap();
  const events = tapped(tap, 'fromClient', [
    channelMessage(4, '{"Width":120,"Height":40}\n', MASK),
    channelMessage(0, 'ls\n', MASK),
    channelMessage(255, new Uint8Array([0]), MASK),
    channelMessage(9, 'nobody knows', MASK),
  ]);
  expect(summary(events)).toEqual(['resize 120x40', 'input ls\n', 'input-ended']);
});

test('input is not read where nobody wants it', () => {
  const tap = createTap({ readsInput: false });
  const events = tapped(tap, 'fromClient', [
    channelMessage(0, 'secret', MASK),
    channelMessage(4, '{"Width":9,"Height":8}', MASK),
  ]);
  expect(summary(events)).toEqual(['resize 9x8']);
});

test('only v5 has an end of the input', () => {
  const ends = READABLE_SUBPROTOCOLS.map((subprotocol) => {
    const tap = createTap({ subprotocol });
    return summary(tap.fromClient(channelMessage(255, new Uint8Array([0]), MASK)));
  });
  expect(ends).toEqual([['input-ended'], []]);
});

/** A message of the server's: a channel, what it carries, in how many frames, with pings between, masked or not. */
const serverMessage = fc.record({
  channel: fc.constantFrom(1, 1, 1, 2, 3, 9),
  text: fc.string({ unit: 'grapheme', maxLength: 300 }),
  cuts: fc.array(fc.nat(), { maxLength: 3 }),
  isMasked: fc.boolean(),
  hasPing: fc.boolean(),
});

test('a message split at any byte, in any frames, several at once: the same is read', () => {
  fc.assert(
    fc.property(fc.array(serverMessage, { maxLength: 8 }), anyCuts(), (messages, cuts) => {
      const bytes = messages.map(({ channel, text, cuts: places, isMasked, hasPing }) => {
        const whole = Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);
        const message = messageBytes(cutAt(whole, places), isMasked ? MASK : undefined);
        return hasPing ? Buffer.concat([frameBytes(Buffer.from('hi'), { opcode: 9 }), message]) : message;
      });
      const chunks = cutAt(Buffer.concat(bytes), cuts);
      const tap = createTap();
      const events = [...tapped(tap, 'fromServer', chunks), ...tap.ended()];
      const sent = (channel: number) =>
        messages.flatMap((message) => (message.channel === channel ? [message.text] : [])).join('');
      expect(outputOf(events, { isStderr: false }).toString()).toBe(sent(1));
      expect(outputOf(events, { isStderr: true }).toString()).toBe(sent(2));
      expect(events.flatMap((event) => (event.kind === 'status' ? [event.text] : [])).join('')).toBe(sent(3));
      expect(tap.problem).toBeUndefined();
    }),
  );
});

test('what a client sends, split at any byte and in any frames, is read as a whole', () => {
  const clientMessage = fc.record({
    text: fc.string({ unit: 'grapheme', maxLength: 300 }),
    cuts: fc.array(fc.nat(), { maxLength: 3 }),
    size: fc.option(
      fc.record({ cols: fc.integer({ min: 1, max: 65_535 }), rows: fc.integer({ min: 1, max: 99 }) }),
    ),
  });
  fc.assert(
    fc.property(fc.array(clientMessage, { maxLength: 8 }), anyCuts(), (messages, cuts) => {
      const bytes = messages.flatMap(({ text, cuts: places, size }) => {
        const input = cutAt(Buffer.concat([Buffer.from([0]), Buffer.from(text)]), places);
        const json = `{"Width":${size?.cols},"Height":${size?.rows}}\n`;
        const resize = cutAt(Buffer.concat([Buffer.from([4]), Buffer.from(json)]), places);
        return size === null
          ? [messageBytes(input, MASK)]
          : [messageBytes(input, MASK), messageBytes(resize, MASK)];
      });
      const tap = createTap();
      const events = tapped(tap, 'fromClient', cutAt(Buffer.concat(bytes), cuts));
      const input = events.flatMap((event) => (event.kind === 'input' ? [event.bytes] : []));
      expect(Buffer.concat(input).toString()).toBe(messages.map(({ text }) => text).join(''));
      const sizes = events.flatMap((event) => (event.kind === 'resize' ? [event.size] : []));
      expect(sizes).toEqual(messages.flatMap(({ size }) => (size === null ? [] : [size])));
      expect(tap.problem).toBeUndefined();
    }),
  );
});

test.each<[string, Uint8Array]>([
  ['a bit of an extension', new Uint8Array([0xc2, 0])],
  ['an unknown opcode', new Uint8Array([0x83, 0])],
  ['a ping of 126 bytes', new Uint8Array([0x89, 126, 0, 126])],
  ['a ping in parts', new Uint8Array([0x09, 0])],
  ['a message that goes on before it began', new Uint8Array([0x80, 0])],
  ['a message in a message', new Uint8Array([0x02, 0, 0x82, 0])],
  ['a frame of 2^63 bytes', new Uint8Array([0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0])],
])('%s blinds the tap in both directions, and never throws', (_, bytes) => {
  const tap = createTap();
  expect(tap.fromServer(channelMessage(1, 'before'))).toHaveLength(1);
  expect(tap.fromServer(bytes)).toEqual([]);
  expect(tap.problem).toMatchObject({ code: 'protocol-error' });
  expect(tap.fromServer(channelMessage(1, 'after'))).toEqual([]);
  expect(tap.gap).toBeUndefined();
  expect(tap.fromClient(channelMessage(0, 'after', MASK))).toEqual([]);
});

test('what came before the unreadable in one read is still told', () => {
  const tap = createTap();
  const events = tap.fromServer(Buffer.concat([channelMessage(1, 'before'), new Uint8Array([0x83, 0])]));
  expect(summary(events)).toEqual(['stdout before']);
});

test('input that a server would read and RFC 6455 would not is not passed over', () => {
  const hidden = messageBytes([Buffer.from([9]), Buffer.from([0, 0x6c, 0x73])], MASK);
  const tap = createTap();
  expect(tap.fromClient(hidden)).toEqual([]);
  expect(tap.problem).toMatchObject({ code: 'protocol-error' });
  const careless = createTap({ readsInput: false });
  expect(careless.fromClient(hidden)).toEqual([]);
  expect(careless.problem).toBeUndefined();
});

test('nothing is read behind a close', () => {
  const tap = createTap();
  const close = frameBytes(Buffer.from([3, 232]), { opcode: 8 });
  expect(tap.fromServer(Buffer.concat([close, channelMessage(1, 'late')]))).toEqual([]);
  expect(tap.gap).toBeUndefined();
  expect(tap.farewell({ text: 'x', status: '{}', isLastPassed: true })).toHaveLength(0);
});

test('the gap is behind the last whole message of what was given', () => {
  const message = channelMessage(1, 'hello');
  const tap = createTap();
  expect(tap.gap).toBeUndefined();
  tap.fromServer(message);
  expect(tap.gap).toBe(message.byteLength);
  tap.fromServer(Buffer.concat([message, message.subarray(0, 4)]));
  expect(tap.gap).toBe(message.byteLength);
  tap.fromServer(message.subarray(4, 5));
  expect(tap.gap).toBeUndefined();
  tap.fromServer(Buffer.concat([message.subarray(5), frameBytes(Buffer.alloc(0), { opcode: 9 })]));
  expect(tap.gap).toBe(message.byteLength - 5);
  tap.fromServer(message.subarray(0, 3));
  expect(tap.gap).toBe(0);
});

/** What a client that reads by RFC 6455 has of it: another tap, which stands for one here. */
function readAsClient(chunks: readonly Uint8Array[]): { lines: string[]; problem: unknown } {
  const client = createTap();
  return { lines: summary([...tapped(client, 'fromServer', chunks)]), problem: client.problem };
}

test('words put into a gap are shown between what passed', () => {
  const tap = createTap({ hasTty: false });
  const message = channelMessage(1, 'one');
  const chunk = Buffer.concat([message, message.subarray(0, 2)]);
  tap.fromServer(chunk);
  const parts = [
    chunk.subarray(0, tap.gap),
    tap.say('listen\n'),
    chunk.subarray(tap.gap),
    message.subarray(2),
  ];
  expect(readAsClient(parts)).toEqual({
    lines: ['stdout one', 'stderr listen\n', 'stdout one'],
    problem: undefined,
  });
  expect(readAsClient([createTap().say('to a terminal')]).lines).toEqual(['stdout to a terminal']);
});

test('a farewell can be read from wherever the client stands', () => {
  const whole = Buffer.concat([
    channelMessage(1, 'a'.repeat(200)),
    messageBytes([Buffer.from([1, 0x62]), Buffer.alloc(300, 'b'), Buffer.from('b')]),
    frameBytes(Buffer.from('ping'), { opcode: 9 }),
    channelMessage(2, 'c'.repeat(70_000)),
  ]);
  fc.assert(
    fc.property(fc.nat({ max: 1_200 }), fc.nat({ max: 40 }), (passed, more) => {
      for (const isLastPassed of [true, false]) {
        const tap = createTap();
        tap.fromServer(whole.subarray(0, passed));
        tap.fromServer(whole.subarray(passed, passed + more));
        const sent = whole.subarray(0, isLastPassed ? passed + more : passed);
        const end = tap.farewell({ text: 'the recorder is gone\r\n', status: '{"code":1}', isLastPassed });
        const { lines, problem } = readAsClient([sent, end]);
        expect(problem).toBeUndefined();
        expect(lines.at(-1)).toBe('status {"code":1}');
        expect(lines.at(-2)?.endsWith('the recorder is gone\r\n')).toBe(true);
      }
    }),
  );
});

test('a farewell from before the unreadable, but not from behind it', () => {
  const tap = createTap();
  tap.fromServer(new Uint8Array([0x83, 0]));
  expect(tap.farewell({ text: 'x', status: '{}', isLastPassed: false }).byteLength).toBeGreaterThan(0);
  expect(tap.farewell({ text: 'x', status: '{}', isLastPassed: true })).toHaveLength(0);
  tap.fromServer(new Uint8Array([0]));
  expect(tap.farewell({ text: 'x', status: '{}', isLastPassed: false })).toHaveLength(0);
});

test('the rest of a message without a channel yet is output, which a client takes from its server', () => {
  const tap = createTap();
  tap.fromServer(new Uint8Array([0x82, 3]));
  const end = tap.farewell({ text: '', status: '{}', isLastPassed: true });
  expect([...end.subarray(0, 3)]).toEqual([1, 0, 0]);
});

test('a frame that is too much to fill has no farewell', () => {
  const tap = createTap();
  tap.fromServer(new Uint8Array([0x82, 127, 0, 0, 0, 0, 1, 0, 0, 0, 1]));
  expect(tap.farewell({ text: 'x', status: '{}', isLastPassed: true })).toHaveLength(0);
});
