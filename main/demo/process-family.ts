import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Clock } from '../base/clock.ts';

/** How the system lists a process. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** 0 where the system does not tell. */
  readonly session: number;
}

export interface EndOptions {
  /** Asked first, so that an editor can save; then everything that is left is killed. */
  readonly signal: 'SIGHUP' | 'SIGTERM' | 'SIGKILL';
  readonly graceMs: number;
}

const LOOK_AGAIN_MS = 20;
/** A killed process is gone in a few milliseconds, unless the system holds it: then nobody can help. */
const KILL_LIMIT_MS = 2_000;

/**
 * Ends processes that lead sessions of their own, and all that they have started: children, jobs in other
 * groups, and on Linux also those that left their parents. Resolves when none is left or the limit is reached.
 */
export async function endFamilies(
  needs: { readonly clock: Clock },
  leaders: readonly number[],
  { signal, graceMs }: EndOptions,
): Promise<void> {
  if (process.platform === 'win32') {
    await Promise.all(leaders.map(endTreeOnWindows));
    return;
  }
  const roots = new Set(leaders);
  const startedMicros = needs.clock.nowMicros();
  const passedMs = (): number => (needs.clock.nowMicros() - startedMicros) / 1_000;
  let isAsked = false;
  while (passedMs() < graceMs + KILL_LIMIT_MS) {
    const entries = await listProcesses();
    const family = findFamily(entries, roots);
    if (family.length === 0) return;
    const own = entries.find(({ pid }) => pid === process.pid);
    for (const { group, session } of family) {
      // Groups and sessions of the offspring: those stay findable when their parents are gone. A child that was forked a
      // moment ago is in our own until it leads one itself: we would end with it, and whoever started us.
      if (group !== own?.group) roots.add(group);
      if (session > 0 && session !== own?.session) roots.add(session);
    }
    if (passedMs() >= graceMs) send(family, 'SIGKILL');
    else if (!isAsked) send(family, signal);
    isAsked = true;
    // Nobody may cancel this wait: what was started here must not outlive us.
    await needs.clock.sleep(LOOK_AGAIN_MS, { signal: new AbortController().signal });
  }
}

/** Of `entries` those that descend from a root, or are in a group or session that a root leads. */
export function findFamily(
  entries: readonly ProcessEntry[],
  roots: ReadonlySet<number>,
): readonly ProcessEntry[] {
  const members = new Set<number>();
  const belongs = (entry: ProcessEntry): boolean =>
    roots.has(entry.pid) || roots.has(entry.group) || roots.has(entry.session) || members.has(entry.parent);
  while (true) {
    const found = entries.filter((entry) => !members.has(entry.pid) && belongs(entry));
    if (found.length === 0) break;
    for (const entry of found) members.add(entry.pid);
  }
  return entries.filter((entry) => members.has(entry.pid));
}

/**
 * Processes whose home was `folder` or below when they started: finds what has left its family, like a tmux server.
 * On Linux only; elsewhere the system does not show other processes' environment, and the list is empty.
 */
export async function findInhabitants(folder: string): Promise<readonly number[]> {
  if (process.platform !== 'linux') return [];
  const environments = await readProcessFiles('environ');
  return environments.flatMap(({ pid, text }) => {
    const home = text.split('\0').find((entry) => entry.startsWith('HOME='));
    return home !== undefined && `${home.slice('HOME='.length)}/`.startsWith(`${folder}/`) ? [pid] : [];
  });
}

/** All processes that this user may see, but for those that have ended and wait for their parent. */
export async function listProcesses(): Promise<readonly ProcessEntry[]> {
  return process.platform === 'linux' ? listOnLinux() : listByPs();
}

/** From /proc, since a small Linux need not have a `ps`. */
async function listOnLinux(): Promise<readonly ProcessEntry[]> {
  return (await readProcessFiles('stat')).flatMap(({ pid, text }) => {
    // The program's name, in parentheses, may hold spaces and parentheses itself: the fields begin after the last one.
    const [state, parent, group, session] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (state === undefined || session === undefined || state === 'Z' || state === 'X') return [];
    return [{ pid, parent: Number(parent), group: Number(group), session: Number(session) }];
  });
}

/** Empty where a process ended meanwhile or is not ours to read. */
async function readProcessFiles(file: 'stat' | 'environ'): Promise<{ pid: number; text: string }[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return await Promise.all(
    names.map(async (name) => ({
      pid: Number(name),
      text: await readFile(`/proc/${name}/${file}`, 'utf8').catch(() => ''),
    })),
  );
}

async function listByPs(): Promise<readonly ProcessEntry[]> {
  const { stdout } = await promisify(execFile)('/bin/ps', ['-axo', 'pid=,ppid=,pgid=,state=']);
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/);
    if (state === undefined || state.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), session: 0 }];
  });
}

function send(family: readonly ProcessEntry[], signal: NodeJS.Signals): void {
  for (const { pid } of family) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended between the list and the signal.
    }
  }
}

async function endTreeOnWindows(pid: number): Promise<void> {
  // Fails where the process is gone already, which is what is wanted.
  await promisify(execFile)('taskkill', ['/pid', String(pid), '/t', '/f']).catch(() => {});
}
