// covers: main/search/search-worker.ts
// covers: main/search/text-reader.ts
// covers: main/search/find-text.ts
import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { formatEvent } from '../../../main/recording/cast/cast.ts';
import { createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import { WEB_SHELL } from '../../fakes/cast-folder.ts';
import { makeKeyring, recordEncrypted } from '../../fakes/encryption.ts';
import { makeSearchPlace, openTestSearch, placeOutputs } from '../../fakes/search.ts';

test('a part of a word is found whatever its case, with its line, its time and what is around it', async () => {
  const place = await makeSearchPlace();
  await placeOutputs(place.folder, 'one', [
    'first\r\n',
    '\u001b[1mPod\u001b[0m web-1499 Ready\r\n',
    '发生错误了\r\n',
  ]);
  const opened = await openTestSearch(place);
  await opened.settle();
  expect((await opened.find('WEB-14')).recordings).toEqual([
    {
      recordingId: 'one',
      lineCount: 1,
      lines: [
        {
          timeMicros: 1_000_000,
          text: 'Pod web-1499 Ready',
          place: { from: 4, to: 10 },
          before: 'first',
          after: '发生错误了',
        },
      ],
    },
  ]);
  expect(await opened.lines('错误')).toEqual(['one: 发生错误了']);
  expect(await opened.lines('y')).toEqual(['one: Pod web-1499 Ready']);
  expect(await opened.lines('web-15')).toEqual([]);
});

test('recordings come newest first, in pages, and only those that are asked for', async () => {
  const place = await makeSearchPlace();
  for (const day of [1, 3, 2]) {
    const lines = Array.from({ length: 5 }, (_, number) => `needle ${number}\r\n`);
    await placeOutputs(place.folder, `day-${day}`, lines, 1_700_000_000 + day * 86_400);
  }
  const opened = await openTestSearch(place);
  await opened.settle();
  const first = await opened.find('needle', { maxRecordings: 2, maxLines: 3 });
  expect(first.recordings.map(({ recordingId }) => recordingId)).toEqual(['day-3', 'day-2']);
  expect(first.recordings[0]).toMatchObject({ lineCount: 5, lines: [{}, {}, {}] });
  expect(first.hasMore).toBe(true);
  const second = await opened.find('needle', { maxRecordings: 2, afterId: 'day-2' });
  expect(second).toMatchObject({ recordings: [{ recordingId: 'day-1' }], hasMore: false });
  const only = await opened.find('needle', { matches: ({ recordingId }) => recordingId === 'day-2' });
  expect(only.recordings.map(({ recordingId }) => recordingId)).toEqual(['day-2']);
});

test('a text that cannot be searched for is refused, and a question that is not waited for ends', async () => {
  const opened = await openTestSearch(await makeSearchPlace());
  await expect(opened.find('')).rejects.toMatchObject({ code: 'bad-input' });
  await expect(opened.find('x'.repeat(300))).rejects.toMatchObject({ code: 'bad-input' });
  const aborted = new AbortController();
  const asked = opened.search.find({ text: 'x', maxLines: 1, maxRecordings: 1 }, { signal: aborted.signal });
  aborted.abort(new Error('not any more'));
  await expect(asked).rejects.toThrow('not any more');
});

test('nothing of an encrypted recording is kept, and the answer says that it was not searched', async () => {
  const place = await makeSearchPlace();
  const { recipient } = await makeKeyring();
  await recordEncrypted(place.folder, [recipient], ['planted-in-the-dark\r\n']);
  await placeOutputs(place.folder, 'clear', ['planted-in-the-light\r\n']);
  const opened = await openTestSearch(place);
  await opened.settle();
  const answer = await opened.find('planted');
  expect(answer.recordings.map(({ recordingId }) => recordingId)).toEqual(['clear']);
  expect(answer.unsearched).toEqual({ encrypted: 1, waiting: 0, unreadable: 0 });
  await opened.end();
  for (const name of await readdir(place.cacheFolder)) {
    expect((await readFile(join(place.cacheFolder, name))).includes('in-the-dark')).toBe(false);
  }
});

test('what is removed is found no more, and what comes is found', async () => {
  const place = await makeSearchPlace();
  await placeOutputs(place.folder, 'old', ['needle of old\r\n']);
  const opened = await openTestSearch(place);
  await opened.settle();
  await opened.library.remove('old');
  expect(await opened.lines('needle')).toEqual([]);
  await placeOutputs(place.folder, 'new', ['needle of now\r\n']);
  await opened.library.refresh('new');
  await opened.settle();
  expect(await opened.lines('needle')).toEqual(['new: needle of now']);
});

test('what was deleted while nobody looked is found no more', async () => {
  const place = await makeSearchPlace();
  const path = await placeOutputs(place.folder, 'gone', ['needle\r\n']);
  const first = await openTestSearch(place);
  await first.settle();
  await first.end();
  await rm(path);
  const second = await openTestSearch(place);
  await second.settle();
  expect(await second.lines('needle')).toEqual([]);
});

test('the cache comes back when it was deleted, and when it was damaged', async () => {
  const place = await makeSearchPlace();
  await placeOutputs(place.folder, 'one', ['needle\r\n']);
  const search = async (): Promise<string[]> => {
    const opened = await openTestSearch(place);
    await opened.settle();
    const lines = await opened.lines('needle');
    await opened.end();
    return lines;
  };
  expect(await search()).toEqual(['one: needle']);
  await rm(place.cacheFolder, { recursive: true });
  expect(await search()).toEqual(['one: needle']);
  await writeFile(join(place.cacheFolder, 'screen-text.sqlite'), Buffer.alloc(100_000, 'noise'));
  expect(await search()).toEqual(['one: needle']);
});

test('a recording that has become another is read again', async () => {
  const place = await makeSearchPlace();
  await placeOutputs(place.folder, 'one', ['needle\r\n']);
  const opened = await openTestSearch(place);
  await opened.settle();
  await placeOutputs(place.folder, 'one', ['thread, and longer than before\r\n']);
  await opened.library.refresh('one');
  await opened.settle();
  expect(await opened.lines('needle')).toEqual([]);
  expect(await opened.lines('thread')).toHaveLength(1);
});

test('a live session is searched as it goes on, with what is being typed', async () => {
  const place = await makeSearchPlace();
  const clock = createSystemClock();
  const opened = await openTestSearch(place);
  const writer = await createCastWriter({ clock, folder: place.folder }, WEB_SHELL);
  // As fast as somebody types, however busy the machine is: what has stood for seconds is a line of its own.
  let typedMicros = clock.nowMicros();
  async function show(text: string): Promise<void> {
    typedMicros += 100_000;
    await writer.output(Buffer.from(text), typedMicros);
    await writer.sync();
    await opened.library.refresh(writer.recordingId);
    await opened.settle();
  }
  await show('\u001b[2J\u001b[Hfirst screen\r\n$ typ');
  expect(await opened.lines('first screen')).toHaveLength(1);
  expect(await opened.lines('$ typ')).toHaveLength(1);
  await show('ing');
  expect(await opened.lines('$ typing')).toHaveLength(1);
  expect(await opened.lines('$ typ')).toHaveLength(1);
  await writer.close({ kind: 'closed' }, clock.nowMicros());
  await opened.library.refresh(writer.recordingId);
  await opened.settle();
  expect(await opened.lines('$ typing')).toHaveLength(1);
  expect((await opened.library.get(writer.recordingId)).state).toBe('closed');
});

test('half a line at the end is read when it is whole', async () => {
  const place = await makeSearchPlace();
  const path = await placeOutputs(place.folder, 'one', ['needle one\r\n']);
  const line = formatEvent({ kind: 'output', timeMicros: 9_000_000, text: 'needle two\r\n' });
  await appendFile(path, line.slice(0, 15));
  const opened = await openTestSearch(place);
  await opened.settle();
  expect(await opened.lines('needle')).toHaveLength(1);
  await appendFile(path, line.slice(15));
  await opened.library.refresh('one');
  await opened.settle();
  expect(await opened.lines('needle')).toHaveLength(2);
});

test('a recording that cannot be read is counted, and keeps no other from being read', async () => {
  const place = await makeSearchPlace();
  await writeFile(join(place.folder, 'bad.cast'), 'no cast at all\n');
  await placeOutputs(place.folder, 'good', ['needle\r\n']);
  const opened = await openTestSearch(place);
  await opened.settle();
  expect(await opened.find('needle')).toMatchObject({
    recordings: [{ recordingId: 'good' }],
    unsearched: { unreadable: 1 },
  });
});

test('damage within a recording hides nothing but itself', async () => {
  const place = await makeSearchPlace();
  const path = await placeOutputs(place.folder, 'one', ['before\r\n', 'hurt\r\n', 'after needle\r\n']);
  await writeFile(path, (await readFile(path, 'utf8')).replace('"hurt', 'hurt'));
  const opened = await openTestSearch(place);
  await opened.settle();
  expect(await opened.lines('after needle')).toHaveLength(1);
});

test('hostile recordings are read, and what is good in them is found', async () => {
  const place = await makeSearchPlace();
  await placeOutputs(place.folder, 'huge-line', ['needle-start ', 'x'.repeat(3_000_000), ' needle-end']);
  await placeOutputs(place.folder, 'escapes', [`${'\u001b[999;999H\u001b[2J'.repeat(50_000)}needle-escaped`]);
  await placeOutputs(place.folder, 'open-string', ['\u001b]0;', 'a'.repeat(500_000), '\u0007needle-titled']);
  await placeOutputs(place.folder, 'scrolls', [
    '\u001b[1;24r',
    '\u001bM\u001bD'.repeat(50_000),
    'needle-scrolled',
  ]);
  const opened = await openTestSearch(place);
  await opened.settle();
  for (const end of ['start', 'end', 'escaped', 'titled', 'scrolled']) {
    expect((await opened.find(`needle-${end}`)).recordings).toHaveLength(1);
  }
});
