// covers: main/replay/glimpse.ts
// covers: main/replay/replay-timeline.ts
// covers: main/replay/cache-files.ts
// covers: main/replay/replay-cache.ts
// covers: main/replay/kept-surveys.ts
// covers: main/bridge/replay.ts
import { appendFile, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createLifetime, type Lifetime } from '../../../main/base/lifetime.ts';
import { playRecording } from '../../../main/bridge/replay.ts';
import { formatEvent, formatHeader } from '../../../main/recording/cast/cast.ts';
import { createReplayCache } from '../../../main/replay/replay-cache.ts';
import type { ReplayTimeline } from '../../../main/replay/replay-timeline.ts';
import { openReplays, type Replays } from '../../../main/replay/replays.ts';
import { createThumbnailCache } from '../../../main/replay/thumbnail-cache.ts';
import type { ByteStream } from '../../../preload/byte-stream.ts';
import { createRecordDecoder, type TerminalRecord } from '../../../preload/terminal-records.ts';
import { WEB_SHELL } from '../../fakes/cast-folder.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { until } from '../../fakes/until.ts';

const LINE = `${'0123456789'.repeat(9)}\r\n`;
const SIZE = { cols: 100, rows: 30 };

let stage: TestCore;
let replays: Replays;
let folder: string;
let cacheFolder: string;

beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-replays-'));
  stage = await startTestCore({ KUBEREEL_HOME: home });
  await open();
  onTestFinished(() => rm(home, { recursive: true, force: true }));
});
afterEach(() => stage.end());

/** What the next steps look at: the core may be another by now. */
async function open(): Promise<void> {
  replays = await stage.core.replays();
  folder = stage.core.paths.recordings;
  cacheFolder = join(stage.core.paths.cache, 'replay');
}

/** A cast of so many MiB of lines, one event each tenth of a second, that end with their number. */
function castOf(mebibytes: number): string {
  const lines = [formatHeader({ size: SIZE })];
  const count = Math.ceil((mebibytes * 1024 * 1024) / (LINE.length * 20));
  for (let index = 0; index < count; index += 1) {
    const text = `${LINE.repeat(19)}line ${index}\r\n`;
    lines.push(formatEvent({ kind: 'output', timeMicros: index * 100_000, text }));
  }
  return lines.join('');
}

async function place(id: string, text: string): Promise<void> {
  await writeFile(join(folder, `${id}.cast`), text);
}

async function surveyed(id: string, of: Replays = replays): Promise<ReplayTimeline> {
  const complete = Promise.withResolvers<ReplayTimeline>();
  const hear = (timeline: ReplayTimeline): void => {
    if (timeline.recordingId === id && timeline.isComplete) complete.resolve(timeline);
  };
  // It may be complete before whoever asked for it goes on.
  const unlisten = of.onTimeline(hear);
  hear(await of.timeline(id));
  return complete.promise.finally(unlisten);
}

interface Played {
  readonly records: TerminalRecord[];
  readonly done: Promise<void>;
  stop(): void;
}

async function play(
  id: string,
  params: { readonly fromMicros?: number; readonly follows?: boolean } = {},
  of: Replays = replays,
): Promise<Played> {
  const decoder = createRecordDecoder();
  const records: TerminalRecord[] = [];
  const controller = new AbortController();
  const stream: ByteStream = {
    input: (async function* () {})(),
    async write(bytes) {
      records.push(...decoder.push(bytes.slice()));
    },
    end() {},
    closed: new Promise(() => {}),
  };
  const needs = { library: await stage.core.library(), replays: of };
  const done = playRecording(needs, { recordingId: id, ...params }, stream, { signal: controller.signal });
  return { records, done, stop: () => controller.abort() };
}

/** However fast the survey is: it comes when all of the glimpse has been sent. */
function glimpsedFirst(): Replays {
  const glimpsed = Promise.withResolvers<void>();
  return {
    ...replays,
    async *glimpse(...asked) {
      yield* replays.glimpse(...asked);
      glimpsed.resolve();
    },
    async start(...asked) {
      await glimpsed.promise;
      return replays.start(...asked);
    },
  };
}

function ofVersion(version: number, file: Buffer): Buffer {
  return Buffer.from(file.toString('latin1').replace(/"version":\d+/, `"version":${version}`), 'latin1');
}

function textOf(records: readonly TerminalRecord[]): string {
  return records
    .map((record) => (record.kind === 'output' ? new TextDecoder().decode(record.bytes) : ''))
    .join('');
}

