/** A million frames into each tap, good and bad: it never throws, never hangs, and what passes is what came. */
import { expect, test } from 'vitest';
import { createSpdyTap } from '../../../../main/proxy/tap/spdy-tap.ts';
import type { Tap } from '../../../../main/proxy/tap/tap.ts';
import { createWebSocketTap } from '../../../../main/proxy/tap/websocket-tap.ts';
import {
  controlFrame,
  createHeaderPacker,
  dataFrame,
  synReply,
  synStream,
  uint32,
} from '../../../fakes/spdy-bytes.ts';
import { createDice, type Dice, fuzzTap, spoil } from '../../../fakes/tap-fuzz.ts';
import { channelMessage, frameBytes, messageBytes } from '../../../fakes/websocket-bytes.ts';

const FRAMES = 1_000_000;
const FRAMES_EACH = 1_000;
/** Any does; the one of a stream stands in the message of its failure. */
const SEED = 20_261_121;
/** Each of them is unpacked, which takes longer than a frame. */
const HEADER_STREAMS = 5_000;
const LIMIT_MS = 120_000;
/** So long that a tap which read again and again what it had read would not come to an end. */
const MAX_PAYLOAD = 60;

/** A frame and what it adds to stdout, or to stdin. */
interface Frame {
  readonly bytes: Uint8Array;
  readonly carried?: Uint8Array;
}

interface Side {
  readonly side: 'fromServer' | 'fromClient';
  /** How many of a hundred streams with something broken in them are found to be unreadable, at least. */
  readonly found: number;
  createTap(): Tap;
  createFrame(dice: Dice): Frame;
}

/** Streams of a thousand frames: in every second one something is broken somewhere. */
function fuzz({ side, createTap, createFrame }: Side, seed: number): { blind: number; sighted: number } {
  const counts = { blind: 0, sighted: 0 };
  for (let run = 0; run < FRAMES / FRAMES_EACH; run += 1) {
    const dice = createDice(seed + run);
    const spoiledAt = run % 2 === 0 ? dice.roll(FRAMES_EACH) : Number.POSITIVE_INFINITY;
    const frames = Array.from({ length: FRAMES_EACH }, (_, index): Frame => {
      const frame = createFrame(dice);
      return index < spoiledAt || dice.once(2) ? frame : { bytes: spoil(Buffer.from(frame.bytes), dice) };
    });
    const whole = Buffer.concat(frames.map(({ bytes }) => bytes));
    const { problem, carried, isIntact } = fuzzTap(createTap(), side, whole, dice);
    const readable = frames
      .slice(0, Math.min(spoiledAt, FRAMES_EACH))
      .flatMap((frame) => frame.carried ?? []);
    const expected = Buffer.concat(readable);
    const where = `seed ${seed + run}`;
    expect(isIntact, where).toBe(true);
    expect(problem, where).toSatisfy(isUnreadable);
    expect(carried.subarray(0, expected.byteLength).equals(expected), where).toBe(true);
    if (spoiledAt > FRAMES_EACH)
      expect({ problem, bytes: carried.byteLength }, where).toEqual({ bytes: expected.byteLength });
    counts[problem === undefined ? 'sighted' : 'blind'] += 1;
  }
  return counts;
}

/** Anything else that was thrown would be `internal`. */
function isUnreadable(problem: unknown): boolean {
  return problem === undefined || (problem as { code?: unknown }).code === 'protocol-error';
}

/** Without NUL: where typed input in parts begins with one, readers differ, and that is no stream to be read. */
const payload = (dice: Dice): Buffer =>
  Buffer.alloc(dice.roll(dice.once(50) ? 300 : MAX_PAYLOAD), 1 + dice.roll(255));
const mask = (dice: Dice): Buffer | undefined => (dice.once(2) ? dice.bytes(4) : undefined);
const webSocketTap = (): Tap =>
  createWebSocketTap({ subprotocol: 'v5.channel.k8s.io', hasTty: true, readsInput: true });

