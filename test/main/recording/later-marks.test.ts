import { readFile, writeFile } from 'node:fs/promises';
import { beforeEach, expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { readCast } from '../../../main/recording/cast/cast-reader.ts';
import { sealBody } from '../../../main/recording/integrity/seal.ts';
import { createSigningKeys, type SigningKeys } from '../../../main/recording/integrity/signing-keys.ts';
import {
  addLaterMark,
  type LaterMark,
  laterMarksPathOf,
  readLaterMarks,
  withLaterMarks,
} from '../../../main/recording/later-marks.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { recordSession } from '../../fakes/recordings.ts';

const clock = createSystemClock();
const { signal } = new AbortController();
let keys: SigningKeys;
let path: string;

beforeEach(async () => {
  keys = createSigningKeys({ folder: await makeCastFolder() });
  ({ path } = await recordSession(await makeCastFolder()));
});

function needs() {
  return { ...keys, clock };
}

function at(seconds: number, label = `at ${seconds}`): LaterMark {
  return { timeMicros: seconds * 1e6, label, addedAtMs: 1_700_000_000_000 };
}

async function play(): Promise<string[]> {
  const told: string[] = [];
  const items = withLaterMarks(readCast(path, { signal }), await readLaterMarks(keys, path));
  for await (const item of items) {
    if (item.kind === 'header') told.push('header');
    else if (item.kind === 'event') {
      const { event } = item;
      told.push(`${event.timeMicros / 1e6} ${event.kind === 'marker' ? event.label : event.kind}`);
    }
  }
  return told;
}

test('without any a recording is what it was', async () => {
  expect(await readLaterMarks(keys, path)).toEqual({ kind: 'none' });
  expect(await play()).toEqual(['header', '1.5 output', '1.5 exit']);
});

test('they are played in their places, whenever they were set, and the cast is not touched', async () => {
  const before = await readFile(path);
  for (const mark of [at(9), at(1), at(1.5), at(0, '')]) await addLaterMark(needs(), path, mark);
  expect(await play()).toEqual(['header', '0 ', '1 at 1', '1.5 at 1.5', '1.5 output', '1.5 exit', '9 at 9']);
  expect(await readFile(path)).toEqual(before);
});

test('what was signed by an old key of this home still holds', async () => {
  await addLaterMark(needs(), path, at(1));
  await keys.rotate();
  await addLaterMark(needs(), path, at(2));
  expect(await readLaterMarks(keys, path)).toEqual({ kind: 'signed', marks: [at(1), at(2)] });
});

test.each([
  ['a changed label', (text: string) => text.replace('at 1', 'at 7')],
  ['a moved marker', (text: string) => text.replace('1000000', '1000001')],
  ['another recording`s', (text: string) => text.replace(/"id": ".*"/, '"id": "other"')],
  ['half a file', (text: string) => text.slice(0, 40)],
])('%s is altered: nothing of it is shown, and nothing is added to it', async (_name, change) => {
  await addLaterMark(needs(), path, at(1));
  const file = laterMarksPathOf(path);
  await writeFile(file, change(await readFile(file, 'utf8')));
  expect(await readLaterMarks(keys, path)).toEqual({ kind: 'altered' });
  expect(await play()).toEqual(['header', '1.5 output', '1.5 exit']);
  await expect(addLaterMark(needs(), path, at(2))).rejects.toMatchObject({ code: 'recording-failed' });
});

test('what another home signed is altered here', async () => {
  const others = createSigningKeys({ folder: await makeCastFolder() });
  await addLaterMark({ ...others, clock }, path, at(1));
  expect(await readLaterMarks(keys, path)).toEqual({ kind: 'altered' });
});

test('there is a limit', async () => {
  // As many as fit, written at once: one by one they would be a thousand files.
  const id = /([^/]+)\.cast$/.exec(path)?.[1];
  const body = { version: 1, id, marks: Array.from({ length: 1_000 }, (_, index) => at(index)) };
  const seal = sealBody('kubereel later marks v1\n', body, await keys.signer(), 1);
  await writeFile(laterMarksPathOf(path), JSON.stringify({ ...body, seal }));
  expect((await readLaterMarks(keys, path)).kind).toBe('signed');
  await expect(addLaterMark(needs(), path, at(1))).rejects.toThrow('1000 markers');
});

test('of markers that are set at the same time none is lost', async () => {
  await Promise.all([1, 2, 3, 4, 5, 6].map((seconds) => addLaterMark(needs(), path, at(seconds))));
  expect(await readLaterMarks(keys, path)).toEqual({
    kind: 'signed',
    marks: [1, 2, 3, 4, 5, 6].map((s) => at(s)),
  });
});
