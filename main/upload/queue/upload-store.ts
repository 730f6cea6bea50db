import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeFileAtomically } from '../../base/atomic-file.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, systemCode, toAppError } from '../../base/errors.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import { holdFileLock } from '../../base/file-lock.ts';
import type { Lifetime } from '../../base/lifetime.ts';
import type { Log } from '../../base/log.ts';
import { makePrivateFolder } from '../../base/paths.ts';
import { createTurns, type Turns } from '../../base/turns.ts';
import { watchFolder } from '../../library/folder-watch.ts';
import { isFileName } from '../../library/recordings-folder.ts';
import {
  formatJob,
  formatReceipt,
  parseJob,
  parseReceipt,
  type UploadJob,
  type UploadReceipt,
} from './upload-job.ts';

/**
 * What is owed and what was delivered, as files: one a recording. Other processes of this home have the same; what they
 * change is seen within a second or two.
 */
export interface UploadStore {
  /** By what is in memory: as it was at the last `refresh`, and what changed here since. So are the next two. */
  isOwed(recordingId: string): boolean;
  isDelivered(recordingId: string): boolean;
  ids(): readonly string[];
  /** Looks which files there are now. Rejects where the folder cannot be read. */
  refresh(): Promise<void>;
  /** What is known of a recording is different, or it is (no longer) owed. */
  readonly onChanged: Event<string>;
  /** It is owed or delivered, and was not, or the other way round. */
  readonly onStateChanged: Event<string>;
  /** Undefined where nothing is owed, or where its file cannot be read: that one is moved aside. */
  read(recordingId: string): Promise<UploadJob | undefined>;
  /** Those whose files could not be read. They stay owed. */
  listUnreadable(): Promise<readonly UnreadableJob[]>;
  /** On the disk itself when this resolves. Rejects with `upload-failed`. */
  create(job: UploadJob): Promise<void>;
  /** Changes what is owed, one process at a time; undefined where nothing is any more. Rejects with `upload-failed`. */
  change(recordingId: string, change: (job: UploadJob) => UploadJob): Promise<UploadJob | undefined>;
  /** Its receipt is kept, and nothing is owed any more. Rejects with `upload-failed`. */
  settle(receipt: UploadReceipt): Promise<void>;
  readReceipt(recordingId: string): Promise<UploadReceipt | undefined>;
  /** It is owed no longer, though nobody confirmed it. */
  drop(recordingId: string): Promise<void>;
  /** Of a recording that was deleted. */
  forget(recordingId: string): Promise<void>;
}

export interface UnreadableJob {
  readonly recordingId: string;
  /** Where it was moved to. */
  readonly path: string;
  readonly reason: string;
}

export interface UploadStoreNeeds {
  readonly clock: Clock;
  readonly log: Log;
  /** Of its own; made where it does not exist. */
  readonly folder: string;
}

const KINDS = ['jobs', 'delivered', 'unreadable'] as const;
type KnownIds = Readonly<Record<(typeof KINDS)[number], Set<string>>>;

const JOB_NAME = /^(.+)\.json$/;
const UNREADABLE_NAME = /^(.+)\.json(?:\.\d+)?$/;

