// covers: main/library/storage.ts
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Clock } from '../../../main/base/clock.ts';
import { createSystemClock } from '../../../main/base/clock.ts';
import { createLifetime, type Lifetime } from '../../../main/base/lifetime.ts';
import { createLog } from '../../../main/base/log.ts';
import { type Library, openLibrary } from '../../../main/library/library.ts';
import { createPruning, type Pruning } from '../../../main/library/pruning.ts';
import type { RetentionRules } from '../../../main/library/retention.ts';
import { measureRecordings } from '../../../main/library/storage.ts';
import { createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import { makeCastFolder, WEB_SHELL } from '../../fakes/cast-folder.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { recordSession } from '../../fakes/recordings.ts';
import { eventually } from '../../fakes/until.ts';

const { signal } = new AbortController();
const log = createLog({ level: 'silent' });
const DAY_MS = 86_400_000;

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
  readonly pruning: Pruning;
  readonly swept: ReadonlySet<string>[];
}

async function open(place: Place, rules: Partial<RetentionRules> = {}, clock?: Clock): Promise<Opened> {
  const life = createLifetime('library');
  lives.push(life);
  const chosen = { days: 0, quotaBytes: 0, ...rules };
  const knownKeyIds = async () => new Set<string>();
  const library = await openLibrary({ clock: createSystemClock(), log, knownKeyIds, ...place }, life);
  const swept: ReadonlySet<string>[] = [];
  const pruning = createPruning({
    clock: clock ?? createSystemClock(),
    log,
    library,
    ...place,
    rules: async () => chosen,
    sweep: async (ids) => void swept.push(ids),
  });
  return { library, pruning, swept };
}

/** Recorded so many days ago. */
async function recordOld(folder: string, days: number): Promise<string> {
  const atMs = Date.now() - days * DAY_MS;
  const { recordingId, path } = await recordSession(folder, { startedAtMs: atMs });
  await utimes(path, atMs / 1_000, atMs / 1_000);
  return recordingId;
}

async function idsIn(folder: string): Promise<string[]> {
  return (await readdir(folder))
    .filter((name) => name.endsWith('.cast'))
    .map((name) => name.slice(0, -5))
    .sort();
}

test('a dry run tells what would go and what stays, and deletes nothing', async () => {
  const place = await makePlace();
  const [young, old, pinned] = [
    await recordOld(place.folder, 1),
    await recordOld(place.folder, 40),
    await recordOld(place.folder, 50),
  ];
  const { library, pruning } = await open(place, { days: 30 });
  await library.annotate([pinned], { isPinned: true });
  const before = await readdir(place.folder);
  const report = await pruning.prune({ isDryRun: true, signal });
  expect(report).toMatchObject({
    rules: { days: 30, quotaBytes: 0 },
    drops: [{ recordingId: old, rule: 'age' }],
    kept: [{ recordingId: pinned, rule: 'age', protection: 'pinned' }],
    failures: [],
  });
  const { totalBytes } = (await measureRecordings(place.folder)).get(old) ?? {};
  expect(report.freedBytes).toBe(totalBytes);
  expect(await readdir(place.folder)).toEqual(before);
  expect((await pruning.prune({ isDryRun: false, signal })).drops).toEqual(report.drops);
  expect(await idsIn(place.folder)).toEqual([young, pinned].sort());
});

test('the quota counts all files of a recording', async () => {
  const place = await makePlace();
  const [older, newer] = [await recordOld(place.folder, 2), await recordOld(place.folder, 1)];
  await writeFile(join(place.folder, `${older}.stderr`), 'x'.repeat(10_000));
  const { pruning } = await open(place, { quotaBytes: 10_000 });
  const { drops } = await pruning.prune({ isDryRun: false, signal });
  expect(drops).toMatchObject([{ recordingId: older, rule: 'quota' }]);
  expect(drops[0]?.totalBytes).toBeGreaterThan(10_000);
  expect(await idsIn(place.folder)).toEqual([newer]);
});

test('what is recorded now stays, however small the quota', async () => {
  const place = await makePlace();
  await recordOld(place.folder, 2);
  const writer = await createCastWriter({ clock: createSystemClock(), folder: place.folder }, WEB_SHELL);
  const { pruning } = await open(place, { quotaBytes: 1 });
  const report = await pruning.prune({ isDryRun: false, signal });
  expect(report.kept).toMatchObject([{ recordingId: writer.recordingId, protection: 'live' }]);
  expect(report.excessBytes).toBeGreaterThan(0);
  expect(await idsIn(place.folder)).toEqual([writer.recordingId]);
  await writer.close({ kind: 'closed' }, 0);
});

