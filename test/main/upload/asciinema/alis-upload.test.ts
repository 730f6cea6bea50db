import { expect, test } from 'vitest';
import type { AlisLimits } from '../../../../main/upload/asciinema/alis-budget.ts';
import type { ProducerSocket, SocketEnd } from '../../../../main/upload/asciinema/alis-socket.ts';
import { createAlisUpload, reconnectDelayMs } from '../../../../main/upload/asciinema/alis-upload.ts';
import { drawScreen } from '../../../fakes/drawn-screen.ts';
import { createPlayerAlisHandler, type PlayerMessage } from '../../../fakes/foreign-alis.ts';
import { createManualClock, type ManualClock } from '../../../fakes/manual-clock.ts';
import { until } from '../../../fakes/until.ts';

/** A stream whose server takes everything and counts it. */
function start(limits: AlisLimits, clock: ManualClock = createManualClock()) {
  const messages: Uint8Array[] = [];
  const closed = Promise.withResolvers<SocketEnd>();
  const socket: ProducerSocket = {
    async send(more) {
      messages.push(...more);
    },
    closed: closed.promise,
    end: () => closed.resolve({ code: 1000, reason: 'ended' }),
    terminate: () => closed.resolve({ code: 1006, reason: '' }),
  };
  const upload = createAlisUpload(
    {
      clock,
      recorder: { kind: 'alis', url: 'https://casts.example' },
      offlineMs: 60_000,
      limits,
      connect: () => Promise.reject(new Error('nobody asked for another connection')),
    },
    { socket, size: { cols: 80, rows: 24 }, url: undefined },
  );
  return {
    clock,
    upload,
    messages,
    bytes: () => messages.reduce((sum, { length }) => sum + length, 0),
    print: (time: number, text: string) =>
      upload.write(Buffer.from(`[${time},"o",${JSON.stringify(text)}]\n`)),
    async play(): Promise<PlayerMessage[]> {
      const handle = await createPlayerAlisHandler();
      return messages.map(handle).slice(1);
    },
  };
}

function outputOf(messages: readonly PlayerMessage[]): string[] {
  return messages.flatMap((message) =>
    Array.isArray(message) && message[1] === 'o' ? [message[2] as string] : [],
  );
}

const HEADER = Buffer.from('{"version":2,"width":80,"height":24}\n');
const LINES = Array.from({ length: 200 }, (_, index) => `\u001b[3${index % 8}mline ${index}\u001b[0m\r\n`);

test('a flood that the server would close the stream for is shown as the screen that it leaves', async () => {
  const { clock, upload, print, play, bytes } = start({ burstBytes: 1_000, bytesPerSecond: 10_000 });
  await upload.write(HEADER);
  for (const [index, line] of LINES.entries()) await print(index / 1_000, line);
  expect(bytes()).toBeLessThan(1_500);
  await clock.advance(1_000);
  await until(async () => outputOf(await play()).some((text) => text.startsWith('\u0018\u001bc')));
  expect(await drawScreen(outputOf(await play()))).toEqual(await drawScreen(LINES));
  await print(5, 'and on it goes');
  await upload.write(Buffer.from('[6,"x","0"]\n'));
  await upload.finish();
  const played = await play();
  expect(await drawScreen(outputOf(played))).toEqual(await drawScreen([...LINES, 'and on it goes']));
  expect(played.at(-2)).toEqual([5_000, 'o', 'and on it goes']);
  expect(played.at(-1)).toEqual([6_000, 'x', { status: 0 }]);
});

test('a flood goes on within what the server takes', async () => {
  const { clock, upload, print, bytes } = start({ burstBytes: 20_000, bytesPerSecond: 10_000 });
  await upload.write(HEADER);
  for (let second = 0; second < 10; second += 1) {
    for (const line of LINES) await print(second, line);
    await clock.advance(1_000);
  }
  // Types, numbers and lengths come on top: 12 bytes a message at the most.
  expect(bytes()).toBeLessThan(20_000 + 10 * 10_000 + 12_000);
  upload.cancel();
});

test('what was left out is there at the end, before the exit code', async () => {
  const { upload, print, play } = start({ burstBytes: 500, bytesPerSecond: 0 });
  await upload.write(HEADER);
  for (const [index, line] of LINES.entries()) await print(index / 1_000, line);
  await upload.write(Buffer.from('[6,"x","7"]\n'));
  await upload.finish();
  const played = await play();
  expect(await drawScreen(outputOf(played))).toEqual(await drawScreen(LINES));
  expect(played.at(-1)).toEqual([6_000, 'x', { status: 7 }]);
});

test('one that ends without an exit code has it too', async () => {
  const { upload, print, play } = start({ burstBytes: 500, bytesPerSecond: 0 });
  await upload.write(HEADER);
  for (const line of LINES) await print(1, line);
  await upload.finish();
  expect(await drawScreen(outputOf(await play()))).toEqual(await drawScreen(LINES));
});

test('a flood leaves three quarters of the thread to the sessions', async () => {
  let nowMicros = 0;
  let restedMs = 0;
  const { upload } = start(
    { burstBytes: 1_000_000, bytesPerSecond: 0 },
    {
      ...createManualClock(),
      // Each time that it is looked at, ten milliseconds have passed: a write takes ten at least.
      nowMicros() {
        nowMicros += 10_000;
        return nowMicros;
      },
      async sleep(ms) {
        restedMs += ms;
      },
    },
  );
  await upload.write(HEADER);
  for (const line of LINES) await upload.write(Buffer.from(`[1,"o",${JSON.stringify(line)}]\n`));
  expect(restedMs).toBeGreaterThanOrEqual(LINES.length * 3 * 10);
  upload.cancel();
});

/** A connection that is lost when it is told that the stream has ended. */
function createForgetful(): ProducerSocket {
  const closed = Promise.withResolvers<SocketEnd>();
  const lose = (): void => closed.resolve({ code: 1006, reason: '' });
  return { closed: closed.promise, send: async () => {}, end: lose, terminate: lose };
}

test('an end that nobody confirms is told again on the next connection, and given up on the third', async () => {
  let connections = 1;
  const upload = createAlisUpload(
    {
      clock: { ...createManualClock(), sleep: async () => {} },
      recorder: { kind: 'alis', url: 'https://casts.example' },
      offlineMs: 60_000,
      async connect() {
        connections += 1;
        return createForgetful();
      },
    },
    { socket: createForgetful(), size: { cols: 80, rows: 24 }, url: undefined },
  );
  await upload.write(HEADER);
  await expect(upload.finish()).rejects.toMatchObject({
    code: 'recorder-lost',
    message: expect.stringContaining('did not confirm the end of the stream (1006)'),
  });
  expect(connections).toBe(3);
});

test('delays grow from half a second to ten, and are anything below that', () => {
  expect([0, 1, 4, 5, 40].map((attempt) => reconnectDelayMs(attempt, 1))).toEqual([
    500, 1_000, 8_000, 10_000, 10_000,
  ]);
  expect(reconnectDelayMs(3, 0)).toBe(0);
});
