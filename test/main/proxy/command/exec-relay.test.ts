import { type Duplex, duplexPair } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../../main/base/errors.ts';
import { type Relay, type RelayKeeper, relayExec } from '../../../../main/proxy/command/exec-relay.ts';
import { formatFarewell, formatWarning } from '../../../../main/proxy/command/exec-words.ts';
import type { TapEvent } from '../../../../main/proxy/tap/tap.ts';
import { createWebSocketTap } from '../../../../main/proxy/tap/websocket-tap.ts';
import { createManualClock, type ManualClock } from '../../../fakes/manual-clock.ts';
import { anyCuts, cutAt } from '../../../fakes/split-bytes.ts';
import { until } from '../../../fakes/until.ts';
import { channelMessage, frameBytes, messageBytes } from '../../../fakes/websocket-bytes.ts';

const MASK = new Uint8Array([9, 8, 7, 6]);
const STATUS = JSON.stringify({ status: 'Success' });

interface Stage {
  readonly relay: Relay;
  readonly clock: ManualClock;
  /** The far ends. */
  readonly server: Duplex;
  readonly client: Duplex;
  /** All that arrived there so far. */
  atClient(): Buffer;
  atServer(): Buffer;
  readonly stop: AbortController;
}

/** `reads`: whether the far ends read by themselves. */
function startRelay(
  changes: Partial<RelayKeeper> = {},
  { isTapped = true, reads = true, highWaterMark = 16 * 1024 } = {},
): Stage {
  const [server, serverEnd] = duplexPair({ highWaterMark });
  const [client, clientEnd] = duplexPair({ highWaterMark });
  const clock = createManualClock();
  const stop = new AbortController();
  const heard: { readonly client: Buffer[]; readonly server: Buffer[] } = { client: [], server: [] };
  if (reads) {
    client.on('data', (bytes: Buffer) => heard.client.push(bytes)).on('end', () => client.end());
    server.on('data', (bytes: Buffer) => heard.server.push(bytes)).on('end', () => server.end());
  }
  const keeper: RelayKeeper = {
    async fromServer() {},
    async fromClient() {},
    async blinded() {},
    takeWords: () => undefined,
    explain: (reason) => formatFarewell(reason, false),
    ...changes,
  };
  const tap = isTapped
    ? createWebSocketTap({ subprotocol: 'v5.channel.k8s.io', hasTty: false, readsInput: true })
    : undefined;
  const relay = relayExec({ clock }, { server: serverEnd, client: clientEnd, tap, keeper }, stop);
  return {
    relay,
    clock,
    server,
    client,
    atClient: () => Buffer.concat(heard.client),
    atServer: () => Buffer.concat(heard.server),
    stop,
  };
}

/** Between two streams of one process nothing takes longer than some turns of its loop. */
async function afterTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** What a client reads of whole, unmasked frames: channel and text of each message. */
function readMessages(bytes: Buffer): string[] {
  const messages: string[] = [];
  const tap = createWebSocketTap({ subprotocol: 'v5.channel.k8s.io', hasTty: false, readsInput: false });
  for (const event of [...tap.fromServer(bytes), ...tap.ended()]) {
    if (event.kind === 'output') {
      messages.push(`${event.isStderr ? 'stderr' : 'stdout'} ${Buffer.from(event.bytes).toString()}`);
    } else if (event.kind === 'status') messages.push(`status ${event.text}`);
  }
  if (tap.problem) throw tap.problem;
  return messages;
}

test('whatever comes, however split, tapped or not: what passes is what came', async () => {
  const anyBytes = fc.uint8Array({ maxLength: 3_000 });
  const anySent = fc.oneof(
    anyBytes,
    fc
      .array(fc.tuple(fc.constantFrom(1, 2, 4, 9), anyBytes), { maxLength: 5 })
      .map((messages) =>
        Buffer.concat(messages.map(([channel, payload]) => channelMessage(channel, payload))),
      ),
  );
  await fc.assert(
    fc.asyncProperty(anySent, anySent, anyCuts(), fc.boolean(), async (down, up, cuts, isTapped) => {
      const stage = startRelay({}, { isTapped });
      const drain = (end: Duplex, bytes: Uint8Array): void => {
        for (const part of cutAt(bytes, cuts)) end.write(part);
      };
      drain(stage.server, down);
      drain(stage.client, up);
      await until(() => stage.atClient().length >= down.length && stage.atServer().length >= up.length);
      stage.server.end();
      const end = await stage.relay.ended;
      expect(stage.atClient().equals(Buffer.from(down))).toBe(true);
      expect(stage.atServer().equals(Buffer.from(up))).toBe(true);
      expect(end).toEqual({ left: 'server' });
    }),
    { numRuns: 60 },
  );
});

