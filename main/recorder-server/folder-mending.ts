import { createReadStream } from 'node:fs';
import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { syncFolder } from '../base/atomic-file.ts';
import type { RecordingFiles } from '../recording/writing/recording-files.ts';
import { createCastTally } from './cast-tally.ts';
import { readFirstLine } from './first-line.ts';
import { FACTS_ENDING, type FolderPlaces, PART_ENDING } from './folder-places.ts';
import type { FolderShelf } from './folder-shelf.ts';
import { isRecordingId, parseNote, parseStored, readCastFacts } from './stored-recording.ts';

const REASON = 'the recorder stopped while it took it';

/**
 * What a recorder that died left in `incoming`: parts get a name as partial recordings, those that were whole and only waited for
 * their name get it. Resolves with how many. Nothing with a byte in it is deleted.
 */
export async function mendFolder(
  needs: { readonly files: Pick<RecordingFiles, 'remove'>; readonly shelf: FolderShelf },
  places: FolderPlaces,
): Promise<number> {
  const { files, shelf } = needs;
  const names = await readdir(places.incoming);
  let mended = 0;
  for (const name of namesEnding(names, PART_ENDING)) mended += (await mendPart(name)) ? 1 : 0;
  for (const name of namesEnding(names, FACTS_ENDING)) await mendNote(name);
  await syncFolder(places.incoming);
  await syncFolder(places.recordings);
  return mended;

  async function mendPart(name: string): Promise<boolean> {
    const part = places.part(name);
    const { size, mtimeMs } = await stat(part);
    if (size === 0) {
      await files.remove(part);
      return false;
    }
    const text = await readFile(places.note(name), 'utf8').catch(() => '');
    const finished = parseStored(text);
    if (finished) {
      const { id: _id, ...facts } = finished;
      await shelf.keep(name, facts);
      return true;
    }
    const tally = createCastTally();
    for await (const bytes of createReadStream(part) as AsyncIterable<Buffer>) tally.add(bytes);
    const header = readCastFacts(await readFirstLine(part));
    const [recordingId = ''] = name.split('~');
    await shelf.keep(name, {
      ...(parseNote(text) ?? {
        recordingId,
        protocol: 'v2',
        isAgain: false,
        from: 'unknown',
        startedAtMs: Math.round(mtimeMs),
      }),
      state: 'partial',
      reason: REASON,
      bytes: tally.bytes,
      sha256: tally.sha256(),
      endedAtMs: Math.round(mtimeMs),
      ...(header && { header }),
    });
    return true;
  }

  /** One whose part has its name already, or never was. */
  async function mendNote(name: string): Promise<void> {
    const text = await readFile(places.note(name), 'utf8').catch(() => undefined);
    if (text === undefined) return;
    const stored = parseStored(text);
    if (stored) await rename(places.note(name), places.facts(stored.id));
    else await files.remove(places.note(name));
  }
}

/** Without the ending, and only those that we could have given. */
function namesEnding(names: readonly string[], ending: string): string[] {
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .filter((name) => isRecordingId(name.split('~')[0] ?? ''));
}
