import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { AppError } from '../../main/base/errors.ts';
import { openRecorder } from '../../main/compose-recorder.ts';
import type { PolicyAnswer, RecorderAddress } from '../../main/policy/policy.ts';
import type { SessionSnapshot } from '../../main/session/session-state.ts';
import { createTsrecorderClient } from '../../main/upload/tsrecorder/tsrecorder.ts';
import { makeCastFolder, readEvents, readSidecar } from '../fakes/cast-folder.ts';
import { type DeliveredSession, openDeliveredSession } from '../fakes/delivered-session.ts';
import { makeKeyring } from '../fakes/encryption.ts';
import {
  type ForeignBehaviour,
  type ForeignRecorder,
  startForeignRecorder,
} from '../fakes/foreign-recorder.ts';
import { createManualClock, type ManualClock } from '../fakes/manual-clock.ts';
import { createRecorderNeeds } from '../fakes/recorder-client.ts';
import { until } from '../fakes/until.ts';
import { addressOf, makeUploadPlace, openUploads, type TestUploadsWish } from '../fakes/uploads.ts';

/** Shells under a policy with recorders, from their opening to the last byte at the recorder. */

const LOAD = fileURLToPath(new URL('../fakes/delivery-load.ts', import.meta.url));
/** Less than the quietest recorder may take between two frames, and many of the foreign one's. */
const STEP_MS = 5_000;
const GRACE_SECONDS = 1;

interface StageWish extends TestUploadsWish {
  /** It never answers; what does may take its time on a machine that does other things as well. */
  readonly silent?: ForeignRecorder;
}

async function openStage({ silent, ...wish }: StageWish = {}) {
  const place = await makeUploadPlace();
  /** For recorders and sessions time passes as a test turns it: none is lost, and none ended, because we were slow. */
  const time = createManualClock();
  const clientFor = (recorder: RecorderAddress) =>
    recorder.url === silent?.address
      ? createTsrecorderClient(createRecorderNeeds({ probeMs: 300 }), recorder)
      : createTsrecorderClient({ ...createRecorderNeeds(), clock: time }, recorder);
  const uploads = await openUploads(place, { clientFor, endedMs: 20_000, ...wish });
  let isWorking = false;

  /** Whatever is owed, as a user has it tried again until it has arrived. */
  async function deliver(recordingId: string): Promise<void> {
    if (!isWorking) void uploads.queue.work();
    isWorking = true;
    await until(async () => {
      if (uploads.store.isDelivered(recordingId)) return true;
      await uploads.desk.retry();
      return uploads.store.isDelivered(recordingId);
    });
  }
  return {
    ...uploads,
    deliver,
    time,
    open: (said: Partial<PolicyAnswer>, encryptTo: readonly string[] = []) =>
      openDeliveredSession(
        { folder: place.recordings, uploader: uploads.uploader, encryptTo, sessionClock: time },
        said,
      ),
  };
}

function addressesOf(...recorders: readonly ForeignRecorder[]): Pick<PolicyAnswer, 'recorders'> {
  return { recorders: recorders.map((recorder) => addressOf(recorder)) };
}

type Delivery = NonNullable<(SessionSnapshot['recording'] & { kind: 'recording' })['delivery']>;

function deliveryOf({ session }: DeliveredSession): Delivery | undefined {
  const { recording } = session.snapshot();
  return 'delivery' in recording ? recording.delivery : undefined;
}

