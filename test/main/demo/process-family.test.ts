import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import {
  endFamilies,
  findFamily,
  findInhabitants,
  listProcesses,
  type ProcessEntry,
} from '../../../main/demo/process-family.ts';

const clock = createSystemClock();
const KILL = { signal: 'SIGKILL', graceMs: 0 } as const;

/** A shell that leads a session of its own and has written so many pids, one a line; it ends its text with `ready`. */
async function startLeader(
  script: string,
  { pidCount = 0, environment = {} }: { pidCount?: number; environment?: Record<string, string> } = {},
): Promise<{ pid: number; pids: number[] }> {
  const child = spawn('/bin/sh', ['-c', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: '/usr/bin:/bin', ...environment },
  });
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  const pids = (): number[] => (text.match(/\d+(?=\n)/g) ?? []).map(Number);
  while (!text.includes('ready') || pids().length < pidCount) await once(child.stdout, 'data');
  return { pid: child.pid as number, pids: pids() };
}

async function running(pids: readonly number[]): Promise<number[]> {
  const alive = new Set((await listProcesses()).map(({ pid }) => pid));
  return pids.filter((pid) => alive.has(pid));
}

function entry(pid: number, parent: number, group: number, session: number): ProcessEntry {
  return { pid, parent, group, session };
}

test('a family is the leader, its descendants, and its group and session', () => {
  const entries = [
    entry(1, 0, 1, 1),
    entry(10, 1, 10, 10),
    entry(11, 10, 11, 10),
    entry(12, 11, 12, 12),
    entry(13, 1, 13, 10),
    entry(14, 1, 10, 10),
    entry(20, 1, 20, 20),
    entry(21, 20, 20, 20),
  ];
  expect(findFamily(entries, new Set([10])).map(({ pid }) => pid)).toEqual([10, 11, 12, 13, 14]);
  expect(findFamily(entries, new Set([99]))).toEqual([]);
});

describe.skipIf(process.platform === 'win32')('processes of this machine', () => {
  test('a child that leads no session yet is ended, and we, in whose group it still is, are not', async () => {
    const room = new URL('../../../main/', import.meta.url).href;
    // In a group of its own, since that is what it would end.
    const other = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { spawn } from 'node:child_process';
         import { createSystemClock } from '${room}base/clock.ts';
         import { endFamilies } from '${room}demo/process-family.ts';
         const stays = setInterval(() => {}, 1_000);
         const child = spawn('/bin/sleep', ['600']);
         const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
         await endFamilies({ clock: createSystemClock() }, [child.pid], { signal: 'SIGTERM', graceMs: 1_000 });
         console.log(await ended);
         clearInterval(stays);`,
      ],
      { detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let said = '';
    other.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString();
    });
    expect(await once(other, 'close')).toEqual([0, null]);
    expect(said.trim()).toBe('SIGTERM');
  });

  test('this process is listed with its parent', async () => {
    const entries = await listProcesses();
    expect(entries.find(({ pid }) => pid === process.pid)?.parent).toBe(process.ppid);
  });

  test('children, their children and jobs in other groups end with their leader', async () => {
    const { pid, pids } = await startLeader(
      'sleep 600 & echo $!; set -m; sleep 600 & echo $!; sh -c "sleep 600 & echo \\$!; wait" & echo ready; wait',
      { pidCount: 3 },
    );
    expect(pids).toHaveLength(3);
    expect(await running([pid, ...pids])).toHaveLength(4);
    await endFamilies({ clock }, [pid], KILL);
    expect(await running([pid, ...pids])).toEqual([]);
  });

  test('what has been left by a leader that ended is found by its group', async () => {
    const { pid, pids } = await startLeader('sleep 600 & echo $!; echo ready', { pidCount: 1 });
    await expect.poll(() => running([pid])).toEqual([]);
    expect(await running(pids)).toEqual(pids);
    await endFamilies({ clock }, [pid], KILL);
    expect(await running(pids)).toEqual([]);
  });

  test('a program that ignores the first signal is killed after the grace', async () => {
    const { pid } = await startLeader('trap "" HUP TERM; echo ready; while :; do sleep 0.1; done');
    await endFamilies({ clock }, [pid], { signal: 'SIGHUP', graceMs: 100 });
    expect(await running([pid])).toEqual([]);
  });

  test('a program that obeys the first signal may finish', async () => {
    const { pid, pids } = await startLeader(
      'trap "exit 0" HUP; echo $$; echo ready; while :; do sleep 0.05; done',
      { pidCount: 1 },
    );
    await endFamilies({ clock }, [pid], { signal: 'SIGHUP', graceMs: 60_000 });
    expect(await running(pids)).toEqual([]);
  });

  test('ending what is gone is harmless', async () => {
    const { pid } = await startLeader('echo ready');
    await expect.poll(() => running([pid])).toEqual([]);
    await endFamilies({ clock }, [pid], KILL);
    await endFamilies({ clock }, [], KILL);
  });

  test.skipIf(process.platform !== 'linux')('what has left its family is found by its home', async () => {
    const home = `/nonexistent/${crypto.randomUUID()}`;
    const { pid, pids } = await startLeader("(setsid sh -c 'echo $$; exec sleep 600' &); echo ready", {
      pidCount: 1,
      environment: { HOME: `${home}/web` },
    });
    await expect.poll(() => running([pid])).toEqual([]);
    const inhabitants = await findInhabitants(home);
    expect(inhabitants).toEqual(pids);
    expect(await findInhabitants(`${home}/we`)).toEqual([]);
    await endFamilies({ clock }, inhabitants, KILL);
    expect(await findInhabitants(home)).toEqual([]);
  });
});
