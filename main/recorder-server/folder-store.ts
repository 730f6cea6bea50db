import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { systemCode } from '../base/errors.ts';
import type { Lifetime } from '../base/lifetime.ts';
import { makePrivateFolder } from '../base/paths.ts';
import type { RecordingFiles } from '../recording/writing/recording-files.ts';
import { createDiskFull, createDiskRoom } from './disk-room.ts';
import { createEventLog } from './event-log.ts';
import { mendFolder } from './folder-mending.ts';
import { takeFolder } from './folder-owner.ts';
import { createFolderPart } from './folder-part.ts';
import { type FolderPlaces, placeFolder } from './folder-places.ts';
import { createFolderShelf } from './folder-shelf.ts';
import type { IncomingCast, RecordingStore, StoredCast } from './recording-store.ts';
import { Refusal } from './refusal.ts';
import { type DeliveryNote, formatNote } from './stored-recording.ts';

export interface FolderStoreNeeds {
  readonly clock: Clock;
  readonly files: RecordingFiles;
  /** Of the disk that a folder is on; the system's by default. */
  readonly readFree?: (folder: string) => Promise<number>;
}

export interface FolderStoreOptions {
  readonly folder: string;
  /** Bytes that are left free on its disk; 0 fills it. */
  readonly floorBytes: number;
}

/** Recordings and events in a folder. Rejects with `bad-input` where another recorder keeps it. */
export async function openFolderStore(
  needs: FolderStoreNeeds,
  options: FolderStoreOptions,
  life: Lifetime,
): Promise<RecordingStore> {
  const { files } = needs;
  const places = placeFolder(options.folder);
  for (const folder of [places.root, places.recordings, places.incoming, places.events]) {
    await makePrivateFolder(folder);
  }
  await takeFolder(needs, { folder: places.root, ownerFile: places.ownerFile });
  life.own(() => rm(places.ownerFile, { force: true }));

  const room = createDiskRoom(needs, options);
  const shelf = createFolderShelf(needs, places);
  const events = createEventLog(places.events);

  async function openPart(note: DeliveryNote): Promise<IncomingCast> {
    const name = `${note.recordingId}~${randomBytes(8).toString('hex')}`;
    const text = formatNote(note);
    await room.spend(text.length);
    await files.replace(places.note(name), text);
    const drop = async (): Promise<void> => {
      await files.remove(places.part(name));
      await files.remove(places.note(name));
    };
    try {
      const file = await files.create(places.part(name));
      await files.syncFolder(places.incoming);
      return createFolderPart({ file, room, shelf, drop, toRefusal }, { name, note });
    } catch (error) {
      await drop();
      throw error;
    }
  }

  return {
    place: places.root,
    mend: () => mendFolder({ files, shelf }, places),
    open: (note) => openPart(note).catch(rethrow),
    list: (range) => shelf.list(range),
    read: (id) => readCast(places, id),
    async addEvent(event, atMs) {
      try {
        await room.spend(event.length);
        await events.add(event, atMs);
      } catch (error) {
        rethrow(error);
      }
    },
    freeBytes: () => room.freeBytes(),
  };
}

async function readCast(places: FolderPlaces, id: string): Promise<StoredCast | undefined> {
  try {
    const file = await open(places.cast(id), 'r');
    const { size } = await file.stat();
    return { bytes: size, body: file.createReadStream() };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function rethrow(error: unknown): never {
  throw toRefusal(error);
}

/** Without paths: the client is told, the log gets the cause. */
function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return createDiskFull(0, error);
  return new Refusal('store-failed', `the recorder's disk failed${code ? `: ${code}` : ''}`, {
    cause: error,
  });
}
