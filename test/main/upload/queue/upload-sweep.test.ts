import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepUploads } from '../../../../main/upload/queue/upload-sweep.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';

const HOUR_MS = 60 * 60_000;

test('what a killed program left behind goes after an hour, and nothing else', async () => {
  const folder = await makeCastFolder();
  for (const inner of ['delivered', 'unreadable', 'trial-x1y2z3']) await mkdir(join(folder, inner));
  const kept = ['a.json', 'queue', 'delivered/a.json', 'unreadable/a.json.1'];
  const litter = [
    'a.json.0123456789ab.tmp',
    'a.lock',
    'queue.lock',
    'a.lock.0123456789ab',
    'delivered/a.json.0123456789ab.tmp',
    'trial-x1y2z3/a.cast',
  ];
  for (const name of [...kept, ...litter]) await writeFile(join(folder, name), '');
  const nowMs = Date.now();
  await sweepUploads({ nowMs: () => nowMs }, folder);
  const all = await readdir(folder, { recursive: true });
  expect(all.toSorted()).toEqual([...kept, ...litter, 'delivered', 'trial-x1y2z3', 'unreadable'].toSorted());
  await sweepUploads({ nowMs: () => nowMs + 2 * HOUR_MS }, folder);
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(
    [...kept, 'delivered', 'unreadable'].toSorted(),
  );
});
