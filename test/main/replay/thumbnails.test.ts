// covers: main/replay/thumbnail-cache.ts
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatEvent, formatHeader } from '../../../main/recording/cast/cast.ts';
import type { RecordingThumbnail } from '../../../preload/contract.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { until } from '../../fakes/until.ts';

const SIZE = { cols: 80, rows: 24 };

let stage: TestCore;

beforeEach(async () => {
  stage = await startTestCore();
});
afterEach(() => stage.end());

function castPath(id: string): string {
  return join(stage.core.paths.recordings, `${id}.cast`);
}

function cacheFolder(): string {
  return join(stage.core.paths.cache, 'replay');
}

async function place(id: string, ...texts: readonly string[]): Promise<void> {
  const events = texts.map((text, index) => formatEvent({ kind: 'output', timeMicros: index * 1e6, text }));
  await writeFile(castPath(id), [formatHeader({ size: SIZE }), ...events].join(''));
}

function ask(id: string, options?: { readonly signal: AbortSignal }): Promise<RecordingThumbnail> {
  return stage.connect().call('library.thumbnail', { recordingId: id }, options);
}

function wordsOf(thumbnail: RecordingThumbnail): string {
  if (thumbnail.kind === 'none') return thumbnail.why;
  return thumbnail.rows.map((runs) => runs.map(({ text }) => text).join(' ')).join('\n');
}

async function storedFiles(): Promise<readonly string[]> {
  return (await readdir(cacheFolder()).catch((): string[] => [])).filter((name) =>
    name.endsWith('.thumbnail'),
  );
}

test('a page gets the screen of the busiest moment, with its colours', async () => {
  await place('one', '$ ls\r\n', '\x1b[32mbin\x1b[0m etc home usr var\r\n', '$ ');
  expect(await ask('one')).toEqual({
    kind: 'screen',
    timeMicros: 1e6,
    size: SIZE,
    rows: [
      [{ column: 0, cols: 4, text: '$ ls' }],
      [
        { column: 0, cols: 3, text: 'bin', fg: 2 },
        { column: 4, cols: 16, text: 'etc home usr var' },
      ],
    ],
  });
});

test('it is kept, made anew where the recording is another, and leaves with it', async () => {
  await place('one', 'before');
  expect(wordsOf(await ask('one'))).toBe('before');
  await until(async () => (await storedFiles()).length === 1);
  const file = join(cacheFolder(), 'one.thumbnail');
  const kept = await readFile(file, 'utf8');
  await writeFile(file, kept.replace('"before"', '"kept"'));
  expect(wordsOf(await ask('one'))).toBe('kept');
  await writeFile(file, '{"version":1,"cast":');
  expect(wordsOf(await ask('one'))).toBe('before');
  await place('one', 'another');
  await utimes(castPath('one'), 5, 5);
  const library = await stage.core.library();
  await library.refresh('one');
  expect(wordsOf(await ask('one'))).toBe('another');
  await library.remove('one');
  await until(async () => (await storedFiles()).length === 0);
});

test('one that shows nothing, and one that cannot be read, say so', async () => {
  await place('empty');
  await writeFile(castPath('broken'), 'no cast at all\n');
  expect(await ask('empty')).toEqual({ kind: 'none', why: 'empty' });
  expect(await ask('broken')).toEqual({ kind: 'none', why: 'unreadable' });
});

test('an encrypted one is drawn with its key, leaves nothing on the disk, and is locked without', async () => {
  const { core } = stage;
  const { recipient } = await core.decryptionKeys.create();
  const details = { context: 'kind', namespace: 'shop', pod: 'web', container: 'app', command: ['sh'] };
  const record = async (encryptTo: string): Promise<string> => {
    const writer = await core.newCastWriter(details, SIZE, { encryptTo: [encryptTo] });
    await writer.output(Buffer.from('a secret'), core.clock.nowMicros());
    await writer.close({ kind: 'closed' }, core.clock.nowMicros());
    return writer.recordingId;
  };
  const own = await record(recipient);
  const other = await startTestCore();
  const { recipient: foreign } = await other.core.decryptionKeys.create();
  await other.end();
  const locked = await record(foreign);
  expect(wordsOf(await ask(own))).toBe('a secret');
  expect(await ask(locked)).toEqual({ kind: 'none', why: 'locked' });
  expect(await storedFiles()).toEqual([]);
});

test('what is not wanted any more is not made, and the others are', async () => {
  const ids = ['a', 'b', 'c', 'd'];
  for (const id of ids) await place(id, `screen of ${id}`);
  const unwanted = new AbortController();
  const asked = ids.map((id) => ask(id, id === 'd' ? undefined : { signal: unwanted.signal }));
  unwanted.abort(new Error('scrolled away'));
  const answers = await Promise.allSettled(asked);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
  expect(await storedFiles()).toEqual(['d.thumbnail']);
  expect(wordsOf(await ask('a'))).toBe('screen of a');
});
