import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { createLifetime, type Lifetime } from '../../../main/base/lifetime.ts';
import { createLog } from '../../../main/base/log.ts';
import { type LibraryChange, type LibraryNeeds, openLibrary } from '../../../main/library/library.ts';
import { chainPathOf } from '../../../main/recording/integrity/chain-file.ts';
import { sidecarPathOf } from '../../../main/recording/sidecar.ts';
import { createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import { makeCastFolder, WEB_SHELL } from '../../fakes/cast-folder.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { NEW_YEAR_MS, placeForeignCast, recordCutSession, recordSession } from '../../fakes/recordings.ts';
import { eventually } from '../../fakes/until.ts';

const clock = createSystemClock();
const log = createLog({ level: 'silent' });

interface Place {
  readonly folder: string;
  readonly cacheFolder: string;
}

async function makePlace(): Promise<Place> {
  return { folder: await makeCastFolder(), cacheFolder: await makeCastFolder() };
}

const lives: Lifetime[] = [];
afterEach(async () => {
  for (const life of lives.splice(0)) await life.end();
});

async function open(place: Place, needs: Partial<LibraryNeeds> = {}) {
  const life = createLifetime('library');
  lives.push(life);
  const keys = { knownKeyIds: async () => new Set<string>() };
  const library = await openLibrary({ clock, log, ...keys, ...place, ...needs }, life);
  const changes: LibraryChange[] = [];
  library.onChanged((change) => changes.push(change));
  return { library, changes, life };
}

test('all recordings are listed, the newest first', async () => {
  const place = await makePlace();
  const old = await recordSession(place.folder, { startedAtMs: NEW_YEAR_MS - 86_400_000 });
  const young = await recordSession(place.folder, { startedAtMs: NEW_YEAR_MS });
  const foreign = await placeForeignCast(place.folder, 'from 2023');
  const cut = await recordCutSession(place.folder);
  const { library } = await open(place);
  const listed = await library.list();
  expect(listed.map(({ recordingId, state }) => [recordingId, state])).toEqual([
    ...[
      [young.recordingId, 'closed'],
      [cut.recordingId, 'cut'],
    ].sort(([a = ''], [b = '']) => (b < a ? -1 : 1)),
    [old.recordingId, 'closed'],
    [foreign.recordingId, 'closed'],
  ]);
});

test('where there is no folder yet there are no recordings', async () => {
  const place = await makePlace();
  const { library } = await open({ ...place, folder: join(place.folder, 'new') });
  expect(await library.list()).toEqual([]);
});

test('one damaged recording never breaks the list', async () => {
  const place = await makePlace();
  const good = await recordSession(place.folder);
  await writeFile(join(place.folder, '20250101-000000-broken.cast'), 'not a cast\n');
  await writeFile(join(place.folder, 'stray.json'), '{}');
  await writeFile(join(place.folder, '.cast'), '');
  const { library } = await open(place);
  expect((await library.list()).map(({ recordingId, state }) => [recordingId, state])).toEqual([
    [good.recordingId, 'closed'],
    ['20250101-000000-broken', 'unreadable'],
  ]);
});

test('a session is live while it is written and closed after, without a new start', async () => {
  const place = await makePlace();
  // What the folder tells by itself comes a second later: here not at all.
  const { library, changes } = await open(place, { clock: createManualClock() });
  const writer = await createCastWriter({ clock, folder: place.folder }, WEB_SHELL);
  await library.refresh(writer.recordingId);
  await writer.output(Buffer.from('hello'), clock.nowMicros());
  await writer.sync();
  await library.refresh(writer.recordingId);
  await writer.close({ kind: 'exited', exitCode: 1 }, clock.nowMicros());
  await library.refresh(writer.recordingId);
  await library.refresh(writer.recordingId);
  const puts = changes.flatMap((change) => (change.kind === 'put' ? [change.recording] : []));
  expect(puts.map(({ state }) => state)).toEqual(['live', 'live', 'closed']);
  expect(puts[1]?.bytes).toBeGreaterThan(puts[0]?.bytes ?? 0);
  expect(puts[2]).toMatchObject({ recordingId: writer.recordingId, exitCode: 1 });
  expect(await library.get(writer.recordingId)).toEqual(puts[2]);
});

test('a live recording becomes cut when its writer is found dead, though its files stay the same', async () => {
  const place = await makePlace();
  const { recordingId } = await recordCutSession(place.folder);
  let isAlive = true;
  const { library, changes } = await open(place, { isOwnerAlive: () => isAlive });
  expect(await library.list()).toMatchObject([{ recordingId, state: 'live' }]);
  isAlive = false;
  expect(await library.list()).toMatchObject([{ recordingId, state: 'cut' }]);
  expect(changes).toMatchObject([{ kind: 'put', recording: { recordingId, state: 'cut' } }]);
});

test('a recording whose writer died on this machine is mended when it is found', async () => {
  const place = await makePlace();
  const { recordingId, path } = await recordCutSession(place.folder);
  const { library } = await open(place, { hostName: 'gone', isOwnerAlive: () => false });
  const recoveries: unknown[] = [];
  library.onRecovered((recovery) => recoveries.push(recovery));
  expect(await library.list()).toMatchObject([{ recordingId, state: 'recovered' }]);
  expect(recoveries).toEqual([{ recordingId, recovery: { kind: 'recovered', cutBytes: 12 } }]);
  expect((await readFile(path, 'utf8')).endsWith('"]\n')).toBe(true);
  expect(await library.list()).toHaveLength(1);
  expect(recoveries).toHaveLength(1);
});

test('what another process records or deletes is announced', async () => {
  const place = await makePlace();
  const turned = createManualClock();
  const { library, changes } = await open(place, { clock: turned });
  await library.list();
  const { recordingId, path } = await recordSession(place.folder);
  await eventually(async () => {
    await turned.advance(1_000);
    expect(changes.at(-1)).toMatchObject({ kind: 'put', recording: { recordingId, state: 'closed' } });
  });
  await rm(path);
  await eventually(async () => {
    await turned.advance(1_000);
    expect(changes.at(-1)).toEqual({ kind: 'removed', recordingId });
  });
  expect(await library.list()).toEqual([]);
});

test('a recording is found by its id, and by the start of it that no other shares', async () => {
  const place = await makePlace();
  const old = await recordSession(place.folder, { startedAtMs: Date.UTC(2024, 5, 1) });
  const young = await recordSession(place.folder, { startedAtMs: Date.UTC(2025, 5, 1) });
  const { library } = await open(place);
  expect((await library.get(old.recordingId)).path).toBe(old.path);
  expect((await library.get('2025')).path).toBe(young.path);
  await expect(library.get('202')).rejects.toMatchObject({ code: 'bad-input' });
  await expect(library.get('1999')).rejects.toMatchObject({ code: 'recording-not-found' });
  await expect(library.get('')).rejects.toMatchObject({ code: 'recording-not-found' });
});

test('an id leads nowhere outside of the folder', async () => {
  const place = await makePlace();
  const outside = await recordSession(place.cacheFolder);
  const { library } = await open(place);
  const path = join('..', basename(place.cacheFolder), outside.recordingId);
  await expect(library.get(path)).rejects.toMatchObject({ code: 'recording-not-found' });
  await expect(library.remove(path)).rejects.toMatchObject({ code: 'recording-not-found' });
  expect(await readdir(place.cacheFolder)).toContain(basename(outside.path));
});

test('removing a recording removes all that belongs to it and announces it', async () => {
  const place = await makePlace();
  const { recordingId } = await recordSession(place.folder);
  const kept = await recordSession(place.folder);
  // What the folder tells by itself comes a second later: here not at all.
  const { library, changes } = await open(place, { clock: createManualClock() });
  await library.list();
  await library.remove(recordingId);
  expect(changes).toEqual([{ kind: 'removed', recordingId }]);
  expect((await readdir(place.folder)).sort()).toEqual(
    [kept.path, chainPathOf(kept.path), sidecarPathOf(kept.path)].map((path) => basename(path)).sort(),
  );
  await expect(library.remove(recordingId)).rejects.toMatchObject({ code: 'recording-not-found' });
});

test('the start of an id is enough to find but not to remove', async () => {
  const place = await makePlace();
  const { recordingId } = await recordSession(place.folder);
  const { library } = await open(place);
  await expect(library.remove(recordingId.slice(0, 8))).rejects.toMatchObject({
    code: 'recording-not-found',
  });
  expect(await library.list()).toHaveLength(1);
});

test('a live recording is not removed', async () => {
  const place = await makePlace();
  const { library } = await open(place);
  const writer = await createCastWriter({ clock, folder: place.folder }, WEB_SHELL);
  await expect(library.remove(writer.recordingId)).rejects.toMatchObject({ code: 'bad-input' });
  await writer.close({ kind: 'closed' }, clock.nowMicros());
  await library.remove(writer.recordingId);
  expect(await readdir(place.folder)).toEqual([]);
});

test('after a start a recording is read again only if its files have changed', async () => {
  const place = await makePlace();
  const [same, other] = [await recordSession(place.folder), await recordSession(place.folder)];
  const [before, after] = [new Date(NEW_YEAR_MS), new Date(NEW_YEAR_MS + 1)];
  for (const { path } of [same, other]) await utimes(sidecarPathOf(path), before, before);
  const first = await open(place);
  await first.library.list();
  await first.life.end();

  // Both say something else now, at the same length: whoever reads them sees it.
  for (const { path } of [same, other]) {
    const text = await readFile(sidecarPathOf(path), 'utf8');
    await writeFile(sidecarPathOf(path), text.replace('"web-1"', '"web-2"'));
  }
  await utimes(sidecarPathOf(same.path), before, before);
  await utimes(sidecarPathOf(other.path), after, after);
  const { library } = await open(place);
  expect((await library.get(same.recordingId)).pod).toBe('web-1');
  expect((await library.get(other.recordingId)).pod).toBe('web-2');
});

test('without its index the library is the same', async () => {
  const place = await makePlace();
  await recordSession(place.folder);
  await recordCutSession(place.folder);
  const first = await open(place);
  const before = await first.library.list();
  await first.life.end();
  await rm(place.cacheFolder, { recursive: true });
  const second = await open(place);
  expect(await second.library.list()).toEqual(before);
});

test('many callers that ask for one refresh share it', async () => {
  const place = await makePlace();
  const { recordingId } = await recordSession(place.folder);
  const { library, changes } = await open(place);
  await Promise.all(Array.from({ length: 100 }, () => library.refresh(recordingId)));
  expect(changes).toHaveLength(1);
});

test('a recordings folder that is a file is named', async () => {
  const place = await makePlace();
  const { library } = await open(place);
  await rm(place.folder, { recursive: true });
  await writeFile(place.folder, '');
  await expect(library.list()).rejects.toMatchObject({
    code: 'recording-unreadable',
    message: expect.stringContaining(place.folder),
  });
});

test('two hundred recordings are listed by eight readers at once', async () => {
  const place = await makePlace();
  await Promise.all(Array.from({ length: 200 }, () => recordSession(place.folder)));
  const { library } = await open(place);
  const lists = await Promise.all(Array.from({ length: 8 }, () => library.list()));
  expect(lists.map((list) => list.length)).toEqual(Array.from({ length: 8 }, () => 200));
});
