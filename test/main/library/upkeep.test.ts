// covers: main/library/deletion.ts
// covers: main/library/encrypted-words.ts
// covers: main/library/recordings-folder.ts
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { createLifetime, type Lifetime } from '../../../main/base/lifetime.ts';
import { createLog } from '../../../main/base/log.ts';
import {
  type LibraryChange,
  type LibraryNeeds,
  openLibrary,
  type RecordingUploads,
} from '../../../main/library/library.ts';
import { changeAnnotation } from '../../../main/recording/annotation.ts';
import { annotationPathOf } from '../../../main/recording/annotation-file.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { makeKeyring, recordEncrypted } from '../../fakes/encryption.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { recordSession } from '../../fakes/recordings.ts';
import { until } from '../../fakes/until.ts';

const clock = createSystemClock();
const log = createLog({ level: 'silent' });

const lives: Lifetime[] = [];
afterEach(async () => {
  for (const life of lives.splice(0)) await life.end();
});

async function makePlace(): Promise<{ folder: string; cacheFolder: string }> {
  return { folder: await makeCastFolder(), cacheFolder: await makeCastFolder() };
}

async function open(needs: Pick<LibraryNeeds, 'folder' | 'cacheFolder'> & Partial<LibraryNeeds>) {
  const life = createLifetime('library');
  lives.push(life);
  const library = await openLibrary({ clock, log, knownKeyIds: async () => new Set(), ...needs }, life);
  const changes: LibraryChange[] = [];
  library.onChanged((change) => changes.push(change));
  return { library, changes };
}

test('what is said of recordings stands in their rows, is announced, and is there after a restart', async () => {
  const place = await makePlace();
  const ids = [
    (await recordSession(place.folder)).recordingId,
    (await recordSession(place.folder)).recordingId,
  ];
  const { library, changes } = await open(place);
  await library.list();
  await library.annotate(ids, { addTags: ['incident'], comment: 'look here', isPinned: true });
  const said = { tags: ['incident'], comment: 'look here', isPinned: true };
  for (const row of await library.list()) expect(row).toMatchObject(said);
  expect(changes.map((change) => change.kind === 'put' && change.recording.tags)).toEqual([
    ['incident'],
    ['incident'],
  ]);
  const { library: next } = await open(place);
  for (const row of await next.list()) expect(row).toMatchObject(said);
});

test('changes in quick succession are all seen', async () => {
  const place = await makePlace();
  const { recordingId } = await recordSession(place.folder);
  const { library } = await open(place);
  for (const letter of 'abcdefgh') {
    await library.annotate([recordingId], { comment: letter });
    expect((await library.get(recordingId)).comment).toBe(letter);
  }
});

test('what another process says is announced', async () => {
  const place = await makePlace();
  const { recordingId, path } = await recordSession(place.folder);
  const turned = createManualClock();
  const { library, changes } = await open({ ...place, clock: turned });
  await library.list();
  await changeAnnotation({ clock, keys: undefined }, path, undefined, { isPinned: true });
  await until(async () => {
    await turned.advance(1_000);
    return changes.some((change) => change.kind === 'put' && change.recording.isPinned);
  });
  expect((await library.get(recordingId)).isPinned).toBe(true);
});

test('the words of an encrypted recording are shown with its key, and stand nowhere in the clear', async () => {
  const place = await makePlace();
  const { keys, recipient } = await makeKeyring();
  const { recordingId } = await recordEncrypted(place.folder, [recipient], ['hello']);
  const { library } = await open({ ...place, keys });
  await library.annotate([recordingId], { addTags: ['payroll'], comment: 'salaries shown' });
  const [row] = await library.list();
  expect(row).toMatchObject({ tags: ['payroll'], comment: 'salaries shown' });
  expect(row).not.toHaveProperty('encryptedWords');
  for (const life of lives.splice(0)) await life.end();
  for (const folder of [place.folder, place.cacheFolder]) {
    for (const name of await readdir(folder)) {
      expect(await readFile(join(folder, name), 'latin1')).not.toMatch(/payroll|salaries/);
    }
  }
  const { library: locked } = await open(place);
  const [lockedRow] = await locked.list();
  expect(lockedRow).toMatchObject({ isLocked: true });
  expect(lockedRow).not.toHaveProperty('tags');
  const { library: opened } = await open({ ...place, keys });
  expect((await opened.list())[0]).toMatchObject({ tags: ['payroll'], comment: 'salaries shown' });
});

test('an annotation that cannot be read is told, and takes nothing from its recording', async () => {
  const place = await makePlace();
  const { recordingId, path } = await recordSession(place.folder);
  await writeFile(annotationPathOf(path), '{');
  const { library } = await open(place);
  const row = await library.get(recordingId);
  expect(row).toMatchObject({ state: 'closed', pod: 'web-1' });
  expect(row.annotationProblem).toMatch('its tags and comment cannot be read');
});

const NO_UPLOADS: RecordingUploads = {
  isOwed: () => false,
  isDelivered: () => false,
  refresh: async () => {},
  onStateChanged: () => () => {},
};

test('what a recorder has not got yet is owed', async () => {
  const place = await makePlace();
  const { recordingId } = await recordSession(place.folder);
  const { recordingId: other } = await recordSession(place.folder);
  const { library } = await open({
    ...place,
    uploads: { ...NO_UPLOADS, isOwed: (id) => id === recordingId },
  });
  expect((await library.get(recordingId)).isOwed).toBe(true);
  expect(await library.get(other)).not.toHaveProperty('isOwed');
});

test('nothing of a recording that is removed stays, nor of what a dead program had begun to write', async () => {
  const place = await makePlace();
  const { recordingId, path } = await recordSession(place.folder);
  const kept = await recordSession(place.folder);
  const forgotten: string[] = [];
  const { library } = await open({ ...place, forget: async (id) => void forgotten.push(id) });
  await library.annotate([recordingId], { addTags: ['a'] });
  for (const suffix of ['.json', '.annotation', '.marks']) {
    await writeFile(path.replace('.cast', `${suffix}.0123456789ab.tmp`), 'half');
  }
  await writeFile(path.replace('.cast', '.notes.cast'), 'another one with a longer name');
  expect(await library.remove(recordingId)).toBe(true);
  const names = await readdir(place.folder);
  expect(names.filter((name) => name.startsWith(recordingId))).toEqual([`${recordingId}.notes.cast`]);
  expect(names).toContain(`${kept.recordingId}.cast`);
  expect(forgotten).toEqual([recordingId]);
});

test('what is no longer wanted to go stays, whoever said so last', async () => {
  const place = await makePlace();
  const { recordingId } = await recordSession(place.folder);
  const { library } = await open(place);
  const { library: other } = await open(place);
  await library.list();
  await other.annotate([recordingId], { isPinned: true });
  expect(await library.remove(recordingId, ({ isPinned }) => !isPinned)).toBe(false);
  expect((await library.list()).length).toBe(1);
});
