import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { containerEnvironment, podHomes, prepareContainerHome } from '../../../main/demo/container-home.ts';
import { type ContainerPlan, POD_PLANS, type PodPlan } from '../../../main/demo/demo-pods.ts';

const POD = POD_PLANS.find(({ containers }) => containers[0]?.files !== undefined) as PodPlan;
const CONTAINER = POD.containers[0] as ContainerPlan;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubereel-demo-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a home holds the container’s files and says what it is', async () => {
  const home = await prepareContainerHome(folder, POD, CONTAINER);
  expect(home.startsWith(`${podHomes(folder, POD)}/`)).toBe(true);
  expect(await readFile(join(home, 'README.txt'), 'utf8')).toContain('a real shell of this machine');
  for (const [name, text] of Object.entries(CONTAINER.files ?? {})) {
    expect(await readFile(join(home, name), 'utf8')).toBe(text);
  }
});

test.skipIf(process.platform === 'win32')('nobody else can enter it', async () => {
  const home = await prepareContainerHome(folder, POD, CONTAINER);
  expect((await stat(home)).mode & 0o777).toBe(0o700);
});

test('scripts can be run', async () => {
  const postgres = POD_PLANS.find(({ name }) => name === 'postgres-0') as PodPlan;
  const home = await prepareContainerHome(folder, postgres, postgres.containers[0] as ContainerPlan);
  expect((await stat(join(home, 'backup.sh'))).mode & 0o100).toBe(0o100);
});

test('preparing it again keeps what was made in it', async () => {
  const home = await prepareContainerHome(folder, POD, CONTAINER);
  await writeFile(join(home, 'mine'), 'kept');
  await prepareContainerHome(folder, POD, CONTAINER);
  expect(await readdir(home)).toContain('mine');
});

test('the environment is the container’s alone', () => {
  const environment = containerEnvironment('/home', 'web-1', { tty: true });
  expect(Object.keys(environment).sort()).toEqual([
    'ENV',
    'HOME',
    'HOSTNAME',
    'KUBERNETES_SERVICE_HOST',
    'KUBERNETES_SERVICE_PORT',
    'LANG',
    'PATH',
    'PS1',
    'TERM',
  ]);
  expect(environment).toMatchObject({ HOME: '/home', HOSTNAME: 'web-1', TERM: 'xterm' });
});

test('without a terminal there is no TERM', () => {
  expect(containerEnvironment('/home', 'web-1', { tty: false })).not.toHaveProperty('TERM');
});
