// covers: main/search/text-reader.ts
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openTextStore } from '../../../main/search/text-store.ts';
import { makeSearchPlace, openTestSearch, placeOutputs, type SearchPlace } from '../../fakes/search.ts';

const PROGRAM = fileURLToPath(new URL('../../fakes/search-process.ts', import.meta.url));

/** 6 MB of output: more than is stored at once. */
const OUTPUTS = Array.from({ length: 100 }, (_, chunk) =>
  Array.from(
    { length: 600 },
    (__, line) =>
      `\u001b[32mchunk ${chunk}\u001b[0m line ${line} of a recording that takes a while to read\r\n`,
  ).join(''),
);

function start({ folder, cacheFolder }: SearchPlace, ...worker: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, folder, cacheFolder, ...worker], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Everything that is stored, in order. */
function dump({ cacheFolder }: SearchPlace): {
  readonly lines: number;
  readonly text: string;
  readonly state: unknown;
} {
  const store = openTextStore(join(cacheFolder, 'screen-text.sqlite'), (error) => {
    throw error;
  });
  const texts = [...store.candidates([]).values()].flat().map((blockId) => store.read(blockId));
  const state = store.state('long');
  store.close();
  const text = texts.map((block) => block.text).join('\n');
  return { lines: texts.reduce((sum, block) => sum + block.times.length, 0), text, state };
}

test('a program that is killed while it reads leaves what it has stored, and the next one goes on from there', async () => {
  const place = await makeSearchPlace();
  await placeOutputs(place.folder, 'long', OUTPUTS);
  expect(await once(start(place, './dying-search-worker.ts'), 'exit')).toEqual([null, 'SIGKILL']);
  const half = dump(place);
  expect(half.state).toMatchObject({ isWhole: false });
  expect(half.lines).toBeGreaterThan(1_000);
  expect(half.lines).toBeLessThan(OUTPUTS.length * 600);

  const opened = await openTestSearch(place);
  await opened.settle(60_000);
  expect((await opened.find('CHUNK 99 LINE 599')).recordings[0]?.lineCount).toBe(1);
  expect((await opened.find('chunk 7 line 13 ')).recordings[0]?.lineCount).toBe(1);
  await opened.end();
  const resumed = dump(place);
  expect(resumed).toMatchObject({ lines: OUTPUTS.length * 600, state: { isWhole: true } });
  expect(resumed.text.startsWith(half.text.slice(0, 100_000))).toBe(true);

  const undisturbed = { ...place, cacheFolder: (await makeSearchPlace()).cacheFolder };
  const other = await openTestSearch(undisturbed);
  await other.settle(60_000);
  await other.end();
  expect(dump(undisturbed).text === resumed.text).toBe(true);
});

test('two programs that read the same recordings at the same time store them once', async () => {
  const place = await makeSearchPlace();
  await placeOutputs(place.folder, 'long', OUTPUTS);
  const children = [start(place), start(place)];
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number));
  expect(codes).toEqual([0, 0]);
  expect(dump(place)).toMatchObject({ lines: OUTPUTS.length * 600, state: { isWhole: true } });
});
