import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../../main/base/log.ts';
import { type IndexEntry, openRecordingIndex, type RecordingIndex } from '../../../main/library/index.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { ALL_FACTS } from '../../fakes/recording-facts.ts';

const log = createLog({ level: 'silent' });

async function newPath(): Promise<string> {
  return join(await makeCastFolder(), 'library.sqlite');
}

function open(path: string): RecordingIndex {
  const index = openRecordingIndex({ log }, path);
  onTestFinished(() => index.close());
  return index;
}

function makeEntry(recordingId: string, more: Partial<IndexEntry['recording']> = {}): IndexEntry {
  return {
    stamp: {
      castBytes: 10,
      castModifiedMs: 1.5,
      sidecarBytes: 0,
      sidecarModifiedMs: 0,
      annotationBytes: 4,
      annotationModifiedMs: 2.5,
    },
    recording: {
      recordingId,
      context: 'kind',
      namespace: 'shop',
      pod: 'web-1',
      container: 'app',
      command: ['sh', '-c', "echo 'ü'"],
      startedAtMs: 1,
      durationMicros: 2,
      bytes: 10,
      size: { cols: 80, rows: 24 },
      state: 'closed',
      path: `/r/${recordingId}.cast`,
      ...more,
    },
  };
}

test('what was stored is there after the next start', async () => {
  const path = await newPath();
  const entries = [
    makeEntry('a', { exitCode: 3, invalidBytes: 7, ...ALL_FACTS }),
    makeEntry('b', { state: 'cut', note: 'died', pausedBytes: 3 }),
    makeEntry('c', { tags: ['incident'], comment: 'two\nlines', isPinned: true }),
    makeEntry('d', { encryptedTo: ['age1'], encryptedWords: 'YWdl', annotationProblem: 'why' }),
  ];
  const first = open(path);
  first.store(entries, []);
  first.close();
  expect(open(path).load()).toEqual(entries);
});

test('an entry is replaced by its id and removed by it', async () => {
  const index = open(await newPath());
  index.store([makeEntry('a'), makeEntry('b')], []);
  index.store([makeEntry('a', { bytes: 99 })], ['b', 'never there']);
  expect(index.load()).toEqual([makeEntry('a', { bytes: 99 })]);
});

test('two processes may use one index', async () => {
  const path = await newPath();
  const [first, second] = [open(path), open(path)];
  first.store([makeEntry('a')], []);
  second.store([makeEntry('b')], []);
  expect(first.load()).toHaveLength(2);
});

test('a file that is no database is built anew', async () => {
  const path = await newPath();
  await writeFile(path, 'this is no database, and long enough to be looked at as one'.repeat(100));
  const index = open(path);
  expect(index.load()).toEqual([]);
  index.store([makeEntry('a')], []);
  expect(index.load()).toHaveLength(1);
});

test('a database that was damaged is built anew', async () => {
  const path = await newPath();
  const first = open(path);
  first.store(
    Array.from({ length: 200 }, (_, number) => makeEntry(`id-${number}`)),
    [],
  );
  first.close();
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(0xff, 100));
  const index = open(path);
  expect(index.load()).toEqual([]);
  index.store([makeEntry('a')], []);
  index.close();
  expect(open(path).load()).toHaveLength(1);
});

test('the index of another version is dropped', async () => {
  const path = await newPath();
  const first = open(path);
  first.store([makeEntry('a')], []);
  first.close();
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 999');
  database.close();
  expect(open(path).load()).toEqual([]);
});

test('a row that cannot be understood is left out', async () => {
  const path = await newPath();
  const first = open(path);
  first.store([makeEntry('a'), makeEntry('b'), makeEntry('c')], []);
  first.close();
  const database = new DatabaseSync(path);
  database.exec(`UPDATE recordings SET entry = '{"stamp":' WHERE id = 'a'`);
  database.exec(`UPDATE recordings SET entry = json_set(entry, '$.recording.bytes', 'many') WHERE id = 'b'`);
  database.close();
  expect(open(path).load()).toEqual([makeEntry('c')]);
});

test('without a place for it there is no index, and nobody fails', () => {
  const index = open('/nowhere/at/all/library.sqlite');
  index.store([makeEntry('a')], []);
  expect(index.load()).toEqual([]);
  index.close();
});
