// covers: main/library/recordings-folder.ts
import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { createLifetime, type Lifetime } from '../../../main/base/lifetime.ts';
import { createLog } from '../../../main/base/log.ts';
import {
  type Library,
  type LibraryChange,
  type LibraryNeeds,
  openLibrary,
} from '../../../main/library/library.ts';
import type { Recording } from '../../../main/library/recording.ts';
import { readRecordingsFolder } from '../../../main/library/recordings-folder.ts';
import { sidecarPathOf } from '../../../main/recording/sidecar.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { makeKeyring, recordEncrypted } from '../../fakes/encryption.ts';
import { NEW_YEAR_MS, placeForeignCast, recordCutSession, recordSession } from '../../fakes/recordings.ts';
import { eventually } from '../../fakes/until.ts';

const clock = createSystemClock();
const log = createLog({ level: 'silent' });
const lives: Lifetime[] = [];
afterEach(async () => {
  for (const life of lives.splice(0)) await life.end();
});

interface Place {
  readonly folder: string;
  readonly cacheFolder: string;
}

async function makePlace(): Promise<Place> {
  return { folder: await makeCastFolder(), cacheFolder: await makeCastFolder() };
}

interface Opened {
  readonly library: Library;
  readonly changes: LibraryChange[];
}

async function open(place: Place, needs: Partial<LibraryNeeds> = {}): Promise<Opened> {
  const life = createLifetime('library');
  lives.push(life);
  const library = await openLibrary(
    { clock, log, knownKeyIds: async () => new Set(), ...place, ...needs },
    life,
  );
  const changes: LibraryChange[] = [];
  library.onChanged((change) => changes.push(change));
  return { library, changes };
}

/** As an earlier start left the index. */
async function learn(place: Place): Promise<readonly Recording[]> {
  const { library } = await open(place);
  const rows = await library.list();
  await lives.pop()?.end();
  return rows;
}

/** At the same length, and as if long ago: only its time tells. */
async function rewritePod(castPath: string, pod: string): Promise<void> {
  const path = sidecarPathOf(castPath);
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('"web-1"', JSON.stringify(pod)));
  await utimes(path, new Date(NEW_YEAR_MS), new Date(NEW_YEAR_MS));
}

function podsOf(rows: readonly Recording[]): unknown {
  return rows.map(({ recordingId, pod }) => [recordingId, pod]);
}

test('a list is there before files are looked at, and what is different is announced after it', async () => {
  const place = await makePlace();
  const { recordingId, path } = await recordSession(place.folder);
  const [before] = await learn(place);
  await rewritePod(path, 'web-2');
  const { library, changes } = await open(place);
  expect(await library.recall()).toEqual([before]);
  await eventually(() =>
    expect(changes).toMatchObject([{ kind: 'put', recording: { recordingId, pod: 'web-2' } }]),
  );
  expect(podsOf(await library.recall())).toEqual([[recordingId, 'web-2']]);
});

test('the list that is checked tells what the files say now', async () => {
  const place = await makePlace();
  const { recordingId, path } = await recordSession(place.folder);
  await learn(place);
  await rewritePod(path, 'web-2');
  const { library } = await open(place);
  expect(podsOf(await library.list())).toEqual([[recordingId, 'web-2']]);
});

test('what was deleted, recorded or mended while nobody looked is right at once, and no news', async () => {
  const place = await makePlace();
  const gone = await recordSession(place.folder);
  const kept = await recordSession(place.folder, { startedAtMs: NEW_YEAR_MS - 1_000 });
  await learn(place);
  await rm(gone.path);
  const young = await recordSession(place.folder, { startedAtMs: NEW_YEAR_MS + 1_000 });
  const torn = await recordCutSession(place.folder);
  const { library, changes } = await open(place, { hostName: 'gone', isOwnerAlive: () => false });
  expect((await library.recall()).map(({ recordingId, state }) => [recordingId, state])).toEqual([
    [young.recordingId, 'closed'],
    [torn.recordingId, 'recovered'],
    [kept.recordingId, 'closed'],
  ]);
  expect(changes).toEqual([]);
});

test('what is still written is looked at for each list', async () => {
  const place = await makePlace();
  const { recordingId } = await recordCutSession(place.folder);
  let isAlive = true;
  const { library } = await open(place, { isOwnerAlive: () => isAlive });
  expect(await library.recall()).toMatchObject([{ recordingId, state: 'live' }]);
  isAlive = false;
  expect(await library.recall()).toMatchObject([{ recordingId, state: 'cut' }]);
});