async function goLive({ session, shell }: DeliveredSession, text = 'before'): Promise<void> {
  shell.print(text);
  await until(() => session.snapshot().state.kind === 'live');
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

async function readText(path: string): Promise<string> {
  const events = await readEvents(path);
  return events.flatMap((event) => (event.kind === 'output' ? event.text : [])).join('');
}

async function readMarkers(path: string): Promise<string[]> {
  const events = await readEvents(path);
  return events.flatMap((event) => (event.kind === 'marker' ? event.label : []));
}

interface Fault {
  readonly name: string;
  /** What the user is told of it. */
  readonly words: RegExp;
  /** It is known by its silence, which takes time. */
  readonly isSilence?: boolean;
  begin(recorder: ForeignRecorder): Promise<unknown>;
  mend(recorder: ForeignRecorder): Promise<unknown>;
}

function behave(changes: Partial<ForeignBehaviour>): Fault['begin'] {
  return async ({ behaviour }) => void Object.assign(behaviour, changes);
}

const FAULTS: readonly Fault[] = [
  {
    name: 'killed',
    // What the kernel tells first is not ours to say.
    words: /cut the connection|ended its answer/,
    begin: (recorder) => recorder.kill(),
    mend: (recorder) => recorder.restart(),
  },
  {
    name: 'stalled',
    words: /sent no acknowledgement for 30 s/,
    isSilence: true,
    begin: behave({ stallsAfterBytes: 1 }),
    mend: behave({ stallsAfterBytes: undefined }),
  },
  {
    name: 'lying',
    words: /acknowledged \d+ bytes of \d+ that were sent/,
    begin: behave({ acks: 'ahead' }),
    mend: behave({ acks: 'true' }),
  },
  {
    name: 'full',
    words: /disk full/,
    begin: behave({ fullAfterBytes: 1 }),
    mend: behave({ fullAfterBytes: undefined }),
  },
  {
    name: 'done early, with status 200',
    words: /ended its answer before the recording had ended/,
    begin: behave({ endsAfterBytes: 1 }),
    mend: behave({ endsAfterBytes: undefined }),
  },
];

function untilOwed(opened: DeliveredSession, { isSilence }: Fault, time: ManualClock): Promise<unknown> {
  return until(async () => {
    if (deliveryOf(opened)?.kind === 'owed') return true;
    if (isSilence) await time.advance(STEP_MS);
    return false;
  });
}

for (const fault of FAULTS) {
  test(`midway open, a recorder that is ${fault.name}: the shell goes on, the user is told, nothing is lost`, async () => {
    const recorder = await startForeignRecorder();
    const { open, deliver, time } = await openStage();
    const opened = open(addressesOf(recorder));
    const { session, shell } = opened;
    await goLive(opened);
    expect(deliveryOf(opened)).toMatchObject({ kind: 'live', recorder: addressOf(recorder) });
    await until(() => recorder.deliveries[0]?.bytes.includes('before'));
    await fault.begin(recorder);
    shell.print(' during');
    await untilOwed(opened, fault, time);
    shell.print(' after');
    shell.end({ kind: 'exited', exitCode: 0 });
    await session.ended;
    expect(session.snapshot().state).toMatchObject({ end: { kind: 'exited', exitCode: 0 } });
    await session.delivered();
    await fault.mend(recorder);
    await deliver(opened.recordingId);
    const whole = recorder.deliveries.at(-1);
    expect([whole?.sha256, whole?.headers['kubereel-delivery'], whole?.problems]).toEqual([
      await sha256(opened.path),
      'again',
      [],
    ]);
    expect(await readText(opened.path)).toBe('before during after');
    const [marker = ''] = await readMarkers(opened.path);
    expect(marker).toMatch(/^not on record at a recorder from here: the recorder at /);
    expect(marker).toMatch(fault.words);
  });

  test(`midway closed, a recorder that is ${fault.name}: the shell ends for it, and nothing is lost`, async () => {
    const recorder = await startForeignRecorder();
    const { open, deliver, time } = await openStage();
    const opened = open({ ...addressesOf(recorder), midway: 'closed', graceSeconds: GRACE_SECONDS });
    const { session, shell } = opened;
    await goLive(opened);
    await until(() => recorder.deliveries[0]?.bytes.includes('before'));
    await fault.begin(recorder);
    shell.print(' within');
    await untilOwed(opened, fault, time);
    expect(session.snapshot().state.kind).toBe('live');
    await until(async () => {
      await time.advance(GRACE_SECONDS * 1_000);
      return session.snapshot().state.kind === 'ended';
    });
    const reason = expect.stringMatching(
      new RegExp(`^the shell was ended, as it has to be on record at a recorder: .*(${fault.words.source})`),
    );
    expect(session.snapshot()).toMatchObject({
      state: { end: { kind: 'failed', error: { code: 'delivery-required', message: reason } } },
    });
    expect(shell.isClosed).toBe(true);
    await session.delivered();
    await fault.mend(recorder);
    await deliver(opened.recordingId);
    expect(recorder.deliveries.at(-1)?.sha256).toBe(await sha256(opened.path));
    expect(await readText(opened.path)).toBe('before within');
    expect(await readMarkers(opened.path)).toEqual([
      expect.stringContaining('; this session ends in 1 s'),
      reason,
    ]);
    expect(await readSidecar(opened.path)).toMatchObject({
      state: { end: { kind: 'failed', note: reason } },
    });
  });
}

test('v1-only recorder: it takes the shell live, and a status of 500 at the end leaves it owed', async () => {
  const recorder = await startForeignRecorder({ speaks: 'v1', finalStatus: 500 });
  const { open, deliver } = await openStage();
  const opened = open({ ...addressesOf(recorder), midway: 'closed' });
  await goLive(opened);
  // It tells no bytes.
  expect(deliveryOf(opened)).toEqual({ kind: 'live', recorder: addressOf(recorder) });
  opened.shell.end({ kind: 'exited', exitCode: 0 });
  await opened.session.ended;
  await opened.session.delivered();
  expect(deliveryOf(opened)).toMatchObject({ kind: 'owed' });
  // What ended before is not ended for it.
  expect(opened.session.snapshot().state).toMatchObject({ end: { kind: 'exited', exitCode: 0 } });
  recorder.behaviour.finalStatus = 200;
  await deliver(opened.recordingId);
  expect(recorder.deliveries.at(-1)?.sha256).toBe(await sha256(opened.path));
});

test('our own recorder: a shell behind closed doors is on its disk, byte for byte', async () => {
  const folder = await makeCastFolder();
  const running = await openRecorder({
    host: '127.0.0.1',
    port: 0,
    place: { kind: 'folder', folder, floorBytes: 0 },
  });
  try {
    const { open } = await openStage();
    const recorders = [{ kind: 'tsrecorder' as const, url: running.url }];
    const opened = open({ recorders, atStart: 'closed', midway: 'closed' });
    await goLive(opened);
    opened.shell.end({ kind: 'exited', exitCode: 0 });
    await opened.session.ended;
    await opened.session.delivered();
    expect(deliveryOf(opened)).toMatchObject({ kind: 'delivered', recorder: { url: running.url } });
    const names = await readdir(folder, { recursive: true });
    const kept = names.filter((name) => name.endsWith('.cast'));
    expect(kept).toHaveLength(1);
    expect(await sha256(join(folder, kept[0] ?? ''))).toBe(await sha256(opened.path));
  } finally {
    await running.life.end();
  }
});

test('restarted midway: nothing is asked of it while the shell lasts, and all of it arrives with the end', async () => {
  const recorder = await startForeignRecorder();
  const { open } = await openStage();
  const opened = open(addressesOf(recorder));
  await goLive(opened);
  await until(() => recorder.deliveries[0]?.bytes.includes('before'));
  await recorder.kill();
  await until(() => deliveryOf(opened)?.kind === 'owed');
  await recorder.restart();
  const asked = recorder.requests.length;
  opened.shell.print(' after');
  await until(async () => (await readFile(opened.path, 'utf8')).includes(' after'));
  expect(recorder.requests).toHaveLength(asked);
  opened.shell.end({ kind: 'exited', exitCode: 0 });
  await opened.session.ended;
  await opened.session.delivered();
  expect(deliveryOf(opened)).toMatchObject({ kind: 'delivered', recorder: addressOf(recorder) });
  expect(recorder.deliveries.map(({ state }) => state)).toEqual(['broken', 'whole']);
  expect(recorder.deliveries[1]?.sha256).toBe(await sha256(opened.path));
});

test('[black hole, refused, good] closed at the start: it opens, with the good one', async () => {
  const silent = await startForeignRecorder({ silentAt: 'connection' });
  const refusing = await startForeignRecorder({ refusal: { status: 403, body: 'not you' } });
  const good = await startForeignRecorder();
  const { open } = await openStage({ silent });
  const opened = open({ ...addressesOf(silent, refusing, good), atStart: 'closed', midway: 'closed' });
  await goLive(opened);
  opened.shell.end({ kind: 'exited', exitCode: 0 });
  await opened.session.ended;
  await opened.session.delivered();
  expect(deliveryOf(opened)).toMatchObject({ kind: 'delivered', recorder: addressOf(good) });
  expect(good.deliveries[0]?.sha256).toBe(await sha256(opened.path));
});

test('[black hole, refused] closed at the start: no shell is asked for, and each answer is a line, in order', async () => {
  const silent = await startForeignRecorder({ silentAt: 'connection' });
  const refusing = await startForeignRecorder({ refusal: { status: 403, body: 'not you' } });
  const { open, store } = await openStage({ silent });
  const opened = open({ ...addressesOf(silent, refusing), atStart: 'closed' });
  await opened.session.ended;
  const { state } = opened.session.snapshot();
  if (state.kind !== 'ended' || state.end.kind !== 'failed') throw new Error(state.kind);
  const [first, ...lines] = state.end.error.message.split('\n');
  expect(first).toBe('this shell has to be on record at a recorder, and none took it:');
  expect(lines).toEqual([
    expect.stringMatching(new RegExp(`^1\\. the recorder at ${silent.address} `)),
    expect.stringMatching(new RegExp(`^2\\. the recorder at ${refusing.address} .*not you`)),
  ]);
  expect([opened.opens, store.ids()]).toEqual([0, []]);
});

test('[refused] open at the start: it opens owed, and arrives whole when the recorder is there', async () => {
  const recorder = await startForeignRecorder();
  await recorder.kill();
  const { open, store, deliver } = await openStage();
  const opened = open(addressesOf(recorder));
  await goLive(opened);
  expect(deliveryOf(opened)).toMatchObject({
    kind: 'owed',
    attempts: [{ recorder: addressOf(recorder), error: expect.any(AppError) }],
  });
  expect(store.isOwed(opened.recordingId)).toBe(true);
  await recorder.restart();
  opened.shell.end({ kind: 'exited', exitCode: 0 });
  await opened.session.ended;
  await opened.session.delivered();
  await deliver(opened.recordingId);
  // Nothing of it was there before.
  const [only] = recorder.deliveries;
  expect([only?.headers['kubereel-delivery'], only?.sha256]).toEqual(['first', await sha256(opened.path)]);
});

test('recorder-needs-clear: an encrypted shell behind a closed door does not open, and nobody is asked', async () => {
  const recorder = await startForeignRecorder();
  const { open } = await openStage();
  const { recipient } = await makeKeyring();
  const closed = open({ ...addressesOf(recorder), midway: 'closed' }, [recipient]);
  await closed.session.ended;
  expect(closed.session.snapshot().state).toMatchObject({
    end: { error: { message: expect.stringContaining('takes no recording that is encrypted') } },
  });
  expect([closed.opens, recorder.requests]).toEqual([0, []]);
  const opened = open(addressesOf(recorder), [recipient]);
  await goLive(opened);
  expect(deliveryOf(opened)).toMatchObject({
    kind: 'owed',
    attempts: [{ error: { code: 'recorder-needs-clear' } }],
  });
  await opened.session.close();
  await opened.session.delivered();
});

test('slow recorder, 10 KB/s: 20 MB of output are shown, and hold less than 16 MB', async () => {
  const recorder = await startForeignRecorder({ bytesPerSecond: 10_000 });
  const { recordings, uploads } = await makeUploadPlace();
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    LOAD,
    recorder.address,
    recordings,
    uploads,
  ]);
  const { shownBytes, heldBytes } = JSON.parse(stdout) as { shownBytes: number; heldBytes: number };
  expect(shownBytes).toBeGreaterThanOrEqual(20_000_000);
  // Most of it was shown before it got anywhere.
  expect(recorder.deliveries[0]?.bytes.length).toBeLessThan(shownBytes / 4);
  expect(heldBytes).toBeLessThan(16_000_000);
}, 120_000);

