import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type Clock, createSystemClock } from '../../main/base/clock.ts';
import { createLifetime, type Lifetime } from '../../main/base/lifetime.ts';
import { createLog } from '../../main/base/log.ts';
import { type Library, openLibrary } from '../../main/library/library.ts';
import type { RecorderAddress } from '../../main/policy/policy.ts';
import { describeThisProcess, isOwnerAlive } from '../../main/recording/owner.ts';
import type { RecordingOwner } from '../../main/recording/recording.ts';
import { createQueueLease, type QueueLease } from '../../main/upload/queue/queue-lease.ts';
import type { AttemptNeeds } from '../../main/upload/queue/upload-attempt.ts';
import { createUploadDesk, type UploadDesk } from '../../main/upload/queue/upload-desk.ts';
import { createJob, releaseJob, type UploadJob } from '../../main/upload/queue/upload-job.ts';
import { createUploadQueue, type UploadQueue } from '../../main/upload/queue/upload-queue.ts';
import { openUploadStore, type UploadStore } from '../../main/upload/queue/upload-store.ts';
import { sweepUploads } from '../../main/upload/queue/upload-sweep.ts';
import type { RecorderClient } from '../../main/upload/recorder/recorder-client.ts';
import type { RecorderLimits } from '../../main/upload/recorder/recorder-dial.ts';
import { createRecorderGates } from '../../main/upload/recorder/recorder-gates.ts';
import { createTsrecorderClient } from '../../main/upload/tsrecorder/tsrecorder.ts';
import { createUploader, type Uploader } from '../../main/upload/uploader.ts';
import { makeCastFolder } from './cast-folder.ts';
import type { ForeignRecorder } from './foreign-recorder.ts';
import { createRecorderNeeds } from './recorder-client.ts';

const lives: Lifetime[] = [];
// Before the check for lifetimes that were left open.
afterEach(async () => {
  for (const life of lives.splice(0)) await life.end();
});

/** Where recordings and what is owed of them are. */
export interface UploadPlace {
  readonly recordings: string;
  readonly cache: string;
  readonly uploads: string;
}

export async function makeUploadPlace(): Promise<UploadPlace> {
  const home = await makeCastFolder();
  return { recordings: join(home, 'recordings'), cache: join(home, 'cache'), uploads: join(home, 'uploads') };
}

/** The rooms that bring recordings to recorders, as one process has them. */
export interface TestUploads {
  readonly life: Lifetime;
  readonly store: UploadStore;
  readonly library: Library;
  readonly desk: UploadDesk;
  readonly needs: AttemptNeeds;
  readonly lease: QueueLease;
  readonly queue: UploadQueue;
  readonly uploader: Uploader;
  end(): Promise<void>;
}

export interface TestUploadsWish {
  readonly clock?: Clock;
  readonly limits?: Partial<RecorderLimits>;
  /** What the policy says; nothing by default. */
  readonly recordersFor?: AttemptNeeds['recordersFor'];
  readonly clientFor?: (recorder: RecorderAddress) => RecorderClient;
  /** How long the end of a recording waits to be confirmed. */
  readonly endedMs?: number;
  /** As who it works; this process by default. */
  readonly self?: RecordingOwner;
}

/** The next try for a lock, in milliseconds at the most (base/file-lock.ts). */
const LOCK_TRY_MS = 20;

/** Two that want a file at once: who is second waits for the disk, however a test turns its clock. */
function withRealLocks(clock: Clock): Clock {
  const system = createSystemClock();
  return {
    nowMs: clock.nowMs,
    nowMicros: clock.nowMicros,
    sleep: (ms, options) => (ms <= LOCK_TRY_MS ? system : clock).sleep(ms, options),
  };
}

/** Ends with the test at the latest. */
export async function openUploads(place: UploadPlace, wish: TestUploadsWish = {}): Promise<TestUploads> {
  const { limits = {}, recordersFor = async () => [], self } = wish;
  const clock = wish.clock ? withRealLocks(wish.clock) : createSystemClock();
  const log = createLog({ level: 'silent' });
  const life = createLifetime('uploads');
  lives.push(life);
  const folder = place.uploads;
  const owner = { describe: () => self ?? describeThisProcess(), isAlive: isOwnerAlive };
  const store = await openUploadStore({ clock, log, folder }, life);
  const library = await openLibrary(
    {
      clock,
      log,
      folder: place.recordings,
      cacheFolder: place.cache,
      knownKeyIds: async () => new Set(),
      uploads: store,
      forget: store.forget,
    },
    life,
  );
  const desk = createUploadDesk({ clock, store, library: async () => library, recordersFor, owner }, life);
  const clientNeeds = createRecorderNeeds(limits);
  const needs: AttemptNeeds = {
    clock,
    random: () => 0.5,
    store,
    gates: createRecorderGates({ clock, random: () => 0.5 }),
    library: async () => library,
    recordersFor,
    clientFor: wish.clientFor ?? ((recorder) => createTsrecorderClient(clientNeeds, recorder)),
    isOwnerAlive,
    onDelivering: desk.noteDelivering,
  };
  const lease = createQueueLease({ clock, folder, owner });
  const queue = createUploadQueue(
    { ...needs, clock, log, lease, sweep: () => sweepUploads(clock, folder) },
    life,
  );
  const uploader = createUploader(
    { ...needs, clock, log, owner, ...(wish.endedMs === undefined ? {} : { endedMs: wish.endedMs }) },
    life,
  );
  return { life, store, library, desk, needs, lease, queue, uploader, end: () => life.end() };
}

export function addressOf({ address }: Pick<ForeignRecorder, 'address'>, name?: string): RecorderAddress {
  return { kind: 'tsrecorder', url: address, ...(name === undefined ? {} : { name }) };
}

/** What is owed of a recording that nobody makes any more. */
export function makeJob(
  recordingId: string,
  recorders: readonly RecorderAddress[],
  changes: Partial<UploadJob> = {},
): UploadJob {
  const job = releaseJob(createJob(recordingId, recorders, { nowMs: 0, owner: describeThisProcess() }));
  return { ...job, isBegun: true, ...changes };
}

/** The files of the folder of uploads, without its folders. */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
