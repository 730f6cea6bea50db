// covers: main/commands/recordings-table.ts
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { type CommandIo, formatFailure } from '../../../main/commands/io.ts';
import { formatRecordings } from '../../../main/commands/recordings-table.ts';
import { addSessionsCommand } from '../../../main/commands/sessions.ts';
import { changeAnnotation } from '../../../main/recording/annotation.ts';
import type { RecordingEnd } from '../../../main/recording/recording.ts';
import { sidecarPathOf } from '../../../main/recording/sidecar.ts';
import { formatLocalDay, groupRecordings } from '../../../preload/recording-query.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { recording } from '../../fakes/recording-info.ts';
import { NEW_YEAR_MS, placeForeignCast, recordSession } from '../../fakes/recordings.ts';

const DAY_MS = 86_400_000;
let stage: TestCore;
let folder: string;

beforeEach(async () => {
  stage = await startTestCore();
  folder = stage.core.paths.recordings;
  await stage.core.library();
});
afterEach(() => stage.end());

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** As `kubereel sessions` would, in this process. */
async function run(...args: string[]): Promise<Result> {
  let result: Result = { code: 0, stdout: '', stderr: '' };
  const tell = (name: 'stdout' | 'stderr', text: string | Uint8Array): void => {
    result = { ...result, [name]: result[name] + String(text) };
  };
  const io = {
    write: async (text: string | Uint8Array) => tell('stdout', text),
    writeError: async (text: string | Uint8Array) => tell('stderr', text),
  } as Partial<CommandIo> as CommandIo;
  const program = new Command().exitOverride();
  addSessionsCommand(
    program,
    async (command) => {
      const code = await command(stage.core, { signal: new AbortController().signal });
      result = { ...result, code };
    },
    io,
  );
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
  try {
    await program.parseAsync(['sessions', ...args], { from: 'user' });
  } catch (error) {
    result = { ...result, code: 1, stderr: formatFailure(error) };
  }
  return result;
}

async function list(...args: string[]): Promise<string[]> {
  const { stdout } = await run('--json', ...args);
  return (JSON.parse(stdout) as { recordingId: string }[]).map(({ recordingId }) => recordingId);
}

async function place(daysLater: number, pod: string, end: RecordingEnd): Promise<string> {
  const { recordingId, path } = await recordSession(folder, {
    startedAtMs: NEW_YEAR_MS + daysLater * DAY_MS,
    end,
  });
  const text = await readFile(sidecarPathOf(path), 'utf8');
  await writeFile(sidecarPathOf(path), text.replace('"web-1"', JSON.stringify(pod)));
  return recordingId;
}

test('flags and query ask together, each as the other would', async () => {
  const first = await place(0, 'api-1', { kind: 'exited', exitCode: 0 });
  const second = await place(1, 'api-2', { kind: 'exited', exitCode: 3 });
  const third = await place(2, 'web-9', { kind: 'failed', note: 'the pod was deleted' });
  const { recordingId: foreign } = await placeForeignCast(folder, 'demo');

  expect(await list()).toEqual([third, second, first, foreign]);
  expect(await list('--pod', 'API-*', '--exit', 'failed')).toEqual([second]);
  expect(await list('pod:API-*', 'exit:failed')).toEqual([second]);
  expect(await list('pod:api-* exit:3')).toEqual([second]);
  expect(await list('--pod', 'api-1', '--pod', 'web-9', 'exit:unknown')).toEqual([third]);
  expect(await list('--since', '2026-01-02T00:00Z', '--until', '2026-01-02T00:00:00.001Z')).toEqual([second]);
  expect(await list('--', '-pod:api-*', 'web')).toEqual([third]);
  expect(await list('--namespace', 'shop', '--sort', 'pod')).toEqual([first, second, third]);
  expect(await list('--sort', 'started', '--reverse', '--limit', '2')).toEqual([foreign, first]);
  expect(await list('--min-duration', '2s')).toEqual([foreign]);
  expect(await list('nowhere')).toEqual([]);
});