test('slow recorder, 10 KB/s: the terminal does not wait for it, and all of it arrives later', async () => {
  const recorder = await startForeignRecorder({ bytesPerSecond: 10_000 });
  const { open, deliver } = await openStage({ endedMs: 1 });
  const opened = open(addressesOf(recorder));
  let shownBytes = 0;
  await goLive(opened, 'x');
  void opened.session.view(
    {
      async write(record) {
        if (record.kind === 'output') shownBytes += record.bytes.byteLength;
      },
      end: () => {},
    },
    { signal: new AbortController().signal },
  );
  await until(() => opened.session.snapshot().viewers === 1);
  const line = `${'0123456789abcdef'.repeat(512)}\r\n`;
  let printed = 1;
  while (printed < 4_000_000) {
    opened.shell.print(line);
    printed += line.length;
    if (opened.shell.isPaused) await until(() => !opened.shell.isPaused);
  }
  await until(() => shownBytes === printed);
  expect(recorder.deliveries[0]?.bytes.length).toBeLessThan(printed / 4);
  opened.shell.end({ kind: 'exited', exitCode: 0 });
  await opened.session.ended;
  await opened.session.delivered();
  recorder.behaviour.bytesPerSecond = undefined;
  await deliver(opened.recordingId);
  expect(recorder.deliveries.at(-1)?.sha256).toBe(await sha256(opened.path));
});
