import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createWindowLine, type WindowLine } from '../../../main/hosts/electron/window-line.ts';
import type { ContractClient } from '../../../preload/client.ts';
import type { DesktopWish } from '../../../preload/contract-desktop.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { until } from '../../fakes/until.ts';

const CAST =
  '{"version":2,"width":100,"height":30,"timestamp":1700000000,"title":"ti\\u202etle","command":"htop"}\n[1.5,"o","hi"]\n';

let app: TestCore;
beforeAll(async () => {
  app = await startTestCore();
});
afterAll(() => app.end());

const pages: ContractClient[] = [];
afterEach(() => {
  for (const page of pages.splice(0)) page.close();
});

interface Window {
  readonly line: WindowLine;
  readonly page: ContractClient;
  readonly wishes: DesktopWish[];
  /** Wishes that a file be opened, and waits for what the page hears of it. */
  open(path: string): Promise<DesktopWish | undefined>;
}

function connect(line?: WindowLine): ContractClient {
  const page = app.connect(line);
  pages.push(page);
  return page;
}

async function openWindow(): Promise<Window> {
  const line = createWindowLine();
  const page = connect(line);
  const wishes: DesktopWish[] = [];
  page.on('desktop.wished', (wish) => wishes.push(wish));
  await page.call('desktop.attend', { commands: ['find'] });
  return {
    line,
    page,
    wishes,
    async open(path) {
      const before = wishes.length;
      line.wish({ kind: 'file', path });
      await until(() => wishes.length > before);
      return wishes.at(-1);
    },
  };
}

test('what is wished of a window reaches its page, and no other’s', async () => {
  const [one, other] = [await openWindow(), await openWindow()];
  one.line.wish({ kind: 'command', command: 'find' });
  one.line.wish({ kind: 'recording', recordingId: 'r1', timeMicros: 5 });
  await until(() => one.wishes.length === 2);
  expect(one.wishes).toEqual([
    { kind: 'command', command: 'find' },
    { kind: 'recording', recordingId: 'r1', timeMicros: 5 },
  ]);
  expect(other.wishes).toEqual([]);
  expect([...one.line.commands()]).toEqual(['find']);
});

test('a page that has gone is wished nothing, and its window waits for the next', async () => {
  const { line, page } = await openWindow();
  page.close();
  await until(() => line.commands().size === 0);
});

test('a page without such a window attends in vain', async () => {
  const page = connect();
  expect(await page.call('desktop.attend', { commands: [] })).toEqual({});
});

test('a command that there is none of is refused at the door', async () => {
  const { page } = await openWindow();
  const commands = ['rm -rf'] as never;
  await expect(page.call('desktop.attend', { commands })).rejects.toMatchObject({ code: 'bad-input' });
});

test('a cast that is opened says what it is, and is imported only when the page says so', async () => {
  const folder = await makeCastFolder();
  const path = join(folder, 'theirs.cast.gz');
  await writeFile(path, gzipSync(CAST));
  const { open, page } = await openWindow();
  const wish = await open(path);
  expect(wish).toMatchObject({
    kind: 'file',
    file: {
      name: 'theirs.cast.gz',
      format: 'asciicast v2',
      packing: 'gzip',
      size: { cols: 100, rows: 30 },
      startedAtMs: 1_700_000_000_000,
      title: 'ti\u202etle',
      command: 'htop',
    },
  });
  expect(await page.call('library.list', {})).toEqual([]);

  if (wish?.kind !== 'file') throw new Error('it was not offered');
  const { recordingId } = await page.call('desktop.import', { fileId: wish.file.fileId });
  expect((await page.call('library.list', {})).map((one) => one.recordingId)).toEqual([recordingId]);
  // Once is enough.
  await expect(page.call('desktop.import', { fileId: wish.file.fileId })).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('one that is left cannot be imported any more, nor by another window', async () => {
  const path = join(await makeCastFolder(), 'theirs.cast');
  await writeFile(path, CAST);
  const { open, page } = await openWindow();
  const wish = await open(path);
  if (wish?.kind !== 'file') throw new Error('it was not offered');
  const { fileId } = wish.file;
  const other = await openWindow();
  await expect(other.page.call('desktop.import', { fileId })).rejects.toMatchObject({ code: 'not-found' });
  await page.call('desktop.leave', { fileId });
  await expect(page.call('desktop.import', { fileId })).rejects.toMatchObject({ code: 'not-found' });
  await expect(page.call('desktop.import', { fileId: path })).rejects.toMatchObject({ code: 'not-found' });
});

test('what is no recording, no file or not there says so', async () => {
  const folder = await makeCastFolder();
  const { open } = await openWindow();
  await writeFile(join(folder, 'notes.txt'), 'Dear diary');
  expect(await open(join(folder, 'notes.txt'))).toMatchObject({
    kind: 'refused',
    title: 'notes.txt was not opened',
    problem: { code: 'recording-unreadable', hint: expect.stringContaining('asciicast') },
  });
  await mkdir(join(folder, 'folder.cast'));
  expect(await open(join(folder, 'folder.cast'))).toMatchObject({
    kind: 'refused',
    problem: { code: 'bad-input', message: expect.stringContaining('is no file') },
  });
  expect(await open(join(folder, 'gone.cast'))).toMatchObject({
    kind: 'refused',
    problem: { code: 'not-found' },
  });
});

test.skipIf(process.platform === 'win32')('a pipe is not waited for', async () => {
  const pipe = join(await makeCastFolder(), 'pipe.cast');
  execFileSync('mkfifo', [pipe]);
  const { open } = await openWindow();
  expect(await open(pipe)).toMatchObject({ kind: 'refused', problem: { code: 'bad-input' } });
});

test('a recording that is in the library already is shown instead', async () => {
  const path = join(await makeCastFolder(), 'theirs.cast');
  await writeFile(path, CAST);
  const { open, page } = await openWindow();
  const wish = await open(path);
  if (wish?.kind !== 'file') throw new Error('it was not offered');
  const { recordingId } = await page.call('desktop.import', { fileId: wish.file.fileId });
  const own = join(app.core.paths.recordings, `${recordingId}.cast`);
  expect(await open(own)).toEqual({ kind: 'recording', recordingId });
  // A file of that name elsewhere is another.
  const copy = join(await makeCastFolder(), `${recordingId}.cast`);
  await copyFile(own, copy);
  expect(await open(copy)).toMatchObject({ kind: 'file' });
});