test('recorded before shown: nothing passes before its keeper has it', async () => {
  const kept = Promise.withResolvers<void>();
  const seen: TapEvent[] = [];
  const stage = startRelay({
    async fromServer(events) {
      seen.push(...events);
      await kept.promise;
    },
  });
  stage.server.write(channelMessage(1, 'hello'));
  await until(() => seen.length > 0);
  await new Promise((resolve) => setImmediate(resolve));
  expect(stage.atClient().length).toBe(0);
  kept.resolve();
  await until(() => stage.atClient().length > 0);
  stage.server.end();
  await stage.relay.ended;
});

test('the end tells the status, and who left first', async () => {
  const stage = startRelay();
  stage.server.end(Buffer.concat([channelMessage(3, STATUS), frameBytes(new Uint8Array(), { opcode: 8 })]));
  expect(await stage.relay.ended).toEqual({ status: STATUS, left: 'server' });
  const other = startRelay();
  other.client.end();
  expect(await other.relay.ended).toEqual({ left: 'client' });
});

test('a client that hangs up on a server’s last word has not left first', async () => {
  const stage = startRelay();
  const goodbye = frameBytes(Buffer.from([0x03, 0xe9]), { opcode: 8 });
  stage.server.write(goodbye);
  await until(() => stage.atClient().length === goodbye.byteLength);
  stage.client.end();
  expect(await stage.relay.ended).toEqual({ left: 'server' });
});

test('a server that keeps what its client has left is cut after a while', async () => {
  const stage = startRelay({}, { reads: false });
  stage.client.end();
  stage.client.resume();
  await until(() => stage.clock.sleepers > 0);
  await stage.clock.advance(2_000);
  await until(() => stage.client.readableEnded);
  await stage.clock.advance(2_000);
  expect(await stage.relay.ended).toEqual({ left: 'client' });
});

test.each(['server', 'client'] as const)('who does not read makes the %s wait', async (sender) => {
  const stage = startRelay({}, { reads: false });
  const message = channelMessage(1, Buffer.alloc(16 * 1024), sender === 'client' ? MASK : undefined);
  const end = stage[sender];
  let sent = 0;
  while (sent < 64 * 1024 * 1024) {
    const isTaken = await Promise.race([
      new Promise<boolean>((resolve) => end.write(message, () => resolve(true))),
      afterTurns(100).then(() => false),
    ]);
    if (!isTaken) break;
    sent += message.byteLength;
  }
  expect(sent).toBeLessThan(1024 * 1024);
  stage.stop.abort(new AppError('cancelled', 'enough'));
  for (const each of [stage.server, stage.client]) each.resume().on('end', () => each.end());
  await until(() => stage.clock.sleepers > 0 || stage.client.destroyed);
  await stage.clock.advance(2_000);
  await stage.relay.ended;
});

test('what may not be shown is not: the client reads why instead', async () => {
  const lost = new AppError('recording-required', 'the disk is full', { hint: 'Make room.' });
  let isFull = false;
  const stage = startRelay({
    async fromServer() {
      if (isFull) throw lost;
    },
  });
  const hello = channelMessage(1, 'hello');
  const secret = messageBytes([Buffer.concat([Buffer.from([1]), Buffer.from('secret'.repeat(1_000))])]);
  stage.server.write(hello);
  // The client stands within a message.
  stage.server.write(secret.subarray(0, 3_000));
  await until(() => stage.atClient().length === hello.byteLength + 3_000);
  isFull = true;
  stage.server.write(secret.subarray(3_000));
  const end = await stage.relay.ended;
  expect(end).toMatchObject({ stopped: lost });
  const shown = stage.atClient();
  expect(shown.subarray(hello.byteLength + 3_000).toString('latin1')).not.toContain('secret');
  const messages = readMessages(shown);
  expect(messages.slice(-2)).toEqual([
    'stderr the disk is full\nMake room.\n',
    expect.stringContaining('status {"metadata":{},"status":"Failure"'),
  ]);
});

