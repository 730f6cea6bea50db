import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { syncFolder } from '../base/atomic-file.ts';
import { systemCode } from '../base/errors.ts';
import { createTurns } from '../base/turns.ts';
import type { RecordingFiles } from '../recording/writing/recording-files.ts';
import { FACTS_ENDING, type FolderPlaces } from './folder-places.ts';
import type { ListedRecordings, ListRange, StoredOutcome } from './recording-store.ts';
import {
  formatStored,
  isStoredId,
  nameStored,
  parseStored,
  type StoredRecording,
} from './stored-recording.ts';

/** The recordings that a folder holds, each a cast with its facts beside it. */
export interface FolderShelf {
  /**
   * Gives a part that is synced its name, the first free one of its recording. The same bytes are kept once. Facts go first into the
   * place of the part's note, so that a crash between two steps is seen and finished.
   */
  keep(partName: string, facts: Omit<StoredRecording, 'id'>): Promise<StoredOutcome>;
  list(range: ListRange): Promise<ListedRecordings>;
}

export function createFolderShelf(
  needs: { readonly files: Pick<RecordingFiles, 'replace' | 'remove'> },
  places: FolderPlaces,
): FolderShelf {
  const { files } = needs;
  // Two deliveries of one recording must not find the same name free.
  const turns = createTurns();

  async function readFacts(id: string): Promise<StoredRecording | undefined> {
    const text = await readFile(places.facts(id), 'utf8').catch(ignoreMissing);
    return text === undefined ? undefined : parseStored(text);
  }

  async function castBytes(id: string): Promise<number | undefined> {
    return (await stat(places.cast(id)).catch(ignoreMissing))?.size;
  }

  async function isTaken(id: string): Promise<boolean> {
    if ((await castBytes(id)) !== undefined) return true;
    return (await stat(places.facts(id)).catch(ignoreMissing)) !== undefined;
  }

  async function isSame(
    id: string,
    facts: Omit<StoredRecording, 'id'>,
  ): Promise<StoredRecording | undefined> {
    const there = await readFacts(id);
    const isOne = there?.sha256 === facts.sha256 && (await castBytes(id)) === facts.bytes;
    return isOne ? there : undefined;
  }

  async function keep(partName: string, facts: Omit<StoredRecording, 'id'>): Promise<StoredOutcome> {
    for (let version = 1; ; version += 1) {
      const id = nameStored(facts.recordingId, facts.state, version);
      if (await isTaken(id)) {
        const same = await isSame(id, facts);
        if (!same) continue;
        await files.remove(places.part(partName));
        await files.remove(places.note(partName));
        return { outcome: 'same', stored: same };
      }
      const stored = { ...facts, id };
      await files.replace(places.note(partName), formatStored(stored));
      await rename(places.part(partName), places.cast(id));
      await rename(places.note(partName), places.facts(id));
      await syncFolder(places.recordings);
      await syncFolder(places.incoming);
      return { outcome: version === 1 ? 'new' : 'another', stored };
    }
  }

  return {
    keep: (partName, facts) => turns.take(() => keep(partName, facts)),
    async list({ after, limit }) {
      const ids = (await readdir(places.recordings))
        .filter((name) => name.endsWith(FACTS_ENDING))
        .map((name) => name.slice(0, -FACTS_ENDING.length))
        .filter((id) => id > after && isStoredId(id))
        .sort();
      const page = ids.slice(0, limit);
      const found = await Promise.all(page.map(readFacts));
      const next = ids.length > limit ? page.at(-1) : undefined;
      return {
        recordings: found.filter((stored) => stored !== undefined),
        ...(next !== undefined && { next }),
      };
    },
  };
}

function ignoreMissing(error: unknown): undefined {
  if (systemCode(error) === 'ENOENT') return undefined;
  throw error;
}