test('an import of an old recording is as old as its file here', async () => {
  const place = await makePlace();
  const { recordingId } = await recordSession(place.folder, { startedAtMs: Date.UTC(2019, 0, 1) });
  const { pruning } = await open(place, { days: 30 });
  expect((await pruning.prune({ isDryRun: false, signal })).drops).toEqual([]);
  expect(await idsIn(place.folder)).toEqual([recordingId]);
});

test('two apps that prune at once let the same recordings go, and none fails', async () => {
  const place = await makePlace();
  for (let days = 31; days < 37; days += 1) await recordOld(place.folder, days);
  const young = await recordOld(place.folder, 1);
  const [one, other] = [await open(place, { days: 30 }), await open(place, { days: 30 })];
  const reports = await Promise.all(
    [one, other].map(({ pruning }) => pruning.prune({ isDryRun: false, signal })),
  );
  expect(reports.flatMap(({ failures }) => failures)).toEqual([]);
  expect(reports.flatMap(({ drops }) => drops)).toHaveLength(6);
  expect(await idsIn(place.folder)).toEqual([young]);
});

test('what another app pins while recordings go stays', async () => {
  const place = await makePlace();
  const first = await recordOld(place.folder, 40);
  const second = await recordOld(place.folder, 39);
  const [one, other] = [await open(place, { days: 30 }), await open(place)];
  let pinning: Promise<void> | undefined;
  one.library.onChanged((change) => {
    if (change.kind === 'removed') pinning ??= other.library.annotate([second], { isPinned: true });
  });
  // The pin takes the lock of the second one, and the deletion waits for it or comes first: one of both holds.
  const report = await one.pruning.prune({ isDryRun: false, signal });
  await pinning?.catch(() => {});
  const left = await idsIn(place.folder);
  expect(report.drops.map(({ recordingId }) => recordingId)).toEqual(
    left.length === 0 ? [first, second] : [first],
  );
  expect((await readdir(place.folder)).filter((name) => !name.startsWith(left[0] ?? '-'))).toEqual([]);
});

test('a recording that is being read is read to its end, also where it goes meanwhile', async () => {
  const place = await makePlace();
  const recordingId = await recordOld(place.folder, 40);
  const { library, pruning } = await open(place, { days: 30 });
  const items = library.read(recordingId, { signal });
  expect((await items.next()).value).toMatchObject({ kind: 'header' });
  await pruning.prune({ isDryRun: false, signal });
  const kinds: string[] = [];
  for await (const item of items) kinds.push(item.kind);
  // Windows deletes nothing that is open: it goes the next time.
  expect(kinds).toEqual(['event', 'event']);
});

test('storage is what is on the disk', async () => {
  const place = await makePlace();
  await recordOld(place.folder, 1);
  await writeFile(join(place.cacheFolder, 'some.cache'), 'x'.repeat(5_000));
  await writeFile(join(place.folder, 'stray.txt'), 'not ours');
  await writeFile(join(place.folder, 'orphan.json'), '{}');
  const { pruning } = await open(place, { quotaBytes: 99 });
  const use = await pruning.storage();
  const ours = (await readdir(place.folder)).filter((name) => !/stray|orphan/.test(name));
  const sizes = await Promise.all(
    ours.map(async (name) => (await readFile(join(place.folder, name))).length),
  );
  expect(use).toMatchObject({
    recordings: 1,
    recordingBytes: sizes.reduce((sum, size) => sum + size, 0),
    quotaBytes: 99,
  });
  expect(use.cacheBytes).toBeGreaterThanOrEqual(5_000);
  expect(use.freeBytes).toBeGreaterThan(0);
});

test('an app looks through its recordings a while after its start, then each hour', async () => {
  const place = await makePlace();
  const old = await recordOld(place.folder, 40);
  const clock = createManualClock();
  clock.setWallMs(Date.now());
  const { pruning, swept } = await open(place, { days: 30 }, clock);
  const ending = new AbortController();
  const kept = pruning.keepUp({ signal: ending.signal });
  await clock.advance(4 * 60_000);
  expect(await idsIn(place.folder)).toEqual([old]);
  await clock.advance(60_000);
  await eventually(() => expect(swept).toEqual([new Set()]));
  expect(await idsIn(place.folder)).toEqual([]);
  await eventually(() => expect(clock.sleepers).toBe(1));
  await recordOld(place.folder, 50);
  await clock.advance(59 * 60_000);
  expect(await idsIn(place.folder)).toHaveLength(1);
  await clock.advance(60_000);
  await eventually(() => expect(swept).toHaveLength(2));
  expect(await idsIn(place.folder)).toEqual([]);
  ending.abort();
  await kept;
});