export async function openUploadStore(needs: UploadStoreNeeds, life: Lifetime): Promise<UploadStore> {
  const { clock, log, folder } = needs;
  const delivered = join(folder, 'delivered');
  const unreadable = join(folder, 'unreadable');
  const changed = createEmitter<string>();
  const stateChanged = createEmitter<string>();
  const turns = createTurns();
  const queues = new Map<string, { readonly turns: Turns; waiting: number }>();
  let known: KnownIds = { jobs: new Set(), delivered: new Set(), unreadable: new Set() };

  for (const each of [folder, delivered, unreadable]) await makePrivateFolder(each);

  const jobPath = (recordingId: string): string => join(folder, `${recordingId}.json`);
  const receiptPath = (recordingId: string): string => join(delivered, `${recordingId}.json`);

  function refresh(): Promise<void> {
    return turns.take(async () => {
      const before = known;
      known = {
        jobs: await readIds(folder, JOB_NAME),
        delivered: await readIds(delivered, JOB_NAME),
        unreadable: await readIds(unreadable, UNREADABLE_NAME),
      };
      const different = KINDS.map((kind) => known[kind].symmetricDifference(before[kind]));
      for (const recordingId of new Set(different.flatMap((ids) => [...ids]))) {
        changed.fire(recordingId);
        if (describe(known, recordingId) !== describe(before, recordingId)) stateChanged.fire(recordingId);
      }
    });
  }

  async function follow(names: ReadonlySet<string>): Promise<void> {
    try {
      await refresh();
    } catch (error) {
      if (!life.signal.aborted) log.warn({ folder, error: String(error) }, 'uploads could not be looked at');
    }
    if (life.signal.aborted) return;
    // What is new in a file that was there before does not change the list of names.
    for (const name of names) {
      const recordingId = JOB_NAME.exec(name)?.[1];
      if (recordingId !== undefined) changed.fire(recordingId);
    }
  }

  async function readJob(recordingId: string): Promise<UploadJob | undefined> {
    const file = await readText(jobPath(recordingId));
    return file === undefined ? undefined : parseJob(file, recordingId);
  }

  /** Beside the others and never deleted: it may be all that tells where the recording may be already. */
  async function moveAside(recordingId: string, reason: AppError): Promise<void> {
    log.error({ recording: recordingId, error: reason.message }, 'what is owed of a recording is unreadable');
    const taken = new Set(await readdir(unreadable));
    let name = `${recordingId}.json`;
    for (let number = 1; taken.has(name); number += 1) name = `${recordingId}.json.${number}`;
    await rename(jobPath(recordingId), join(unreadable, name));
    await syncFolder(unreadable);
    await syncFolder(folder);
    known.jobs.delete(recordingId);
    known.unreadable.add(recordingId);
  }

  async function unlinkJob(recordingId: string): Promise<void> {
    await rm(jobPath(recordingId), { force: true });
    await syncFolder(folder);
    known.jobs.delete(recordingId);
  }

  async function forgetUnreadable(recordingId: string): Promise<void> {
    for (const name of await readdir(unreadable)) {
      if (UNREADABLE_NAME.exec(name)?.[1] === recordingId) await rm(join(unreadable, name), { force: true });
    }
    known.unreadable.delete(recordingId);
  }

  /** What is done here to one recording, in order: only other processes are waited for by their lock. */
  function inTurn(recordingId: string): { readonly turns: Turns; leave(): void } {
    const queue = queues.get(recordingId) ?? { turns: createTurns(), waiting: 0 };
    queues.set(recordingId, queue);
    queue.waiting += 1;
    return {
      turns: queue.turns,
      leave() {
        queue.waiting -= 1;
        if (queue.waiting === 0) queues.delete(recordingId);
      },
    };
  }

  /** One process at a time may change what is owed of a recording; within this one, turns keep the memory right. */
  async function hold<T>(recordingId: string, what: string, deed: () => Promise<T>): Promise<T> {
    checkId(recordingId);
    const before = describe(known, recordingId);
    const lock = join(folder, `${recordingId}.lock`);
    const own = inTurn(recordingId);
    try {
      return await own.turns.take(() => holdFileLock(clock, lock, () => turns.take(deed)));
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      const words = `${what} the recording ${recordingId} could not be written: ${systemCode(cause)}`;
      throw new AppError('upload-failed', words, { cause });
    } finally {
      own.leave();
      changed.fire(recordingId);
      if (describe(known, recordingId) !== before) stateChanged.fire(recordingId);
    }
  }

  const store: UploadStore = {
    isOwed: (recordingId) => describe(known, recordingId) === 'owed',
    isDelivered: (recordingId) => describe(known, recordingId) === 'delivered',
    ids: () => [...known.jobs],
    refresh,
    onChanged: changed.event,
    onStateChanged: stateChanged.event,
    async read(recordingId) {
      if (!isFileName(recordingId)) return undefined;
      // Its program died between the receipt and this.
      if (known.delivered.has(recordingId) && known.jobs.has(recordingId)) await store.drop(recordingId);
      try {
        return await readJob(recordingId);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        await turns.take(() => moveAside(recordingId, error));
        changed.fire(recordingId);
        return undefined;
      }
    },
    async listUnreadable() {
      const names = await readdir(unreadable);
      return Promise.all(
        names.flatMap((name) => {
          const recordingId = UNREADABLE_NAME.exec(name)?.[1];
          return recordingId === undefined ? [] : describeUnreadable(join(unreadable, name), recordingId);
        }),
      );
    },
    create: (job) =>
      hold(job.recordingId, 'what is owed of', async () => {
        await writeFileAtomically(jobPath(job.recordingId), formatJob(job));
        known.jobs.add(job.recordingId);
        await forgetUnreadable(job.recordingId);
      }),
    change: (recordingId, change) =>
      hold(recordingId, 'what is owed of', async () => {
        const job = await readJob(recordingId);
        if (!job) return undefined;
        const next = change(job);
        if (next !== job) await writeFileAtomically(jobPath(recordingId), formatJob(next));
        return next;
      }),
    settle: (receipt) =>
      hold(receipt.recordingId, 'the receipt of', async () => {
        const { recordingId } = receipt;
        await writeFileAtomically(receiptPath(recordingId), formatReceipt(receipt));
        known.delivered.add(recordingId);
        await unlinkJob(recordingId);
      }),
    async readReceipt(recordingId) {
      if (!isFileName(recordingId)) return undefined;
      const file = await readText(receiptPath(recordingId));
      return file === undefined ? undefined : parseReceipt(file, recordingId);
    },
    drop: (recordingId) =>
      hold(recordingId, 'what is owed of', async () => {
        await unlinkJob(recordingId);
        await forgetUnreadable(recordingId);
      }),
    forget: (recordingId) =>
      hold(recordingId, 'what is owed of', async () => {
        await unlinkJob(recordingId);
        await forgetUnreadable(recordingId);
        await rm(receiptPath(recordingId), { force: true });
        known.delivered.delete(recordingId);
      }),
  };
  await refresh();
  // Not awaited: it never rejects.
  watchFolder({ clock, log }, folder, (names) => void follow(names), { signal: life.signal });
  return store;
}

/** A receipt counts more than a job that its program could not take away any more. */
function describe(
  { jobs, delivered, unreadable }: KnownIds,
  recordingId: string,
): 'owed' | 'delivered' | 'none' {
  if (delivered.has(recordingId)) return 'delivered';
  return jobs.has(recordingId) || unreadable.has(recordingId) ? 'owed' : 'none';
}

function checkId(recordingId: string): void {
  if (!isFileName(recordingId)) throw new AppError('bad-input', `${recordingId} is no recording's id`);
}

async function readIds(folder: string, pattern: RegExp): Promise<Set<string>> {
  return new Set((await readdir(folder)).flatMap((name) => pattern.exec(name)?.[1] ?? []));
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function describeUnreadable(path: string, recordingId: string): Promise<UnreadableJob> {
  let reason = 'it was moved here, and can be read again';
  try {
    parseJob((await readText(path)) ?? '', recordingId);
  } catch (error) {
    reason = toAppError(error).message;
  }
  return { recordingId, path, reason };
}
