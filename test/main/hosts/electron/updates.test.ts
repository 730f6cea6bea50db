import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../../../../main/base/log.ts';
import { findUpdateWay, type UpdateHostNeeds } from '../../../../main/hosts/electron/updates.ts';

let folder: string;
let sourceFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubereel-way-'));
  sourceFile = join(folder, 'update-source.json');
});
afterEach(() => rm(folder, { recursive: true }));

/** Whatever it would do, it has not been asked to do yet. */
const needs: UpdateHostNeeds = {
  app: { releaseSingleInstanceLock: unasked, relaunch: unasked, exit: unasked },
  net: { fetch: unasked },
  downloads: unasked,
  log: createLog({ level: 'silent' }),
  end: unasked,
};
function unasked(): never {
  throw new Error('asked too early');
}

const find = (isPackaged = true) =>
  findUpdateWay(
    needs,
    {
      isPackaged,
      platform: 'linux',
      execPath: join(folder, 'kubereel'),
      resourcesPath: folder,
      environment: { APPIMAGE: join(folder, 'Kubereel.AppImage') },
    },
    sourceFile,
  );

test('built with a place for updates it has what brings them, and nothing is asked or loaded yet', async () => {
  const publicKey = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
  await writeFile(sourceFile, JSON.stringify({ feed: 'https://updates.example/', publicKey }));
  expect(await find()).toEqual({ updater: expect.objectContaining({ canInstallAtQuit: true }) });
  expect(await find(false)).toEqual({ why: 'source' });
});

test('built without one it says so', async () => {
  expect(await find()).toEqual({ why: 'no-feed' });
});

test('built with a wrong one it does not start as if there were none', async () => {
  await writeFile(sourceFile, JSON.stringify({ feed: 'http://updates.example/', publicKey: '' }));
  await expect(find()).rejects.toThrow('https only');
});
