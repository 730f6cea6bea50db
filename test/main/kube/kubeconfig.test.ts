import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadKubeconfig } from '../../../main/kube/kubeconfig.ts';

async function writeFiles(...texts: string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-kubeconfig-'));
  return Promise.all(
    texts.map(async (text, index) => {
      const path = join(folder, `config-${index}`);
      await writeFile(path, text);
      return path;
    }),
  );
}

test('kc-missing-skipped: a missing file is told and skipped', async () => {
  const [path = ''] = await writeFiles('current-context: a\ncontexts: [{name: a, context: {cluster: c}}]');
  const loaded = await loadKubeconfig(['/missing/config', path]);
  expect(loaded.sources.map(({ state }) => state)).toEqual(['missing', 'loaded']);
  expect(loaded.currentContext).toBe('a');
});

test('kc-missing-skipped: where none of the files that the environment names is there, a warning names them', async () => {
  const missing = ['/missing/a', '/missing/b'];
  const loaded = await loadKubeconfig(missing, 'environment');
  expect(loaded).toMatchObject({ contexts: [], warning: 'Config not found: /missing/a, /missing/b' });
  expect((await loadKubeconfig(missing)).warning).toBeUndefined();
  const [there = ''] = await writeFiles('');
  expect((await loadKubeconfig([...missing, there], 'environment')).warning).toBeUndefined();
});

test('kc-explicit-missing: a file that was asked for must be there', async () => {
  const { sources } = await loadKubeconfig(['/missing/config'], 'flag');
  expect(sources).toMatchObject([
    { state: 'failed', error: { message: 'stat /missing/config: no such file or directory' } },
  ]);
});

test('what else stands at the top of a file is kept, the first file’s before the others’', async () => {
  const { entries } = await loadKubeconfig(
    await writeFiles('preferences: {colors: yes}\nown: 1', 'own: 2\nother: [3]'),
  );
  expect(entries.others).toEqual({ preferences: { colors: true }, own: 1, other: [3] });
});

test('kc-bad-file-in-list: a broken file is named, and the others are there all the same', async () => {
  const [bad = '', good = ''] = await writeFiles('a: [', 'contexts: [{name: b}]');
  const loaded = await loadKubeconfig([bad, good]);
  expect(loaded.sources[0]).toMatchObject({ state: 'failed', error: { code: 'kubeconfig-invalid' } });
  expect(loaded.sources[0]?.error?.message).toContain(bad);
  expect(loaded.contexts.map(({ name }) => name)).toEqual(['b']);
});

test('the first file with a name wins, whole, and so does the first current-context', async () => {
  const paths = await writeFiles(
    'contexts: [{name: a, context: {cluster: one}}]\ncurrent-context: ""',
    'contexts: [{name: a, context: {cluster: two, namespace: other}}]\ncurrent-context: a',
    'current-context: z',
  );
  const loaded = await loadKubeconfig(paths);
  expect(loaded.contexts).toEqual([
    { name: 'a', clusterName: 'one', userName: '', namespace: 'default', server: '', originPath: paths[0] },
  ]);
  expect(loaded.currentContext).toBe('a');
});

test('a login in a server’s address is not for people to see', async () => {
  const loaded = await loadKubeconfig(
    await writeFiles(
      'clusters: [{name: c, cluster: {server: "https://ann:marker@h"}}]\ncontexts: [{name: x, context: {cluster: c}}]',
    ),
  );
  expect(loaded.contexts).toMatchObject([{ server: 'https://h' }]);
});

test('whatever the files hold, a name belongs to the first that has it', async () => {
  const file = fc.uniqueArray(fc.constantFrom<string[]>('a', 'b', 'c', 'd'), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 4 }), async (files) => {
      const paths = await writeFiles(
        ...files.map((names, index) =>
          JSON.stringify({ contexts: names.map((name) => ({ name, context: { namespace: `n${index}` } })) }),
        ),
      );
      const loaded = await loadKubeconfig(paths);
      for (const { name, namespace, originPath } of loaded.contexts) {
        const first = files.findIndex((names) => names.includes(name));
        expect([namespace, originPath]).toEqual([`n${first}`, paths[first]]);
      }
      expect(loaded.contexts.length).toBe(new Set(files.flat()).size);
    }),
    { numRuns: 25 },
  );
});
