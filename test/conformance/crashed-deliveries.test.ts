import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { formatJob } from '../../main/upload/queue/upload-job.ts';
import { makeCastFolder } from '../fakes/cast-folder.ts';
import { startForeignRecorder } from '../fakes/foreign-recorder.ts';
import { startTestRecorder } from '../fakes/recorder.ts';
import { recordSession } from '../fakes/recordings.ts';
import { until } from '../fakes/until.ts';
import { addressOf, listFiles, makeJob, openUploads, type UploadPlace } from '../fakes/uploads.ts';

const PROCESS = fileURLToPath(new URL('../fakes/upload-process.ts', import.meta.url));
/** Of one recording: owing, connected, recorded, begun, three times written, closed, ended. */
const STEPS = 9;

/** Starts a program that records and delivers, and kills it as it has told its step of that number. */
async function runUntil(home: string, address: string, step: number): Promise<void> {
  const child = spawn(process.execPath, [PROCESS, home, address], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let told = 0;
  for await (const _line of createInterface({ input: child.stdout })) {
    if (told === step) child.kill('SIGKILL');
    told += 1;
  }
  const [, killedBy] = await exited;
  expect(killedBy).toBe('SIGKILL');
}

function placeOf(home: string): UploadPlace {
  return { recordings: join(home, 'recordings'), cache: join(home, 'cache'), uploads: join(home, 'uploads') };
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

test('killed at any step, a program loses nothing that is owed, and nothing is delivered twice without a word', async () => {
  const home = await makeCastFolder();
  const recorder = await startForeignRecorder({ isStrict: false });
  // Every other one of a second recording, after a first one was delivered.
  for (let step = 0; step < STEPS; step += 1) {
    await runUntil(home, recorder.address, step % 2 === 0 ? step : step + STEPS);
  }
  const place = placeOf(home);
  const { store, queue, library } = await openUploads(place);
  void queue.work();
  await until(() => store.ids().length === 0);
  const recordings = await library.list();
  expect(recordings.length).toBeGreaterThanOrEqual(STEPS);
  for (const { recordingId, path } of recordings) {
    expect(store.isDelivered(recordingId)).toBe(true);
    const deliveries = recorder.deliveries.filter(
      ({ headers }) => headers['kubereel-recording'] === recordingId,
    );
    const whole = deliveries.filter(({ state }) => state === 'whole');
    expect(whole.at(-1)?.sha256).toBe(await sha256(path));
    // Of those that brought anything only the first one may come without a word.
    const labels = deliveries
      .filter(({ bytes }) => bytes.length > 0)
      .map(({ headers }) => headers['kubereel-delivery']);
    expect(labels.slice(1)).toEqual(labels.slice(1).map(() => 'again'));
  }
  expect((await listFiles(place.uploads)).filter((name) => name.endsWith('.json'))).toEqual([]);
}, 180_000);

test('at our own recorder what a killed program delivers again is one recording', async () => {
  const home = await makeCastFolder();
  const recorder = await startTestRecorder();
  // As it ends, and as it may have been confirmed.
  for (const step of [7, 8]) await runUntil(home, `127.0.0.1:${recorder.port}`, step);
  const place = placeOf(home);
  const { store, queue, library } = await openUploads(place);
  void queue.work();
  await until(() => store.ids().length === 0);
  const recordings = await library.list();
  const names = (await readdir(join(recorder.folder, 'recordings'))).filter((name) => name.endsWith('.cast'));
  const whole = names.filter((name) => !name.includes('.partial'));
  expect(whole.toSorted()).toEqual(recordings.map(({ recordingId }) => `${recordingId}.cast`).toSorted());
  for (const { recordingId, path } of recordings) {
    expect(await recorder.read(`recordings/${recordingId}.cast`)).toEqual(await readFile(path));
  }
}, 120_000);

test('crash after the recorder had confirmed: the second delivery is marked as one', async () => {
  const home = await makeCastFolder();
  const place = placeOf(home);
  const recorder = await startForeignRecorder({ isStrict: false });
  const first = await openUploads(place);
  const { recordingId, path } = await recordSession(place.recordings);
  await first.store.create(makeJob(recordingId, [addressOf(recorder)]));
  void first.queue.work();
  await until(() => first.store.isDelivered(recordingId));
  await first.end();
  // As if the program had died with the confirmation: no receipt, and what it wrote before it sent.
  await first.store.forget(recordingId);
  const sent = makeJob(recordingId, [addressOf(recorder)], { sentTo: [recorder.address] });
  await writeFile(join(place.uploads, `${recordingId}.json`), formatJob(sent));
  const next = await openUploads(place);
  void next.queue.work();
  await until(() => next.store.isDelivered(recordingId));
  expect(recorder.deliveries.map(({ headers }) => headers['kubereel-delivery'])).toEqual(['first', 'again']);
  expect(recorder.deliveries.map(({ sha256: hash }) => hash)).toEqual([
    await sha256(path),
    await sha256(path),
  ]);
  expect(await readdir(join(place.uploads, 'delivered'))).toEqual([`${recordingId}.json`]);
});
