// covers: main/policy/policy.ts
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { watchFiles } from '../../../main/base/file-watch.ts';
import { createLifetime } from '../../../main/base/lifetime.ts';
import { openPolicyStore } from '../../../main/policy/policy-store.ts';
import { until } from '../../fakes/until.ts';

const TARGET = { context: 'prod', namespace: 'shop', pod: 'web-1' };
const saying = (name: string, says: string) => `version: 1\nrules: [{ name: ${name}, ${says} }]\n`;

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(endings.splice(0).map((end) => end()));
});

/** With a policy of the user's where one is given. */
async function openStore(before?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-policy-'));
  const life = createLifetime('test', () => {});
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  endings.push(() => life.end());
  const [locked, own] = [join(folder, 'locked.yaml'), join(folder, 'own.yaml')];
  if (before !== undefined) await writeFile(own, before);
  const store = openPolicyStore(
    {
      files: [
        { path: locked, isLocked: true },
        { path: own, isLocked: false },
      ],
      chosenRules: async () => [
        { name: 'chosen', file: '/settings.json', match: {}, says: { pause: 'never' }, lines: {} },
      ],
      watch: watchFiles,
    },
    life,
  );
  const answer = async () => (await store.read()).answer(TARGET);
  return { store, locked, own, answer, folder };
}

test('the locked file, the user’s and what was chosen are answered from together', async () => {
  const { locked, own, answer } = await openStore();
  await writeFile(
    locked,
    saying('theirs', 'recording: best-effort, recorders: [{ kind: tsrecorder, url: "a:1" }]'),
  );
  await writeFile(own, saying('mine', 'recording: off, reason: asked'));
  const { because, ...said } = await answer();
  expect(said).toMatchObject({ recording: 'best-effort', reason: 'asked', pause: 'never' });
  expect(because.map(({ setting, file, rule }) => [setting, file, rule])).toEqual([
    ['recording', locked, 'theirs'],
    ['reason', own, 'mine'],
    ['pause', '/settings.json', 'chosen'],
    ['recorders', locked, 'theirs'],
  ]);
});

test('each question is answered by the files as they are then', async () => {
  const { own, answer, folder } = await openStore();
  expect((await answer()).recording).toBe('best-effort');
  await writeFile(own, saying('a', 'recording: required'));
  expect((await answer()).recording).toBe('required');
  await writeFile(join(folder, 'new'), saying('a', 'recording: off'));
  await rename(join(folder, 'new'), own);
  expect((await answer()).recording).toBe('off');
  await rm(own);
  expect((await answer()).recording).toBe('best-effort');
});

test('with a problem in any file nothing is allowed, and the place of it is told', async () => {
  const { store, locked, own, answer } = await openStore();
  await writeFile(own, saying('a', 'recording: off'));
  await writeFile(locked, 'version: 1\nrules:\n  - name: a\n    recording: requird\n  - name: b\n');
  await expect(answer()).rejects.toMatchObject({
    code: 'policy-invalid',
    message: `no shell is opened until the policy is mended: ${locked}:4:16: recording must be required, best-effort or off`,
    detail: `${locked}:5:5: this entry of rules says nothing: neither recording nor any other setting`,
  });
  expect((await store.read()).problems).toHaveLength(2);
  await writeFile(locked, 'version: 1\nrules: []\n');
  expect((await answer()).recording).toBe('off');
});

test.each([undefined, saying('a', 'pause: never')])(
  'a change is told where the file was %j before and is put in its place',
  async (before) => {
    const { store, own, folder } = await openStore(before);
    let isTold = false;
    store.onChanged(() => {
      isTold = true;
    });
    await writeFile(join(folder, 'new'), saying('b', 'pause: never'));
    await rename(join(folder, 'new'), own);
    await until(() => isTold);
  },
);

test('a change is told where the file is written to', async () => {
  const { store, own } = await openStore(saying('a', 'pause: never'));
  let isTold = false;
  store.onChanged(() => {
    isTold = true;
  });
  await writeFile(own, saying('b', 'pause: never'));
  await until(() => isTold);
});
