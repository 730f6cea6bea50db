// covers: main/commands/annotate.ts
// covers: main/commands/confirm.ts
// covers: main/commands/prune.ts
// covers: main/commands/remove.ts
import { mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runAnnotate } from '../../../main/commands/annotate.ts';
import type { CommandIo } from '../../../main/commands/io.ts';
import { runPrune } from '../../../main/commands/prune.ts';
import { runRemove } from '../../../main/commands/remove.ts';
import { createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import { makeCastFolder, WEB_SHELL } from '../../fakes/cast-folder.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { type KubereelResult, runKubereel } from '../../fakes/kubereel-cli.ts';
import { runHere } from '../../fakes/kubereel-here.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { recordSession } from '../../fakes/recordings.ts';

const { signal } = new AbortController();
const DAY_MS = 86_400_000;

let home: string;
let folder: string;

beforeEach(async () => {
  home = await makeCastFolder();
  folder = join(home, 'recordings');
  await mkdir(folder);
});

const started: TestCore[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await one.end();
});

async function startCore(): Promise<TestCore['core']> {
  const one = await startTestCore({ KUBEREEL_HOME: home });
  started.push(one);
  return one.core;
}

interface Talk {
  readonly io: CommandIo;
  readonly out: () => string;
  readonly err: () => string;
}

/** Without an answer nobody is there to be asked. */
function talk(answer?: string): Talk {
  const out: string[] = [];
  const err: string[] = [];
  const isTerminal = answer !== undefined;
  const io: Partial<CommandIo> = {
    isInputTerminal: isTerminal,
    isErrorTerminal: isTerminal,
    write: async (text) => void out.push(String(text)),
    writeError: async (text) => void err.push(String(text)),
    ask: async (question) => {
      err.push(question);
      return answer ?? '';
    },
  };
  return { io: io as CommandIo, out: () => out.join(''), err: () => err.join('') };
}

async function recordOld(days: number): Promise<string> {
  const atMs = Date.now() - days * DAY_MS;
  const { recordingId, path } = await recordSession(folder, { startedAtMs: atMs });
  await utimes(path, atMs / 1_000, atMs / 1_000);
  return recordingId;
}

async function idsLeft(): Promise<string[]> {
  return (await readdir(folder))
    .filter((name) => name.endsWith('.cast'))
    .map((name) => name.slice(0, -5))
    .sort();
}

function kubereel(...args: string[]): Promise<KubereelResult> {
  return runHere(home, args);
}

/** As a process of its own. */
function kubereelAlone(...args: string[]): Promise<KubereelResult> {
  return runKubereel(join(home, 'none'), args, { KUBEREEL_HOME: home });
}

test('tags, comment and pin are set by the command, and told', async () => {
  const id = await recordOld(1);
  const tagged = await kubereelAlone('tag', id.slice(0, -1), 'incident', 'db');
  expect(tagged.stdout.toString()).toBe(`${id}  #incident #db\n`);
  expect((await kubereel('comment', id, 'first\nsecond')).stdout.toString()).toBe(
    `${id}  #incident #db\n  first\n  second\n`,
  );
  expect((await kubereel('tag', id, 'later', '--remove', 'db', 'none')).stdout.toString()).toContain(
    '#incident #later',
  );
  const pinned = await kubereel('pin', id, '--json');
  expect(JSON.parse(pinned.stdout.toString())).toEqual([
    { recordingId: id, tags: ['incident', 'later'], comment: 'first\nsecond', isPinned: true },
  ]);
  expect((await kubereel('unpin', id)).stdout.toString()).not.toContain('pinned');
  const refused = await kubereel('tag', id, 'two words');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('a tag is one word');
});

test('of several recordings none is pinned where one is not found', async () => {
  const id = await recordOld(1);
  const core = await startCore();
  const { io } = talk();
  const wish = { names: [id, 'none'], change: { isPinned: true }, json: false };
  await expect(runAnnotate(core, wish, io)).rejects.toMatchObject({ code: 'recording-not-found' });
  expect((await (await core.library()).get(id)).isPinned).toBeUndefined();
});

