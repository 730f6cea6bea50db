import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../../main/base/errors.ts';
import { parseEvent } from '../../../../main/recording/cast/cast.ts';
import type { CastLine } from '../../../../main/recording/cast/cast-encoder.ts';
import { createLineQueue, type LineQueue } from '../../../../main/recording/writing/line-queue.ts';
import { createManualClock, type ManualClock } from '../../../fakes/manual-clock.ts';
import { eventually } from '../../../fakes/until.ts';

/** A file that takes what it is told to. */
interface Target {
  readonly queue: LineQueue;
  readonly clock: ManualClock;
  readonly events: () => ReturnType<typeof parseEvent>[];
  /** While set, output is not to be taken. */
  refusal: AppError | undefined;
  /** Bytes that are taken before it refuses. */
  room: number;
}

function open(): Target {
  const clock = createManualClock();
  const taken: string[] = [];
  let length = 0;
  const target: Target = {
    refusal: undefined,
    room: Number.POSITIVE_INFINITY,
    clock,
    events: () => taken.map(parseEvent),
    queue: createLineQueue(
      {
        clock,
        async append(bytes) {
          // A turn of the event loop, as a real disk takes.
          await new Promise((resolve) => setImmediate(resolve));
          for (const line of bytes.toString().split(/(?<=\n)/)) {
            if (line.length > target.room) throw new Error('full');
            target.room -= line.length;
            length += line.length;
            taken.push(line);
          }
        },
        length: () => length,
        toTrouble: () => new AppError('disk-full', 'the disk is full'),
        refusal: () => target.refusal,
      },
      { signal: new AbortController().signal },
    ),
  };
  return target;
}

function outputLine(timeMicros: number, bytes: number): CastLine {
  return {
    text: `[${(timeMicros / 1e6).toFixed(6)},"o","${'x'.repeat(bytes)}"]\n`,
    timeMicros,
    outputBytes: bytes,
  };
}

test('every byte is in the file or counted in a marker at its place, whatever the disk does', async () => {
  const KIB = 1024;
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), kibibytes: fc.integer({ min: 1, max: 3_000 }) }),
    fc.record({ kind: fc.constant('room' as const), kibibytes: fc.integer({ min: 0, max: 5_000 }) }),
    fc.constant({ kind: 'retry' as const }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const target = open();
      let pushed = 0;
      for (const [index, one] of steps.entries()) {
        if (one.kind === 'retry') await target.clock.advance(1_000);
        else if (one.kind === 'room') target.room = one.kibibytes * KIB;
        else {
          target.queue.push([outputLine(index, one.kibibytes * KIB)]);
          pushed += one.kibibytes * KIB;
        }
        expect(target.queue.queuedBytes).toBeLessThan(12 * 1024 * KIB);
      }
      target.room = Number.POSITIVE_INFINITY;
      await target.queue.settle();
      let seen = 0;
      let lastMicros = 0;
      for (const event of target.events()) {
        expect(event.timeMicros).toBeGreaterThanOrEqual(lastMicros);
        lastMicros = event.timeMicros;
        if (event.kind === 'output') seen += event.text.length;
        if (event.kind === 'marker') seen += Number.parseInt(event.label, 10);
      }
      expect(seen).toBe(pushed);
      expect(target.queue.trouble).toBeUndefined();
    }),
    { numRuns: 30 },
  );
});

test('a disk that refuses is tried once a second, not with every line', async () => {
  const target = open();
  target.room = 0;
  let troubles = 0;
  target.queue.onTroubleChanged(() => {
    troubles += 1;
  });
  target.queue.push([outputLine(0, 10)]);
  await eventually(() => expect(target.queue.trouble?.code).toBe('disk-full'));
  for (let count = 1; count < 100; count += 1) target.queue.push([outputLine(count, 10)]);
  expect(target.clock.sleepers).toBe(1);
  target.room = 10_000;
  await target.clock.advance(999);
  expect(target.events()).toEqual([]);
  await target.clock.advance(1);
  await eventually(() => expect(target.queue.queuedBytes).toBe(0));
  expect(target.events()).toHaveLength(100);
  expect(troubles).toBe(2);
});

test('giving up keeps resizes and the end, and marks the output between them', async () => {
  const target = open();
  target.room = 0;
  const resize: CastLine = { text: '[1.000000,"r","90x30"]\n', timeMicros: 1e6, outputBytes: 0 };
  target.queue.push([outputLine(0, 10), outputLine(1, 20), resize, outputLine(2e6, 5)]);
  await expect(target.queue.settle()).rejects.toMatchObject({ code: 'disk-full' });
  target.queue.giveUp();
  target.room = 1_000;
  await target.queue.settle();
  expect(target.events()).toEqual([
    { kind: 'marker', timeMicros: 0, label: '30 bytes of output are not on record: the disk is full' },
    { kind: 'resize', timeMicros: 1e6, size: { cols: 90, rows: 30 } },
    { kind: 'marker', timeMicros: 2e6, label: '5 bytes of output are not on record: the disk is full' },
  ]);
  expect(target.queue.lostBytes).toBe(35);
});

test('at a limit the record says where it stops, and where it goes on how much is missing', async () => {
  const target = open();
  const troubles: (string | undefined)[] = [];
  target.queue.onTroubleChanged((trouble) => troubles.push(trouble?.code));
  target.queue.push([outputLine(0, 10)]);
  target.refusal = new AppError('recording-limit', 'the limit is reached');
  const resize: CastLine = { text: '[0.000003,"r","90x30"]\n', timeMicros: 3, outputBytes: 0 };
  target.queue.push([outputLine(1, 20), outputLine(2, 30)]);
  await target.queue.settle();
  expect(target.events().at(-1)).toMatchObject({
    kind: 'marker',
    label: 'not recorded from here on: the limit is reached',
  });
  expect(target.queue.trouble?.code).toBe('recording-limit');
  target.refusal = undefined;
  target.queue.push([resize, outputLine(4, 5)]);
  await target.queue.settle();
  expect(target.events().map(({ kind }) => kind)).toEqual(['output', 'marker', 'marker', 'resize', 'output']);
  expect(target.events()[2]).toMatchObject({
    label: expect.stringMatching(/^50 bytes .* the limit is reached$/),
  });
  expect(troubles).toEqual(['recording-limit', undefined]);
});

test('what ends at a limit ends with how much is missing', async () => {
  const target = open();
  target.refusal = new AppError('recording-limit', 'the limit is reached');
  target.queue.push([outputLine(0, 10)]);
  target.queue.end();
  await target.queue.settle();
  expect(target.events().map((event) => (event.kind === 'marker' ? event.label : ''))).toEqual([
    'not recorded from here on: the limit is reached',
    '10 bytes of output are not on record: the limit is reached',
  ]);
});
