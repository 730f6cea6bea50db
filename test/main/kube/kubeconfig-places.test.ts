import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { findKubeconfigs } from '../../../main/kube/kubeconfig-places.ts';

const platform = 'linux';

test('a file that is named is the only one', async () => {
  const environment = { KUBECONFIG: 'a', HOME: '/home/u' };
  expect(await findKubeconfigs({ environment, platform, explicitPath: 'named' })).toEqual({
    namedBy: 'flag',
    paths: ['named'],
  });
  expect(await findKubeconfigs({ environment, platform, explicitPath: '' })).toMatchObject({ paths: ['a'] });
});

test('KUBECONFIG is a list, each path once, empty ones left out', async () => {
  const environment = { KUBECONFIG: ['a', '', 'b', 'a'].join(delimiter) };
  expect(await findKubeconfigs({ environment, platform })).toEqual({
    namedBy: 'environment',
    paths: ['a', 'b'],
  });
  // kubectl has no file at all then.
  expect(await findKubeconfigs({ environment: { KUBECONFIG: delimiter }, platform })).toMatchObject({
    paths: [],
  });
});

test('without either there is the one in the home folder', async () => {
  const home = { namedBy: 'home', paths: [join('/home/u', '.kube', 'config')] };
  expect(await findKubeconfigs({ environment: { HOME: '/home/u', KUBECONFIG: '' }, platform })).toEqual(home);
  const { paths } = await findKubeconfigs({ environment: {}, platform });
  expect(paths).toEqual([join(homedir(), '.kube', 'config')]);
});

test('on Windows the first home that has a kubeconfig, in kubectl’s order', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kubereel-homes-'));
  const [home, drive, profile] = ['home', 'drive', 'profile'].map((name) => join(root, name));
  const environment = { HOME: home, HOMEDRIVE: root, HOMEPATH: join('/', 'drive'), USERPROFILE: profile };
  const find = async () => (await findKubeconfigs({ environment, platform: 'win32' })).paths;
  expect(await find()).toEqual([join(home ?? '', '.kube', 'config')]);
  for (const folder of [profile, drive, home]) {
    const path = join(folder ?? '', '.kube', 'config');
    await mkdir(join(folder ?? '', '.kube'), { recursive: true });
    await writeFile(path, '');
    expect(await find()).toEqual([path]);
  }
  const { paths } = await findKubeconfigs({ environment: {}, platform: 'win32' });
  expect(paths).toEqual([join(homedir(), '.kube', 'config')]);
});