test('tags and pins are found and shown, and days are headings', async () => {
  const first = await place(0, 'api-1', { kind: 'exited', exitCode: 0 });
  const second = await place(1, 'api-2', { kind: 'exited', exitCode: 3 });
  const path = join(folder, `${second}.cast`);
  const change = { addTags: ['incident', 'disk'], isPinned: true };
  await changeAnnotation({ clock: createSystemClock(), keys: undefined }, path, undefined, change);

  expect(await list('--pinned')).toEqual([second]);
  expect(await list('--tag', 'DISK', '--tag', 'inc*')).toEqual([second]);
  expect(await list('--', '-is:pinned')).toEqual([first]);
  const { stdout, stderr } = await run('--group', 'day', '--limit', '2');
  const lines = stdout.split('\n');
  expect(lines[0]).toMatch(/^ID .* EXIT {3}STATE +TAGS$/);
  expect(lines.slice(1, 3)).toEqual(['', `${formatLocalDay(NEW_YEAR_MS + DAY_MS)} (1)`]);
  expect(lines[3]).toMatch(/ 3 {6}closed, pinned {3}(incident, disk|disk, incident)$/);
  expect(lines.slice(4, 6)).toEqual(['', `${formatLocalDay(NEW_YEAR_MS)} (1)`]);
  expect(lines[6]).toMatch(/ 0 {6}closed$/);
  expect(stderr).toBe('');
  expect((await run('--limit', '1')).stderr).toBe('1 more; --limit is 1\n');
});

test('a word that cannot be understood is named as it was typed, with what can be written', async () => {
  const mistaken = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout: stdout }).toEqual({ code: 1, stdout: '' });
    return stderr;
  };
  expect(await mistaken('pod:a', 'conetxt:prod')).toMatch(
    /^error: conetxt:prod: there is no filter conetxt\n {2}There are context: /,
  );
  expect(await mistaken('--min-duration', '5')).toMatch(/^error: --min-duration 5: it is no duration\n/);
  expect(await mistaken('--state', 'gone')).toMatch(/^error: --state gone: .*\n.*not-uploaded/);
  expect(await mistaken('--exit', 'ok', 'exit:3')).toMatch(/^error: exit:3: this was said before\n/);
  expect(await mistaken('--limit', '0')).toContain('Expected a whole number above 0.');
});

test('nothing found says what was asked for, and is no failure', async () => {
  expect(await run()).toMatchObject({ code: 0, stderr: `No recordings yet in ${folder}\n` });
  expect((await run('--state', 'live', '--state', 'damaged')).stderr).toBe(
    `No recordings that are live or damaged in ${folder}\n`,
  );
  expect((await run('--pod', 'my pod', 'a')).stderr).toBe(`No recordings for pod:"my pod" a in ${folder}\n`);
});

test('a row is one line that no terminal obeys, with all that is to know of its state', () => {
  const rows = [
    recording({ pod: 'a\u001b[2J\nb', container: '', isOwed: true, encryptedTo: ['age1'], isLocked: true }),
    recording({ recordingId: 'r2', context: '', namespace: '', pod: '', encryptedTo: ['age1'] }),
  ];
  const delivered = groupRecordings('none', [recording({ isDelivered: true, isPinned: true })]);
  expect(formatRecordings(delivered, 'none')).toContain('closed, uploaded, pinned');
  const text = formatRecordings(groupRecordings('pod', rows), 'pod');
  const name = 'a\\x1b[2J\\x0ab';
  expect(text.split('\n').map((line) => line.replaceAll(/ {3,}/g, ' | '))).toEqual([
    'ID | CONTEXT | NAMESPACE | POD/CONTAINER | STARTED | DURATION | EXIT | STATE | TAGS',
    '',
    `prod-eu/shop/${name} (1)`,
    `r1 | prod-eu | shop | ${name}/ | 2026-11-20T03:00:00Z | 2m13s | closed, not uploaded, encrypted: no key here`,
    '',
    'no pod is known (1)',
    expect.stringMatching(/^r2 \| .*\/app \| .* \| closed, encrypted$/),
    '',
  ]);
});
