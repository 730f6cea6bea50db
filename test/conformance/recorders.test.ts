import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../main/base/clock.ts';
import type { RecorderAddress } from '../../main/policy/policy.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import { createRecorderClient } from '../../main/upload/create-recorder-client.ts';
import { type FollowedFile, followFile } from '../../main/upload/follow-file.ts';
import type { RecorderUpload } from '../../main/upload/recorder/recorder-client.ts';
import type { RecorderNeeds } from '../../main/upload/recorder/recorder-dial.ts';
import { isPassing } from '../../main/upload/recorder/recorder-error.ts';
import { catWithAsciinema, hasAsciinema } from '../fakes/asciinema-cli.ts';
import { makeCastFolder } from '../fakes/cast-folder.ts';
import { type ForeignRecorder, startForeignRecorder } from '../fakes/foreign-recorder.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { createRecorderNeeds, FOR_RECORDERS, makeCast, SUBJECT } from '../fakes/recorder-client.ts';
import { until } from '../fakes/until.ts';

/** Recorders of tsrecorder's protocol, as their clients have to be (tailscale, sessionrecording). */
const { signal } = new AbortController();
const MIB = 1024 * 1024;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function open(
  recorder: Partial<RecorderAddress> & { readonly url: string },
  needs: RecorderNeeds = createRecorderNeeds(),
): Promise<RecorderUpload> {
  return createRecorderClient(needs, { kind: 'tsrecorder', ...recorder }).open(SUBJECT, { signal });
}