test('what may not be sent is not', async () => {
  const lost = new AppError('recording-required', 'the disk is full');
  const stage = startRelay({
    async fromClient(events) {
      if (events.some(({ kind }) => kind === 'input')) throw lost;
    },
  });
  const size = channelMessage(4, '{"Width":80,"Height":24}', MASK);
  stage.client.write(size);
  await until(() => stage.atServer().length === size.byteLength);
  stage.client.write(channelMessage(0, 'rm -rf', MASK));
  expect(await stage.relay.ended).toMatchObject({ stopped: lost });
  expect(stage.atServer().length).toBe(size.byteLength);
  expect(readMessages(stage.atClient())[0]).toBe('stderr the disk is full\n');
});

test('a tap that is blind is told once, and all goes on where that is allowed', async () => {
  const told: string[] = [];
  const stage = startRelay({
    async blinded(problem) {
      told.push(problem.code);
    },
  });
  const odd = frameBytes(Buffer.from('odd'), { opcode: 5 });
  for (let count = 0; count < 3; count += 1) stage.server.write(odd);
  stage.client.write(odd);
  await until(
    () => stage.atClient().length === 3 * odd.byteLength && stage.atServer().length === odd.byteLength,
  );
  expect(told).toEqual(['protocol-error']);
  stage.server.end();
  await stage.relay.ended;
});

test('words are said at once between messages, and else behind the one that is under way', async () => {
  const words: string[] = [];
  const stage = startRelay({
    takeWords: () => {
      const next = words.shift();
      return next === undefined ? undefined : formatWarning(next, false);
    },
  });
  const [one, two] = [channelMessage(1, 'one'), channelMessage(1, 'two')];
  stage.server.write(one);
  await until(() => stage.atClient().length === one.byteLength);
  words.push('first');
  stage.relay.speak();
  await until(() => readMessages(stage.atClient()).length === 2);
  stage.server.write(two.subarray(0, 3));
  const before = stage.atClient().length + 3;
  await until(() => stage.atClient().length === before);
  words.push('second');
  stage.relay.speak();
  await new Promise((resolve) => setImmediate(resolve));
  expect(words).toEqual(['second']);
  stage.server.write(two.subarray(3));
  await until(() => words.length === 0);
  stage.server.end();
  await stage.relay.ended;
  expect(readMessages(stage.atClient())).toEqual([
    'stdout one',
    'stderr warning: first\n',
    'stdout two',
    'stderr warning: second\n',
  ]);
});

test('nothing is said behind the end', async () => {
  const stage = startRelay({ takeWords: () => 'too late\n' });
  stage.server.write(Buffer.concat([channelMessage(3, STATUS), frameBytes(new Uint8Array(), { opcode: 8 })]));
  await until(() => stage.atClient().length > 0);
  stage.relay.speak();
  stage.server.end();
  await stage.relay.ended;
  expect(stage.atClient().toString()).not.toContain('too late');
});

test('a client that does not even read its farewell is cut after a while', async () => {
  const stage = startRelay({}, { reads: false });
  stage.server.on('error', () => {}).resume();
  stage.stop.abort(new AppError('cancelled', 'ended in Kubereel'));
  await until(() => stage.clock.sleepers > 0);
  await stage.clock.advance(2_000);
  expect(await stage.relay.ended).toMatchObject({ stopped: { code: 'cancelled' } });
});

test('a connection that breaks ends both', async () => {
  const stage = startRelay();
  stage.server.on('error', () => {});
  stage.server.destroy(new Error('ECONNRESET'));
  stage.client.end();
  expect(await stage.relay.ended).toMatchObject({ left: expect.stringMatching(/server|client/) });
});
