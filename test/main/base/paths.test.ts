import { mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePrivateFolder, resolvePaths } from '../../../main/base/paths.ts';

test('KUBEREEL_HOME moves every file', () => {
  const paths = resolvePaths({ KUBEREEL_HOME: '/elsewhere' }, 'linux');
  for (const path of Object.values(paths)) expect(path.replaceAll('\\', '/')).toMatch(/^\/elsewhere/);
});

test('each platform has its own place', () => {
  expect(resolvePaths({ XDG_DATA_HOME: '/data' }, 'linux').home).toBe(join('/data', 'kubereel'));
  expect(resolvePaths({}, 'darwin').home).toContain(join('Library', 'Application Support', 'Kubereel'));
  expect(resolvePaths({ APPDATA: '/roaming' }, 'win32').home).toBe(join('/roaming', 'Kubereel'));
});

test.skipIf(process.platform === 'win32')('a private folder is closed to others', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'kubereel-paths-')), 'a', 'b');
  await makePrivateFolder(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});