test('a home that was moved tells where its files are now', async () => {
  const place = await makePlace();
  const { recordingId } = await recordSession(place.folder);
  await learn(place);
  const folder = join(await makeCastFolder(), 'moved');
  await rename(place.folder, folder);
  const { library } = await open({ ...place, folder });
  expect(await library.recall()).toMatchObject([{ path: join(folder, `${recordingId}.cast`) }]);
});

test('without an index the list waits for the files', async () => {
  const place = await makePlace();
  await recordSession(place.folder);
  await placeForeignCast(place.folder, 'demo');
  const before = await learn(place);
  await rm(place.cacheFolder, { recursive: true });
  const { library } = await open(place);
  expect(await library.recall()).toEqual(before);
});

test('two windows and a command beside them agree in the end', async () => {
  const place = await makePlace();
  const paths = [];
  for (let count = 0; count < 3; count += 1) paths.push((await recordSession(place.folder)).path);
  await learn(place);
  const app = await open(place);
  const beside = await open(place);
  const lists = await Promise.all([app.library.recall(), app.library.recall(), beside.library.list()]);
  expect(lists.map((list) => list.length)).toEqual([3, 3, 3]);
  await beside.library.remove(lists[0]?.[0]?.recordingId ?? '');
  expect(await app.library.recall()).toEqual(await beside.library.list());
  expect(await app.library.list()).toHaveLength(2);
});

test('more recordings than are looked at in one turn are all looked at', async () => {
  const place = await makePlace();
  for (let count = 0; count < 600; count += 1) await placeForeignCast(place.folder, `cast-${count}`);
  await learn(place);
  const wanted = new Set(['cast-0', 'cast-255', 'cast-256', 'cast-599']);
  for (const recordingId of wanted) {
    await writeFile(join(place.folder, `${recordingId}.cast`), '[9.5, "o", "more"]\n', { flag: 'a' });
  }
  const { library, changes } = await open(place);
  expect(new Set((await library.recall()).map(({ durationMicros }) => durationMicros))).toEqual(
    new Set([2_500_000]),
  );
  await eventually(() => {
    const told = changes.flatMap((change) => (change.kind === 'put' ? [change.recording] : []));
    expect(new Set(told.map(({ recordingId }) => recordingId))).toEqual(wanted);
    expect(told.every(({ durationMicros }) => durationMicros === 9_500_000)).toBe(true);
  });
});

test('what changes behind the lists of many windows is announced after the next one', async () => {
  const place = await makePlace();
  const { recordingId, path } = await recordSession(place.folder);
  await learn(place);
  const { library, changes } = await open(place);
  const lists = [library.recall(), library.recall(), library.recall()];
  await Promise.all(lists);
  await rewritePod(path, 'web-3');
  await library.recall();
  await eventually(() =>
    expect(changes.at(-1)).toMatchObject({ kind: 'put', recording: { recordingId, pod: 'web-3' } }),
  );
});

test('a library that ends while its files are looked at is silent', async () => {
  const place = await makePlace();
  const { path } = await recordSession(place.folder);
  await learn(place);
  await rewritePod(path, 'web-2');
  const { library, changes } = await open(place);
  await library.recall();
  await lives.pop()?.end();
  const count = changes.length;
  await expect(library.recall()).resolves.toHaveLength(1);
  expect(changes).toHaveLength(count);
});

test('an encrypted recording is locked or not by the keys that there are when it is told', async () => {
  const place = await makePlace();
  const keys = await makeKeyring();
  await recordEncrypted(place.folder, [keys.recipient], ['in the dark']);
  await learn(place);
  const { library } = await open(place);
  expect(await library.recall()).toMatchObject([{ isLocked: true }]);
  const other = await open(place, { keys: keys.keys });
  const [row] = await other.library.recall();
  expect(row).not.toHaveProperty('isLocked');
});

test('a folder that cannot be read is named', async () => {
  const place = await makePlace();
  const { library } = await open(place);
  await rm(place.folder, { recursive: true });
  await writeFile(place.folder, '');
  await expect(library.recall()).rejects.toMatchObject({ code: 'recording-unreadable' });
});

test('what stands in the folder is known by its whole path, and each recording once', async () => {
  const folder = await makeCastFolder();
  for (const name of ['a.cast', 'a.cast.age', 'a.json', 'b.json', '.cast']) {
    await writeFile(join(folder, name), '');
  }
  await mkdir(join(folder, 'deeper'));
  const files = await readRecordingsFolder(folder);
  expect(files.recordingIds).toEqual(['a']);
  expect(files.has(join(folder, 'b.json'))).toBe(true);
  expect(files.has(join(folder, 'b.cast'))).toBe(false);
  expect(files.has(join(folder, 'deeper', 'a.cast'))).toBe(false);
  expect(await readRecordingsFolder(join(folder, 'none'))).toMatchObject({ recordingIds: [] });
});
