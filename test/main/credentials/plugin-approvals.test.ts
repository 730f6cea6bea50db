import { mkdir, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPluginApprovals } from '../../../main/credentials/plugin-approvals.ts';

const use = { kubeconfigPath: '/k', path: '/bin/aws', args: ['get-token', '--client-secret=marker-secret'] };
const clock = { nowMs: () => 7 };

async function create() {
  const file = join(await mkdtemp(join(tmpdir(), 'kubereel-approvals-')), 'plugins.json');
  return { file, approvals: createPluginApprovals({ clock, file }) };
}

test('leave holds for one file, one path and one list of arguments', async () => {
  const { approvals } = await create();
  await approvals.add(use);
  await approvals.add(use);
  expect(await approvals.has(use)).toBe(true);
  expect(await approvals.has({ ...use, kubeconfigPath: '/other' })).toBe(false);
  expect(await approvals.has({ ...use, path: '/tmp/aws' })).toBe(false);
  expect(await approvals.has({ ...use, args: [...use.args, '--more'] })).toBe(false);
  expect(await approvals.has({ ...use, args: ['get-token', '--client-secret=other'] })).toBe(false);
  expect(await approvals.list()).toMatchObject([{ path: '/bin/aws', allowedAtMs: 7 }]);
});

test('the file is the user’s own and holds no secret', async () => {
  const { file, approvals } = await create();
  await approvals.add(use);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).not.toContain('marker-secret');
});

test('what another process allowed or forgot is seen at once', async () => {
  const { file, approvals } = await create();
  const other = createPluginApprovals({ clock, file });
  await approvals.add(use);
  expect(await other.has(use)).toBe(true);
  expect(await other.remove(({ path }) => path === '/bin/aws')).toBe(1);
  expect(await approvals.has(use)).toBe(false);
  expect(await approvals.remove(() => true)).toBe(0);
});

test('many at once all stand', async () => {
  const { approvals } = await create();
  const uses = Array.from({ length: 10 }, (_, index) => ({ ...use, path: `/bin/${index}` }));
  await Promise.all(uses.map((one) => approvals.add(one)));
  expect(await approvals.list()).toHaveLength(10);
});

test.each(['', '{', '{"version":2,"plugins":[]}', '{"version":1,"plugins":[{"path":7}]}'])(
  'a file that holds %j gives leave to nothing',
  async (text) => {
    const { file, approvals } = await create();
    await writeFile(file, text);
    expect(await approvals.has(use)).toBe(false);
    await approvals.add(use);
    expect(await approvals.has(use)).toBe(true);
  },
);

test('leave that cannot be kept is not believed', async () => {
  const { file, approvals } = await create();
  await mkdir(file);
  await expect(approvals.add(use)).rejects.toMatchObject({
    code: 'plugin-refused',
    message: expect.stringContaining(file),
  });
});