test('deleting asks once, names what is pinned, and takes no for an answer', async () => {
  const ids = [await recordOld(1), await recordOld(2)];
  const core = await startCore();
  await (await core.library()).annotate([ids[0] ?? ''], { isPinned: true });
  const wish = { names: ids, isConfirmed: false, json: false };
  const no = talk('');
  await expect(runRemove(core, wish, no.io, { signal })).rejects.toMatchObject({ code: 'cancelled' });
  expect(no.err()).toBe('Delete 2 recordings (1 pinned)? They cannot be brought back. [y/N] ');
  expect(await idsLeft()).toEqual([...ids].sort());
  const yes = talk('y');
  expect(await runRemove(core, wish, yes.io, { signal })).toBe(0);
  expect(yes.out()).toBe(ids.map((id) => `${id}  deleted\n`).join(''));
  expect(await readdir(folder)).toEqual([]);
});

test('without a terminal nothing is deleted unless that was said, and then by the command', async () => {
  const [first, second] = [await recordOld(1), await recordOld(2)];
  const refused = await kubereelAlone('rm', first);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('--yes');
  expect(await idsLeft()).toHaveLength(2);
  const removed = await kubereelAlone('rm', first, '--yes', '--json');
  expect(removed.code).toBe(0);
  expect(JSON.parse(removed.stdout.toString())).toEqual({ removed: [first], failures: [] });
  expect(await idsLeft()).toEqual([second]);
});

test('a live recording is refused before any other is deleted', async () => {
  const id = await recordOld(1);
  const writer = await createCastWriter({ clock: createManualClock(), folder }, WEB_SHELL);
  const core = await startCore();
  const wish = { names: [id, writer.recordingId], isConfirmed: true, json: false };
  await expect(runRemove(core, wish, talk().io, { signal })).rejects.toThrow('still being written');
  expect(await idsLeft()).toContain(id);
  await writer.close({ kind: 'closed' }, 0);
});

test('without rules it says where they are set', async () => {
  const refused = await kubereel('prune', '--dry-run');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('no rule says which recordings are to go');
  expect(refused.stderr).toContain(join(home, 'settings.json'));
});

test('a dry run tells what goes, what stays, and why', async () => {
  const [young, old, pinned] = [await recordOld(1), await recordOld(100), await recordOld(200)];
  await kubereel('pin', pinned);
  const told = await kubereel('prune', '--older-than', '90d', '--dry-run');
  expect(told.code).toBe(0);
  const [head = '', row = '', ...more] = told.stdout.toString().trimEnd().split('\n');
  expect(head).toMatch(/^ID +POD +SIZE +GOES BECAUSE$/);
  expect(row).toMatch(new RegExp(`^${old} +web-1 +[0-9]+ bytes +it is older than 90 days$`));
  expect(more).toEqual([]);
  expect(told.stderr).toBe(`${pinned} stays, pinned, though it is older than 90 days\n`);
  expect(await idsLeft()).toEqual([young, old, pinned].sort());
});

test('pruning asks once, by the settings where no rule is given', async () => {
  const [young, old] = [await recordOld(1), await recordOld(100)];
  const core = await startCore();
  await (await core.settings()).set({ retention: { days: 30, quotaBytes: 0 } });
  const wish = { isDryRun: false, isConfirmed: false, json: false };
  await expect(runPrune(core, wish, talk().io, { signal })).rejects.toThrow('nobody can be asked');
  await expect(runPrune(core, wish, talk('n').io, { signal })).rejects.toMatchObject({ code: 'cancelled' });
  expect(await idsLeft()).toContain(old);
  const yes = talk('yes');
  expect(await runPrune(core, wish, yes.io, { signal })).toBe(0);
  expect(yes.err()).toMatch(
    /Delete 1 recording, [0-9]+ bytes\? It cannot be brought back\. \[y\/N\] Deleted 1 recording/,
  );
  expect(await idsLeft()).toEqual([young]);
  const again = talk();
  expect(await runPrune(core, wish, again.io, { signal })).toBe(0);
  expect(again.err()).toBe('Nothing is to go.\n');
});

test('a quota that what is pinned exceeds is told, in JSON too', async () => {
  const id = await recordOld(1);
  const core = await startCore();
  await (await core.library()).annotate([id], { isPinned: true });
  const wish = { quotaBytes: 1, isDryRun: true, isConfirmed: false };
  const words = talk();
  await runPrune(core, { ...wish, json: false }, words.io, { signal });
  expect(words.err()).toMatch(
    /stays, pinned, though all together are more than 1 bytes\nWhat stays is still/,
  );
  const json = talk();
  await runPrune(core, { ...wish, json: true }, json.io, { signal });
  const report = JSON.parse(json.out());
  expect(report).toMatchObject({
    isDryRun: true,
    drops: [],
    kept: [{ recordingId: id, protection: 'pinned' }],
  });
  expect(report.excessBytes).toBeGreaterThan(0);
});