/** A message, in parts or not, or something between messages. */
function createWebSocketFrame(channels: readonly number[], wanted: number, dice: Dice): Frame {
  if (dice.once(10))
    return {
      bytes: frameBytes(payload(dice).subarray(0, 125), { opcode: 9 + dice.roll(2), mask: mask(dice) }),
    };
  const channel = channels[dice.roll(channels.length)] ?? 0;
  const body = payload(dice);
  if (!dice.once(8))
    return {
      bytes: channelMessage(channel, body, mask(dice)),
      ...(channel === wanted ? { carried: body } : {}),
    };
  const whole = Buffer.concat([Buffer.from([channel]), body]);
  const cut = dice.roll(whole.byteLength + 1);
  const bytes = messageBytes([whole.subarray(0, cut), whole.subarray(cut)], mask(dice));
  return { bytes, ...(channel === wanted ? { carried: body } : {}) };
}

const [client, server] = [createHeaderPacker(), createHeaderPacker()];
const opened: Buffer[] = [];
const agreed: Buffer[] = [];
for (const [index, streamtype] of ['error', 'stdin', 'stdout', 'stderr', 'resize'].entries()) {
  opened.push(await synStream(client, 2 * index + 1, { streamtype }));
  agreed.push(await synReply(server, 2 * index + 1));
}
const STDIN_ID = 3;
const STDOUT_ID = 5;

function spdyTap(): Tap {
  const tap = createSpdyTap({ hasTty: true, readsInput: true });
  tap.fromClient(Buffer.concat(opened));
  tap.fromServer(Buffer.concat(agreed));
  return tap;
}

/** Settings, a ping, the end, a window. */
const QUIET: readonly Buffer[] = [
  controlFrame(4, uint32(2, 4, 100, 7, 65_536)),
  controlFrame(6, uint32(1)),
  controlFrame(7, uint32(0, 0)),
  controlFrame(9, uint32(STDOUT_ID, 65_536)),
];

/** Data of any stream, or what says nothing of the command. */
function createSpdyFrame(wanted: number, dice: Dice): Frame {
  if (dice.once(10)) return { bytes: QUIET[dice.roll(QUIET.length)] ?? Buffer.alloc(0) };
  const streamId = dice.once(3) ? wanted : dice.roll(12);
  const carried = payload(dice);
  return { bytes: dataFrame(streamId, carried), ...(streamId === wanted ? { carried } : {}) };
}

const sides: readonly [string, Side][] = [
  [
    'WebSocket, from the server',
    {
      side: 'fromServer',
      found: 50,
      createTap: webSocketTap,
      createFrame: (dice) => createWebSocketFrame([1, 1, 2, 3, 9, 255], 1, dice),
    },
  ],
  [
    'WebSocket, from the client',
    {
      side: 'fromClient',
      found: 50,
      createTap: webSocketTap,
      createFrame: (dice) => createWebSocketFrame([0, 0, 4, 255], 0, dice),
    },
  ],
  [
    'SPDY, from the server',
    {
      side: 'fromServer',
      found: 10,
      createTap: spdyTap,
      createFrame: (dice) => createSpdyFrame(STDOUT_ID, dice),
    },
  ],
  [
    'SPDY, from the client',
    {
      side: 'fromClient',
      found: 10,
      createTap: spdyTap,
      createFrame: (dice) => createSpdyFrame(STDIN_ID, dice),
    },
  ],
];

test.each(sides)('%s', { timeout: LIMIT_MS }, (_, side) => {
  const { blind, sighted } = fuzz(side, SEED);
  const broken = FRAMES / FRAMES_EACH / 2;
  expect(sighted).toBeGreaterThanOrEqual(broken);
  expect(blind).toBeGreaterThan((broken * side.found) / 100);
});

test('SPDY, headers of the client', { timeout: LIMIT_MS }, () => {
  let blind = 0;
  for (let run = 0; run < HEADER_STREAMS; run += 1) {
    const dice = createDice(SEED + run);
    const spoiledAt = dice.roll(opened.length);
    const frames = opened.map((frame, index) => (index === spoiledAt ? spoil(frame, dice) : frame));
    const tap = createSpdyTap({ hasTty: true, readsInput: true });
    const { problem, isIntact } = fuzzTap(tap, 'fromClient', Buffer.concat(frames), dice);
    expect(isIntact, `seed ${SEED + run}`).toBe(true);
    expect(problem, `seed ${SEED + run}`).toSatisfy(isUnreadable);
    if (problem !== undefined) blind += 1;
  }
  expect(blind).toBeGreaterThan(HEADER_STREAMS / 4);
});
