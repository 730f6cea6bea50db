import { mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePrivateFolder, resolveLockedPolicy, resolvePaths } from '../../../main/base/paths.ts';

test('KUBEREEL_HOME moves every file', () => {
  const paths = resolvePaths({ KUBEREEL_HOME: '/elsewhere' }, 'linux');
  for (const path of Object.values(paths)) expect(path.replaceAll('\\', '/')).toMatch(/^\/elsewhere/);
});

test('each platform has its own place', () => {
  expect(resolvePaths({ XDG_DATA_HOME: '/data' }, 'linux').home).toBe(join('/data', 'kubereel'));
  expect(resolvePaths({}, 'darwin').home).toContain(join('Library', 'Application Support', 'Kubereel'));
  expect(resolvePaths({ APPDATA: '/roaming' }, 'win32').home).toBe(join('/roaming', 'Kubereel'));
});

test('the administrator’s policy stands where no environment of KUBEREEL_HOME moves it', () => {
  const moved = { KUBEREEL_HOME: '/elsewhere' };
  expect(resolveLockedPolicy(moved, 'linux')).toBe('/etc/kubereel/policy.yaml');
  expect(resolveLockedPolicy(moved, 'darwin')).toBe('/Library/Application Support/Kubereel/policy.yaml');
  expect(resolveLockedPolicy({ ProgramData: 'D:\\Data' }, 'win32')).toBe(
    join('D:\\Data', 'Kubereel', 'policy.yaml'),
  );
});

test.skipIf(process.platform === 'win32')('a private folder is closed to others', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'kubereel-paths-')), 'a', 'b');
  await makePrivateFolder(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});
