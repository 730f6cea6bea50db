import { readdir } from 'node:fs/promises';
import { relative } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Core } from '../../main/compose.ts';
import { addLaterMark } from '../../main/recording/later-marks.ts';
import { FULL_PACE } from '../../main/search/search.ts';
import { WEB_SHELL } from '../fakes/cast-folder.ts';
import { startTestCore, type TestCore } from '../fakes/core.ts';
import { findInHome } from '../fakes/home-search.ts';
import { eventually, until } from '../fakes/until.ts';

const { signal } = new AbortController();
const WORD = 'the-word-on-the-screen';
const OTHER_WORD = 'what-stood-on-the-other-one';

const started: TestCore[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await one.end();
});

async function start(environment: NodeJS.ProcessEnv = {}): Promise<TestCore> {
  const one = await startTestCore(environment);
  started.push(one);
  return one;
}

/** A recording with all that may stand beside it and that is made of it. */
async function recordWithAll(core: Core, word = WORD): Promise<string> {
  const writer = await core.newCastWriter(WEB_SHELL.details, WEB_SHELL.size);
  await writer.output(Buffer.from(`${word}\r\n`), core.clock.nowMicros());
  await writer.close({ kind: 'exited', exitCode: 0 }, core.clock.nowMicros());
  const { recordingId } = writer;
  const library = await core.library();
  await library.annotate([recordingId], { addTags: ['incident'], comment: word });
  const { signer, knownKeyIds } = core.signingKeys;
  const { path } = await library.get(recordingId);
  const mark = { timeMicros: 0, label: word, addedAtMs: 1 };
  await addLaterMark({ clock: core.clock, signer, knownKeyIds }, path, mark);
  const replays = await core.replays();
  await until(async () => (await replays.timeline(recordingId)).isComplete);
  await replays.thumbnail(recordingId, { signal });
  const search = await core.search(FULL_PACE);
  const question = { text: word, maxRecordings: 1, maxLines: 1 };
  await until(async () => (await search.find(question, { signal })).recordings.length > 0);
  return recordingId;
}

async function findTraces(home: string, recordingId: string, word = WORD): Promise<string[]> {
  const names = (await readdir(home, { recursive: true })).filter((name) => name.includes(recordingId));
  // The log names what was done to it, never what was in it.
  const holding = await findInHome(home, [recordingId, word]);
  return [...names, ...holding.map((path) => relative(home, path)).filter((name) => name !== 'kubereel.log')];
}

test('of a recording that is removed nothing is left in the home, while the app has read all of it', async () => {
  const { core, home } = await start();
  const recordingId = await recordWithAll(core);
  expect((await findTraces(home, recordingId)).length).toBeGreaterThan(6);
  await (await core.library()).remove(recordingId);
  // The thread of the search has its own time.
  await eventually(async () => expect(await findTraces(home, recordingId)).toEqual([]));
});

test('nor where a command removes it after the app has ended, or beside it', async () => {
  const app = await start();
  const first = await recordWithAll(app.core);
  const second = await recordWithAll(app.core, OTHER_WORD);
  const command = await start({ KUBEREEL_HOME: app.home });
  await (await command.core.library()).remove(first);
  // The app may be reading it right now, and lets go when it hears of it.
  await eventually(async () => expect(await findTraces(app.home, first)).toEqual([]));
  await app.core.end();
  await (await command.core.library()).remove(second);
  expect(await findTraces(app.home, second, OTHER_WORD)).toEqual([]);
});

test('rules that another window has chosen are in force', async () => {
  const { core } = await start();
  const pruning = await core.pruning();
  await (await core.settings()).set({ retention: { days: 7, quotaBytes: 1_000 } });
  expect((await pruning.prune({ isDryRun: true, signal })).rules).toEqual({ days: 7, quotaBytes: 1_000 });
  expect((await pruning.storage()).quotaBytes).toBe(1_000);
});
