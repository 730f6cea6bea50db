import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from '../../../../main/base/log.ts';
import { createElectronUpdater } from '../../../../main/hosts/electron/electron-updater.ts';
import type { Updater } from '../../../../main/updates/updates.ts';
import { until } from '../../../fakes/until.ts';
import { type FeedServer, feedText, startFeedServer } from '../../../fakes/update-feed.ts';
import { createTestApp, type TestApp } from '../../../fakes/updater-parts.ts';

/** The real electron-updater takes an AppImage's place: Linux's own way, with Node's TLS for Chromium's. */
const FEED = 'latest-linux.yml';
const FILE = 'Kubereel-0.2.0.AppImage';
const signal = new AbortController().signal;
const onLinux = test.skipIf(process.platform !== 'linux');

let server: FeedServer;
let folder: string;
let appImage: string;
let marker: string;
let app: TestApp;
let updater: Updater;
let deeds: string[];
const progress: number[] = [];

beforeAll(async () => {
  server = await startFeedServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubereel-updates-'));
  appImage = join(folder, 'Kubereel.AppImage');
  marker = join(folder, 'started');
  deeds = [];
  progress.length = 0;
  server.files.clear();
  server.asked.length = 0;
  await writeFile(appImage, '#!/bin/sh\nexit 1\n');
  await chmod(appImage, 0o755);
  await writeFile(
    join(folder, 'app-update.yml'),
    'provider: generic\nurl: https://x.example\nupdaterCacheDirName: k\n',
  );
  vi.stubEnv('APPIMAGE', appImage);
  start('0.1.0');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

function start(version: string): void {
  app = createTestApp(version, folder, server.ca);
  updater = createElectronUpdater(
    {
      load: async () => app.parts,
      fetch: server.fetch,
      log: createLog({ level: 'silent' }),
      platform: 'linux',
      arch: 'x64',
      end: async () => void deeds.push('end'),
      releaseLock: () => deeds.push('release lock'),
      restart: () => deeds.push('restart'),
    },
    server.source,
  );
}

/** A program that says that it was started. */
function release(version: string, file: string): Buffer {
  const bytes = Buffer.from(`#!/bin/sh\n# ${version}\necho "$APPIMAGE_EXIT_AFTER_INSTALL." > '${marker}'\n`);
  server.files.set(file, bytes);
  server.put(FEED, feedText(version, file, bytes));
  return bytes;
}

const check = () => updater.check('stable', { signal });
const download = () => updater.download({ onProgress: (percent) => progress.push(percent), signal });

onLinux('a newer version is found, downloaded, put in the old one’s place and started', async () => {
  const bytes = release('0.2.0', FILE);
  expect(await check()).toEqual({ version: '0.2.0' });
  expect(server.asked).toEqual([FEED, `${FEED}.sig`]);
  await download();
  expect(progress.at(-1)).toBe(100);
  expect(server.lastHeaders()).not.toHaveProperty('x-user-staging-id');
  expect(await readFile(appImage, 'utf8')).toContain('exit 1');
  await updater.install();
  await until(() => app.hasQuit);
  expect(deeds).toEqual(['end', 'release lock']);
  expect(await readFile(appImage)).toEqual(bytes);
  await until(() => existsSync(marker));
});

onLinux('one that was changed on its way is refused, and nothing of it is kept', async () => {
  const bytes = release('0.2.0', FILE);
  server.files.set(FILE, Buffer.from(bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte))));
  await check();
  await expect(download()).rejects.toMatchObject({
    code: 'update-untrusted',
    message: 'the update was refused: it is not the file that was promised',
    detail: expect.stringContaining('sha512'),
  });
  updater.installAtQuit(true);
  app.quit();
  expect(await readFile(appImage, 'utf8')).toContain('exit 1');
  expect(existsSync(join(folder, 'cache', 'k', 'pending', FILE))).toBe(false);
});

onLinux('a feed that is not ours is refused before anything is downloaded', async () => {
  release('0.2.0', FILE);
  server.files.set(FEED, Buffer.from(feedText('9.0.0', FILE, Buffer.from('evil'))));
  await expect(check()).rejects.toMatchObject({ code: 'update-untrusted' });
  expect(server.asked).not.toContain(FILE);
});

onLinux('neither the same version nor an older one is taken', async () => {
  release('0.1.0', FILE);
  expect(await check()).toBeUndefined();
  release('0.0.9', FILE);
  expect(await check()).toBeUndefined();
  start('0.2.0-beta.1');
  release('0.1.9', FILE);
  expect(await check()).toBeUndefined();
});

onLinux('at the end it is installed where that is wanted, and not started', async () => {
  const bytes = release('0.2.0', FILE);
  await check();
  await download();
  updater.installAtQuit(true);
  await new Promise((resolve) => setImmediate(resolve));
  app.quit();
  expect(await readFile(appImage)).toEqual(bytes);
  // An AppImage is told to put itself in order and end.
  expect(await readFile(marker, 'utf8')).toBe('true.\n');
});

onLinux('at the end nothing is installed where that is not wanted', async () => {
  release('0.2.0', FILE);
  await check();
  await download();
  updater.installAtQuit(false);
  await new Promise((resolve) => setImmediate(resolve));
  app.quit();
  expect(await readFile(appImage, 'utf8')).toContain('exit 1');
});

onLinux('what was downloaded before is not downloaded again after a start', async () => {
  release('0.2.0', FILE);
  await check();
  await download();
  start('0.1.0');
  server.asked.length = 0;
  await check();
  await download();
  expect(server.asked).toEqual([FEED, `${FEED}.sig`]);
});

onLinux('a download that is given up ends, and another begins anew', async () => {
  const bytes = release('0.2.0', FILE);
  const given = new AbortController();
  server.files.set(FILE, (_request, response) => {
    response.writeHead(200, { 'Content-Length': bytes.length });
    response.write(bytes.subarray(0, 10), () => given.abort());
  });
  await check();
  await expect(updater.download({ onProgress: () => {}, signal: given.signal })).rejects.toThrow();
  server.files.set(FILE, bytes);
  await check();
  await download();
  updater.installAtQuit(false);
});

onLinux('where the new version cannot be put in place the old one is started again', async () => {
  release('0.2.0', FILE);
  await check();
  await download();
  await rm(appImage);
  await updater.install();
  await until(() => deeds.includes('restart'));
  expect(deeds).toEqual(['end', 'release lock', 'restart']);
  expect(app.hasQuit).toBe(false);
});

test('a server that is away is told in its words', async () => {
  await expect(check()).rejects.toMatchObject({
    code: 'update-failed',
    message: expect.stringContaining('the server answered 404'),
  });
});
