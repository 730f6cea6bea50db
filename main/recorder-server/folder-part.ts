import type { AppendFile } from '../recording/writing/recording-files.ts';
import { createCastTally } from './cast-tally.ts';
import type { DiskRoom } from './disk-room.ts';
import type { FolderShelf } from './folder-shelf.ts';
import type { IncomingCast } from './recording-store.ts';
import type { Refusal } from './refusal.ts';
import type { DeliveryNote } from './stored-recording.ts';

/** A recording on its way into a folder: `.part` until it has its name. */
export function createFolderPart(
  needs: {
    readonly file: AppendFile;
    readonly room: DiskRoom;
    readonly shelf: FolderShelf;
    /** Takes the part and its note away. */
    drop(): Promise<void>;
    /** Of what the system said. */
    toRefusal(error: unknown): Refusal;
  },
  { name, note }: { readonly name: string; readonly note: DeliveryNote },
): IncomingCast {
  const { file, room, shelf, toRefusal } = needs;
  const tally = createCastTally();
  let durableBytes = 0;
  let syncing: Promise<void> = Promise.resolve();
  /** After a failed sync nobody knows what the disk has, and the next one may succeed without having brought it there. */
  let failedSync: Refusal | undefined;

  async function syncNow(): Promise<void> {
    if (failedSync) throw failedSync;
    const writtenBytes = tally.bytes;
    if (writtenBytes === durableBytes) return;
    try {
      await file.datasync();
    } catch (error) {
      failedSync = toRefusal(error);
      throw failedSync;
    }
    durableBytes = writtenBytes;
  }

  function sync(): Promise<void> {
    syncing = syncing.catch(() => {}).then(syncNow);
    return syncing;
  }

  return {
    async write(bytes) {
      try {
        await room.spend(bytes.length);
        for (let rest = bytes; rest.length > 0; ) {
          const written = await file.write(rest);
          tally.add(rest.subarray(0, written));
          rest = rest.subarray(written);
        }
      } catch (error) {
        throw toRefusal(error);
      }
    },
    sync,
    get durableBytes() {
      return durableBytes;
    },
    async finish(ending) {
      try {
        if (ending.state === 'whole') await sync();
        // What is partial is kept as far as it goes: its last sync may be what failed.
        else await sync().catch(() => {});
        await file.close();
        if (tally.bytes === 0) {
          await needs.drop();
          return undefined;
        }
        return await shelf.keep(name, { ...note, ...ending, bytes: tally.bytes, sha256: tally.sha256() });
      } catch (error) {
        throw toRefusal(error);
      }
    },
  };
}