async function untilStopped(upload: RecorderUpload): Promise<unknown> {
  await until(() => upload.stopped.aborted);
  return upload.stopped.reason;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A cast that is written while it is delivered. */
async function startRecording() {
  const clock = createSystemClock();
  const writer = await createCastWriter({ clock, folder: await makeCastFolder() }, FOR_RECORDERS);
  let finalBytes: number | undefined;
  let followed: FollowedFile | undefined;
  let takenBytes = 0;
  return {
    path: writer.path,
    takenBytes: () => takenBytes,
    print: (text: string | Uint8Array) => writer.output(Buffer.from(text), clock.nowMicros()),
    async deliver(upload: RecorderUpload): Promise<void> {
      followed = followFile({ clock }, writer.path);
      if (finalBytes !== undefined) followed.end(finalBytes);
      for await (const bytes of followed.read({ signal: upload.stopped })) {
        takenBytes += bytes.length;
        await upload.write(bytes);
      }
    },
    async close(): Promise<number> {
      await writer.close({ kind: 'exited', exitCode: 0 }, clock.nowMicros());
      finalBytes = (await stat(writer.path)).size;
      followed?.end(finalBytes);
      return finalBytes;
    },
  };
}

test('v2: the received SHA-256 is the file’s, acks rise, and it is done when the last one is all that was sent', async () => {
  const recorder = await startForeignRecorder();
  const upload = await open(recorder);
  const recording = await startRecording();
  const delivering = recording.deliver(upload);
  await recording.print('first\r\n');
  await until(() => (upload.ackedBytes ?? 0) > 0);
  const before = upload.ackedBytes ?? 0;
  for (let count = 0; count < 200; count += 1) await recording.print(`${'.'.repeat(10_000)}\r\n`);
  await until(() => (upload.ackedBytes ?? 0) > before);
  const size = await recording.close();
  await delivering;
  expect(recorder.deliveries[0]?.state).toBe('open');
  expect(await upload.finish()).toMatchObject({ bytes: size });
  expect(upload.ackedBytes).toBe(size);
  const file = await readFile(recording.path);
  expect(recorder.deliveries).toMatchObject([
    { protocol: 'v2', state: 'whole', sha256: sha256(file), problems: [] },
  ]);
});

test.skipIf(!hasAsciinema)('v2, v1: what arrived is a recording to asciinema', async () => {
  for (const speaks of ['v2', 'v1'] as const) {
    const recorder = await startForeignRecorder({ speaks });
    const upload = await open(recorder);
    const recording = await startRecording();
    const delivering = recording.deliver(upload);
    await recording.print('hello from the pod\r\n');
    await recording.close();
    await delivering;
    await upload.finish();
    const path = join(await makeCastFolder(), 'arrived.cast');
    await writeFile(path, recorder.deliveries[0]?.bytes ?? '');
    expect(await catWithAsciinema(path)).toContain('hello from the pod');
  }
});

test('CastHeader: what reaches the recorder begins with the header of its protocol, env null and PascalCase', async () => {
  const recorder = await startForeignRecorder({ isStrict: true });
  const upload = await open(recorder);
  const recording = await startRecording();
  const delivering = recording.deliver(upload);
  await recording.close();
  await delivering;
  await upload.finish();
  const [first = ''] = recorder.deliveries[0]?.bytes.toString().split('\n') ?? [];
  expect(JSON.parse(first)).toMatchObject({
    env: null,
    srcNodeID: 'nXYZ',
    kubernetes: { PodName: 'web-0', Namespace: 'prod', Container: 'app', SessionType: 'exec' },
  });
});

test('{"error":"disk full"}: that text reaches the user, and writing stops', async () => {
  const recorder = await startForeignRecorder({ fullAfterBytes: 100_000 });
  const upload = await open(recorder);
  const writing = upload.write(makeCast(64 * MIB));
  await expect(writing).rejects.toMatchObject({
    code: 'recorder-failed',
    message: expect.stringContaining('takes the recording no further: disk full'),
  });
  expect(isPassing(upload.stopped.reason)).toBe(true);
  expect(recorder.deliveries[0]?.bytes).toHaveLength(100_000);
  await expect(upload.write(makeCast(0))).rejects.toBe(upload.stopped.reason);
});

test('acks stop: a failure 30 s after the last frame, and not after 29', async () => {
  const recorder = await startForeignRecorder();
  const clock = createManualClock();
  const upload = await open(recorder, { ...createRecorderNeeds(), clock });
  const cast = makeCast(0);
  await upload.write(cast);
  await until(() => upload.ackedBytes === cast.length);
  recorder.behaviour.acks = 'none';
  await untilHeard(recorder, upload);
  await clock.advance(29_000);
  expect(upload.stopped.aborted).toBe(false);
  await clock.advance(1_000);
  expect(await untilStopped(upload)).toMatchObject({
    code: 'recorder-lost',
    message: expect.stringContaining('sent no acknowledgement for 30 s'),
  });
});

test('v1 alone: it is fallen back to without a wait, the header is sent after 100, and 500 at the end is a failure', async () => {
  const recorder = await startForeignRecorder({ speaks: 'v1', finalStatus: 500 });
  // Nobody turns this clock: whatever waits for a limit hangs.
  const upload = await open(recorder, { ...createRecorderNeeds(), clock: createManualClock() });
  expect(recorder.requests.at(-1)).toBe('POST /record HTTP/1.1');
  // The foreign recorder refuses what has a body before its 100.
  expect(recorder.deliveries).toMatchObject([{ protocol: 'v1', state: 'open' }]);
  expect(recorder.deliveries[0]?.bytes).toHaveLength(0);
  await upload.write(makeCast(10_000));
  await expect(upload.finish()).rejects.toMatchObject({
    code: 'recorder-failed',
    message: expect.stringContaining('500: could not be stored'),
  });
});

test('v1: a final status before 100 is the next recorder’s turn, 200 as well', async () => {
  const recorder = await startForeignRecorder({ speaks: 'v1', refusal: { status: 200 } });
  await expect(open(recorder)).rejects.toMatchObject({
    code: 'recorder-unfit',
    message: expect.stringContaining('answered 200 before it had anything'),
  });
});

test.for(['v2', 'v1'] as const)(
  '%s: an answer that ends early with 200 is a failure, and no success',
  async (speaks) => {
    const recorder = await startForeignRecorder({ speaks, endsAfterBytes: 50_000 });
    const upload = await open(recorder);
    await expect(upload.write(makeCast(64 * MIB))).rejects.toMatchObject({ code: 'recorder-lost' });
    await expect(upload.finish()).rejects.toMatchObject({ code: 'recorder-lost' });
  },
);

test.for(['v2', 'v1'] as const)(
  '%s, slow, 10 KB/s for a flood: memory stays bounded, the file is whole, and all of it is delivered later',
  async (speaks) => {
    const recorder = await startForeignRecorder({ speaks, bytesPerSecond: 10_000 });
    const upload = await open(recorder);
    const recording = await startRecording();
    const delivering = recording.deliver(upload);
    delivering.catch(() => {});
    const chunk = Buffer.alloc(32 * 1024, 'all of it is on the disk before it goes anywhere\r\n');
    let mostBytes = 0;
    const before = measureMemory();
    for (let count = 0; count < FLOOD_BYTES / chunk.length; count += 1) {
      await recording.print(chunk);
      if (count % 256 === 0) mostBytes = Math.max(mostBytes, measureMemory() - before);
    }
    const size = await recording.close();
    expect(size).toBeGreaterThan(FLOOD_BYTES);
    expect(upload.stopped.aborted).toBe(false);
    const received = recorder.deliveries[0]?.bytes.length ?? 0;
    // The rest of what was taken from the file is with the kernel, and in one piece.
    expect(recording.takenBytes() - received).toBeLessThan(KERNEL_BYTES);
    // The writer keeps 8 MiB at the most.
    expect(mostBytes).toBeLessThan(24 * MIB);
    upload.cancel();
    await expect(delivering).rejects.toMatchObject({ code: 'cancelled' });

    recorder.behaviour.bytesPerSecond = undefined;
    const again = await open(recorder);
    await recording.deliver(again);
    expect(await again.finish()).toMatchObject({ bytes: size });
    expect(recorder.deliveries.at(-1)).toMatchObject({
      state: 'whole',
      sha256: sha256(await readFile(recording.path)),
    });
  },
);

const FLOOD_BYTES = 64 * MIB;
/** Kernels keep some megabytes for a connection, more or less by their settings, and never half a flood. */
const KERNEL_BYTES = FLOOD_BYTES / 2;

/** What JavaScript holds on to, in bytes: objects and buffers. */
function measureMemory(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Frames that were sent by now are read: what is written after them has arrived, and its turn of the loop is over. */
async function untilHeard(recorder: ForeignRecorder, upload: RecorderUpload): Promise<void> {
  const before = recorder.deliveries[0]?.bytes.length ?? 0;
  await upload.write(Buffer.from('\n'));
  await until(() => (recorder.deliveries[0]?.bytes.length ?? 0) > before);
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
