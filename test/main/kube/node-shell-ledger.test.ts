import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNodeShellLedger, type NodeShellLedger } from '../../../main/kube/node-shell-ledger.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';

const DAY_MS = 24 * 60 * 60_000;
let folder: string;
let clock: ManualClock;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'kubereel-ledger-')), 'node-shells');
  clock = createManualClock();
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

/** A run of process `processId`; process 1 is dead. */
function open(processId: number, hostName = 'here'): NodeShellLedger {
  return createNodeShellLedger({
    folder,
    clock,
    owner: {
      describe: () => ({ hostName, processId, processStartedAtMs: 5 }),
      isAlive: (owner) => owner.processId !== 1,
    },
  });
}

function entry(pod: string, context = 'staging') {
  return { context, server: 'https://10.0.0.1', namespace: 'shop', pod, createdAtMs: clock.nowMs() };
}

test('what is added is on the disk, for this user alone, and its file goes with the last of it', async () => {
  const ledger = open(2);
  const [one, two] = [entry('one'), entry('two')];
  await Promise.all([ledger.add(one), ledger.add(two)]);
  const path = join(folder, `${ledger.instance}.json`);
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pods: [{ pod: 'one' }, { pod: 'two' }] });
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
  await ledger.remove(one);
  expect(await readFile(path, 'utf8')).not.toContain('"one"');
  await ledger.remove(two);
  expect(await readdir(folder)).toEqual([]);
});

test('what a dead run has left is found by its context, with the label that it carries', async () => {
  const dead = open(1);
  await dead.add(entry('one'));
  await dead.add(entry('two', 'production'));
  await open(2).add(entry('three'));
  const next = open(3);
  expect(await next.findLost('staging')).toEqual([{ ...entry('one'), instance: dead.instance }]);
  expect(await next.findLost('elsewhere')).toEqual([]);
});

test('a run on another machine that shares the home is left alone', async () => {
  await open(1, 'there').add(entry('one'));
  expect(await open(3).findLost('staging')).toEqual([]);
});

test('what is forgotten is not found again, and the rest is', async () => {
  const dead = open(1);
  await dead.add(entry('one'));
  await dead.add(entry('two'));
  const next = open(3);
  const [first] = await next.findLost('staging');
  if (first) await next.forgetLost(first);
  expect((await next.findLost('staging')).map(({ pod }) => pod)).toEqual(['two']);
});

test('after a week it is given up: the pod has ended long before', async () => {
  await open(1).add(entry('one'));
  await clock.advance(7 * DAY_MS + 1);
  expect(await open(3).findLost('staging')).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('no folder and foreign files are no trouble', async () => {
  expect(await open(3).findLost('staging')).toEqual([]);
  const ledger = open(2);
  await ledger.add(entry('one'));
  await writeFile(join(folder, 'notes.json'), '{"hello": 1}');
  await writeFile(join(folder, 'half.json'), '{"insta');
  expect(await open(3).findLost('staging')).toEqual([]);
  await ledger.remove(entry('other'));
  expect(await readdir(folder)).toHaveLength(3);
});