describe('a replay', () => {
  test('begins at the last keyframe before the moment that is asked for', async () => {
    await place('big', castOf(3));
    const { keyframesMicros, lastMicros } = await surveyed('big');
    expect(keyframesMicros.length).toBeGreaterThanOrEqual(3);
    const wanted = Math.round(lastMicros * 0.8);
    const { records, done } = await play('big', { fromMicros: wanted });
    await done;
    const begun = keyframesMicros.findLast((micros) => micros <= wanted);
    expect(records[0]).toEqual({ kind: 'resize', timeMicros: begun, size: SIZE });
    expect(records[1]).toMatchObject({ kind: 'output', timeMicros: begun });
    // The screen of the keyframe itself, and then event after event.
    expect(textOf(records.slice(1, 2))).toContain(`line ${(begun ?? 0) / 100_000}\r\n`);
    expect(textOf(records.slice(2, 3))).toContain(`line ${(begun ?? 0) / 100_000 + 1}\r\n`);
    expect(records.at(-1)?.timeMicros).toBe(lastMicros);
  });

  test('begins near the end of a long recording although nothing of it was known', async () => {
    await place('long', castOf(6));
    const wanted = 250e6;
    const start = await replays.start('long', wanted, { signal: new AbortController().signal });
    expect(start?.timeMicros).toBeGreaterThan(wanted * 0.9);
    expect(await replays.start('long', 1)).toBeUndefined();
  });

  test('shows a glimpse of a moment that a survey has to come by first, then all of it', async () => {
    await place('long', castOf(6));
    const wanted = 250e6;
    const { records, done } = await play('long', { fromMicros: wanted }, glimpsedFirst());
    await done;
    const end = records.findIndex(({ kind }) => kind === 'glimpse');
    const glimpse = records.slice(0, end);
    expect(glimpse.length).toBeGreaterThan(20);
    expect(glimpse.every(({ timeMicros }) => timeMicros <= wanted)).toBe(true);
    expect(textOf(glimpse.slice(-1))).toContain('line 2500\r\n');
    const [first, second] = records.slice(end + 1);
    expect(first).toMatchObject({ kind: 'resize', size: SIZE });
    expect(second?.timeMicros).toBeGreaterThan(wanted * 0.9);
    // Known by now: nothing has to be waited for.
    const again = await play('long', { fromMicros: wanted });
    await again.done;
    expect(again.records.some(({ kind }) => kind === 'glimpse')).toBe(false);
  });

  test('begins at the start where no keyframe is known', async () => {
    await place('small', castOf(0.1));
    await surveyed('small');
    const { records, done } = await play('small', { fromMicros: 5e6 });
    await done;
    expect(records[0]).toEqual({ kind: 'resize', timeMicros: 0, size: SIZE });
    expect(textOf(records)).toContain('line 0\r\n');
  });

  test('of a live recording goes on with what is written, until it ends', async () => {
    const core = stage.core;
    const details = { context: 'kind', namespace: 'shop', pod: 'web', container: 'app', command: ['sh'] };
    const writer = await core.newCastWriter(details, SIZE);
    await writer.output(Buffer.from('one\r\n'), core.clock.nowMicros());
    await writer.sync();
    const { records, done } = await play(writer.recordingId, { follows: true });
    await until(() => records.some(({ kind }) => kind === 'caught-up'));
    await writer.output(Buffer.from('two\r\n'), core.clock.nowMicros());
    await writer.sync();
    await until(() => textOf(records).includes('two'));
    await writer.close({ kind: 'exited', exitCode: 3 }, core.clock.nowMicros());
    await done;
    expect(textOf(records)).toBe('one\r\ntwo\r\n');
    expect(records.at(-1)).toMatchObject({ kind: 'exit', exitCode: 3 });
  });

  test.each([false, true])(
    'of a command without a terminal begins each line at the left, encrypted: %s',
    async (isEncrypted) => {
      const { core } = stage;
      const options = isEncrypted ? { encryptTo: [(await core.decryptionKeys.create()).recipient] } : {};
      const details = { ...WEB_SHELL.details, hasTty: false };
      const writer = await core.newCastWriter(details, SIZE, options);
      for (let index = 0; index < 40; index += 1) {
        const text = `${LINE.repeat(400)}line ${index}\r\n`.replaceAll('\r\n', '\n');
        await writer.output(Buffer.from(text), core.clock.nowMicros());
      }
      await writer.close({ kind: 'closed' }, core.clock.nowMicros());
      const { keyframesMicros, lastMicros } = await surveyed(writer.recordingId);
      expect(keyframesMicros.length).toBeGreaterThanOrEqual(1);
      const { records, done } = await play(writer.recordingId, { fromMicros: lastMicros });
      await done;
      const text = textOf(records);
      expect(text).toContain('line 39\r\n');
      // Neither a line feed alone nor, in the keyframe, a row that begins further on.
      expect(text).not.toMatch(/[^\r]\n|\[\d+C/);
    },
  );

  test('that is followed ends with its page', async () => {
    const core = stage.core;
    const details = { context: 'kind', namespace: 'shop', pod: 'web', container: 'app', command: ['sh'] };
    const writer = await core.newCastWriter(details, SIZE);
    const { records, done, stop } = await play(writer.recordingId, { follows: true });
    await until(() => records.some(({ kind }) => kind === 'caught-up'));
    stop();
    await expect(done).rejects.toThrow();
    await writer.close({ kind: 'closed' }, core.clock.nowMicros());
  });
});

describe('keyframes', () => {
  async function stored(id: string): Promise<Buffer> {
    await until(async () => (await readdir(cacheFolder).catch((): string[] => [])).includes(`${id}.replay`));
    return readFile(join(cacheFolder, `${id}.replay`));
  }

  async function restart(): Promise<void> {
    const { home } = stage.core.paths;
    await stage.end();
    stage = await startTestCore({ KUBEREEL_HOME: home });
    await open();
  }

  /** As the core has them, in a life of their own. */
  async function openOwn(): Promise<{ readonly replays: Replays; readonly life: Lifetime }> {
    const { core } = stage;
    const life = createLifetime('replays');
    const kept = { log: core.log, folder: cacheFolder };
    const own = openReplays(
      {
        log: core.log,
        library: await core.library(),
        cache: createReplayCache(kept),
        thumbnailCache: createThumbnailCache(kept),
        laterMarks: async () => ({ kind: 'none' }),
        preparedFromBytes: 1024 * 1024,
      },
      life,
    );
    return { replays: own, life };
  }

  test('are there again after a new start, without another reading', async () => {
    await place('big', castOf(2));
    const before = await surveyed('big');
    await stored('big');
    await restart();
    const first = await replays.timeline('big');
    expect(first.keyframesMicros).toEqual(before.keyframesMicros);
    expect(await surveyed('big')).toEqual(before);
  });

  test('come back where the cache was deleted, was damaged, or is of another cast', async () => {
    await place('big', castOf(1.2));
    const first = await openOwn();
    const before = await surveyed('big', first.replays);
    await first.life.end();
    const whole = await stored('big');
    for (const spoil of [
      () => rm(cacheFolder, { recursive: true }),
      () => writeFile(join(cacheFolder, 'big.replay'), whole.subarray(0, whole.length - 9)),
      () => writeFile(join(cacheFolder, 'big.replay'), 'what is this'),
      () => writeFile(join(cacheFolder, 'big.replay'), ofVersion(1, whole)),
      () => utimes(join(folder, 'big.cast'), 1, 1),
    ]) {
      await spoil();
      const { replays: next, life } = await openOwn();
      expect((await next.timeline('big')).keyframesMicros).toEqual([]);
      expect(await surveyed('big', next)).toEqual(before);
      await life.end();
    }
  });

  test('that cannot be unpacked are made anew, and the replay begins at the start', async () => {
    await place('big', castOf(1.2));
    const first = await openOwn();
    await surveyed('big', first.replays);
    await first.life.end();
    const file = await stored('big');
    const states = file.indexOf(0x0a) + 1;
    await writeFile(join(cacheFolder, 'big.replay'), file.fill(0, states));
    const { replays: next, life } = await openOwn();
    expect((await next.timeline('big')).keyframesMicros).not.toEqual([]);
    expect(await next.start('big', 1e9)).toBeUndefined();
    await surveyed('big', next);
    expect(await next.start('big', 1e9)).toBeDefined();
    await life.end();
  });

  test('go on where the recording has grown, and leave with it', async () => {
    const text = castOf(2);
    await place('big', text);
    const before = await surveyed('big');
    await stored('big');
    await appendFile(
      join(folder, 'big.cast'),
      formatEvent({ kind: 'output', timeMicros: 1e9, text: 'more' }),
    );
    const library = await stage.core.library();
    await library.refresh('big');
    const after = await until(async () => {
      const now = await replays.timeline('big');
      return now.isComplete && now.lastMicros === 1e9 ? now : undefined;
    });
    expect(after.keyframesMicros.slice(0, before.keyframesMicros.length)).toEqual(before.keyframesMicros);
    await stored('big');
    await library.remove('big');
    await until(async () => !(await readdir(cacheFolder)).includes('big.replay'));
  });

  test('of a long recording are there before anybody has opened it', async () => {
    await place('big', castOf(2));
    const { replays: prepared, life } = await openOwn();
    const told: ReplayTimeline[] = [];
    prepared.onTimeline((timeline) => told.push(timeline));
    await prepared.prepare();
    await stored('big');
    await life.end();
    expect(told).toEqual([]);
    const { keyframesMicros } = await replays.timeline('big');
    expect(keyframesMicros.length).toBeGreaterThanOrEqual(3);
  });

  test('of an encrypted recording are kept in memory alone', async () => {
    const { core } = stage;
    const { recipient } = await core.decryptionKeys.create();
    const details = { context: 'kind', namespace: 'shop', pod: 'web', container: 'app', command: ['sh'] };
    const writer = await core.newCastWriter(details, SIZE, { encryptTo: [recipient] });
    for (let index = 0; index < 40; index += 1) {
      await writer.output(Buffer.from(`secret-${index} ${LINE.repeat(400)}`), core.clock.nowMicros());
    }
    await writer.close({ kind: 'closed' }, core.clock.nowMicros());
    const { keyframesMicros, lastMicros } = await surveyed(writer.recordingId);
    expect(keyframesMicros.length).toBeGreaterThanOrEqual(1);
    expect((await replays.start(writer.recordingId, lastMicros))?.state).toContain('0123456789');
    // What is to be stored is stored before the core has ended.
    await stage.end();
    expect(await readdir(cacheFolder).catch(() => [])).toEqual([]);
  });
});
