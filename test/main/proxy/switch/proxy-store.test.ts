// covers: main/proxy/switch/proxy-state.ts
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createSystemClock } from '../../../../main/base/clock.ts';
import { watchFiles } from '../../../../main/base/file-watch.ts';
import { createLoopbackCertificates } from '../../../../main/base/loopback-certificates.ts';
import type { OwnKubeconfig } from '../../../../main/proxy/switch/proxy-kubeconfig.ts';
import type { ProxyCertificates } from '../../../../main/proxy/switch/proxy-state.ts';
import { createProxyStore, type ProxyStore } from '../../../../main/proxy/switch/proxy-store.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';

const DAY_MS = 24 * 60 * 60_000;
const clock = createSystemClock();
const OWN: OwnKubeconfig = {
  contexts: new Map([
    ['prod', { namespace: 'shop' }],
    ['staging', {}],
  ]),
  current: 'prod',
};

let nextPort = 21_000;
let made: Promise<ProxyCertificates> | undefined;

function storeIn(
  folder: string,
  createCertificates: (nowMs: number) => Promise<ProxyCertificates> = (nowMs) => {
    made ??= createLoopbackCertificates(nowMs);
    return made;
  },
): ProxyStore {
  const findPort = async (): Promise<number> => {
    nextPort += 1;
    return nextPort;
  };
  return createProxyStore({ clock, folder, createCertificates, findPort, watchFiles });
}

async function newFolder(): Promise<string> {
  return join(await makeCastFolder(), 'proxy');
}

test('what was enabled is there for the next process, the same port and secrets', async () => {
  const folder = await newFolder();
  const enabled = await storeIn(folder).enable(['prod', 'staging', 'prod'], OWN);
  expect(enabled.contexts.map(({ name }) => name)).toEqual(['prod', 'staging']);
  expect(new Set(enabled.contexts.map(({ secret }) => secret)).size).toBe(2);
  expect(await storeIn(folder).read()).toEqual(enabled);
  expect(await storeIn(folder).enable(['prod'], OWN)).toEqual(enabled);
});

test('nothing is written before a context is enabled', async () => {
  const folder = await newFolder();
  const store = storeIn(folder);
  expect(await store.read()).toBeUndefined();
  expect(await store.disable(undefined)).toBeUndefined();
  expect(await store.refresh()).toBeUndefined();
  await expect(stat(folder)).rejects.toThrow('ENOENT');
});

test.skipIf(process.platform === 'win32')('only this user can read any of it', async () => {
  const folder = await newFolder();
  await mkdir(folder, { mode: 0o755 });
  const store = storeIn(folder);
  await store.enable(['prod'], OWN);
  const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
  expect(await modeOf(folder)).toBe(0o700);
  expect(await modeOf(join(folder, 'proxy.json'))).toBe(0o600);
  expect(await modeOf(store.kubeconfigPath)).toBe(0o600);
});

test('a context that is disabled has another secret when it is enabled again', async () => {
  const store = storeIn(await newFolder());
  const before = await store.enable(['prod', 'staging'], OWN);
  const after = await store.disable(['prod', 'nowhere']);
  expect(after?.contexts).toEqual([before.contexts[1]]);
  expect(await readFile(store.kubeconfigPath, 'utf8')).not.toContain(before.contexts[0]?.secret);
  const again = await store.enable(['prod'], OWN);
  expect(again.contexts.find(({ name }) => name === 'prod')?.secret).not.toBe(before.contexts[0]?.secret);
  expect(again.port).toBe(before.port);
});

test('all are disabled where none is named', async () => {
  const store = storeIn(await newFolder());
  await store.enable(['prod', 'staging'], OWN);
  expect((await store.disable(undefined))?.contexts).toEqual([]);
});

test('changes of several at once are all kept', async () => {
  const folder = await newFolder();
  await storeIn(folder).enable(['first'], OWN);
  const names = ['a', 'b', 'c', 'd'];
  await Promise.all(names.map((name) => storeIn(folder).enable([name], OWN)));
  const state = await storeIn(folder).read();
  expect(state?.contexts.map(({ name }) => name).toSorted()).toEqual(['a', 'b', 'c', 'd', 'first']);
});

describe('certificates', () => {
  test('they stay while they are valid for long', async () => {
    const create = vi.fn(createLoopbackCertificates);
    const store = storeIn(await newFolder(), create);
    const before = await store.enable(['prod'], OWN);
    expect(await store.refresh()).toEqual(before);
    expect(create).toHaveBeenCalledTimes(1);
  });

  test('they are made anew a month before they run out, and the kubeconfig follows', async () => {
    const create = vi.fn(async (nowMs: number) => createLoopbackCertificates(nowMs - 340 * DAY_MS));
    const store = storeIn(await newFolder(), create);
    const before = await store.enable(['prod'], OWN);
    create.mockImplementation(createLoopbackCertificates);
    const after = await store.refresh();
    expect(after?.certificates).not.toEqual(before.certificates);
    expect(after?.contexts).toEqual(before.contexts);
    const authority = Buffer.from(after?.certificates.authority ?? '').toString('base64');
    expect(await readFile(store.kubeconfigPath, 'utf8')).toContain(authority);
    expect(create).toHaveBeenCalledTimes(2);
  });
});

test('a port that another program took is left once, whoever finds it first', async () => {
  const store = storeIn(await newFolder());
  const { port } = await store.enable(['prod'], OWN);
  const moved = await store.leavePort(port);
  expect(moved?.port).not.toBe(port);
  expect(await store.leavePort(port)).toEqual(moved);
  expect(await readFile(store.kubeconfigPath, 'utf8')).toContain(`https://127.0.0.1:${moved?.port}/`);
});

test('a change by another process is told', async () => {
  const folder = await newFolder();
  await storeIn(folder).enable(['prod'], OWN);
  const told = new Promise<void>((resolve) => {
    onTestFinished(storeIn(folder).watch(resolve));
  });
  await storeIn(folder).disable(['prod']);
  await told;
});

describe('what cannot be used', () => {
  test('a file that is damaged is said, and not written over', async () => {
    const folder = await newFolder();
    const store = storeIn(folder);
    await store.enable(['prod'], OWN);
    const path = join(folder, 'proxy.json');
    await writeFile(path, '{"version": 1, "port": 99999}');
    await expect(store.read()).rejects.toMatchObject({ code: 'proxy-failed' });
    await expect(store.enable(['staging'], OWN)).rejects.toThrow(path);
    expect(await readFile(path, 'utf8')).toContain('99999');
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'a folder that may not be written to is said with its path',
    async () => {
      const folder = await newFolder();
      const store = storeIn(folder);
      await store.enable(['prod'], OWN);
      await chmod(folder, 0o500);
      onTestFinished(() => chmod(folder, 0o700));
      await expect(store.disable(undefined)).rejects.toMatchObject({
        code: 'proxy-failed',
        message: `${folder} cannot be written to`,
        detail: 'EACCES',
      });
    },
  );
});
