// covers: main/session/session-state.ts
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { createLog } from '../../../main/base/log.ts';
import type { ShellOptions } from '../../../main/exec/shell.ts';
import { createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import { createSession } from '../../../main/session/session.ts';
import type { SessionRecord } from '../../../main/session/session-record.ts';
import type { ShellTarget } from '../../../main/session/session-state.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createScriptedShell, type ScriptedShell } from '../../fakes/scripted-shell.ts';
import { until } from '../../fakes/until.ts';

const PLACE = { server: 'https://demo', podUid: 'uid-1' };
const SIZE = { cols: 80, rows: 24 };
const LOST = new AppError('connection-lost', 'the connection to shop/web-1 was lost: it was cut', {
  detail: 'it was cut',
});

interface Opening extends ShellOptions {
  readonly target: ShellTarget;
  readonly size: { readonly cols: number; readonly rows: number };
}

async function openSession(changes: Partial<ShellTarget> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-reconnect-'));
  const clock = createManualClock();
  const shells: ScriptedShell[] = [];
  const openings: Opening[] = [];
  let refusal: AppError | undefined;
  const session = createSession(
    {
      clock,
      log: createLog({ level: 'silent' }),
      random: () => 0.5,
      async openShell(target, size, options) {
        openings.push({ target, size, ...options });
        if (refusal) throw refusal;
        const shell = createScriptedShell();
        shells.push(shell);
        shell.print(`shell ${shells.length}\r\n`);
        return { stream: shell.stream, container: 'app', command: ['sh'], place: PLACE };
      },
      newCastWriter: (details, size) => createCastWriter({ clock, folder }, { details, size }),
      onChanged: () => {},
    },
    's1',
    { context: 'demo', namespace: 'shop', pod: 'web-1', ...changes },
    SIZE,
  );
  const records: SessionRecord[] = [];
  const left = session.view(
    { write: async (record) => void records.push(record), end: () => {} },
    { signal: new AbortController().signal },
  );
  const state = (): string => session.snapshot().state.kind;
  const text = (): string =>
    Buffer.concat(records.flatMap((one) => (one.kind === 'output' ? [one.bytes] : []))).toString('utf8');
  await until(() => text().includes('shell 1'));
  return {
    session,
    clock,
    folder,
    shells,
    openings,
    records,
    left,
    state,
    text,
    async lose() {
      shells.at(-1)?.end({ kind: 'lost', error: LOST });
      await until(() => state() !== 'live');
    },
    refuse(error: AppError | undefined) {
      refusal = error;
    },
  };
}

test('a lost shell is opened again in its place: same session, viewer and recording, with the gap marked', async () => {
  const { session, clock, folder, shells, openings, records, left, state, text, lose } = await openSession();
  const before = session.snapshot().recording;
  await lose();
  expect(session.snapshot().state).toMatchObject({
    kind: 'reconnecting',
    attempt: 1,
    lostAtMs: clock.nowMs(),
    nextTryAtMs: clock.nowMs() + 1_000,
    problem: LOST,
  });
  session.resize({ cols: 132, rows: 43 });
  await clock.advance(1_000);
  await until(() => text().includes('shell 2'));
  expect(state()).toBe('live');
  expect(openings[1]).toMatchObject({
    target: { pod: 'web-1', container: 'app' },
    size: { cols: 132, rows: 43 },
    place: PLACE,
    isUnattended: true,
  });
  await session.write(new TextEncoder().encode('ls\r'));
  expect(shells[1]?.input).toEqual(['ls\r']);
  shells[1]?.end({ kind: 'exited', exitCode: 0 });
  await session.ended;
  await left;

  const marks = records.flatMap((one) => (one.kind === 'marker' ? [one.label] : []));
  expect(marks).toEqual(['connection lost: it was cut', 'reconnected after 1 s, in a new shell']);
  const { recording } = session.snapshot();
  expect(recording).toMatchObject({
    kind: 'stored',
    recordingId: 'recordingId' in before && before.recordingId,
  });
  const cast = await readFile(
    join(folder, `${'recordingId' in recording && recording.recordingId}.cast`),
    'utf8',
  );
  const events = cast
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as [number, string, string]);
  expect(events.flatMap(([, code, label]) => (code === 'm' ? [label] : []))).toEqual(marks);
  const printed = events.map(([, code, data]) => (code === 'o' ? data : '')).join('');
  expect(printed).toBe(text());
});

test('a window that is opened while the connection is lost sees what was, and then what comes', async () => {
  const { session, clock, state, lose, text } = await openSession();
  await lose();
  const late: SessionRecord[] = [];
  const left = session.view(
    { write: async (record) => void late.push(record), end: () => {} },
    { signal: new AbortController().signal },
  );
  await until(() => late.some((record) => record.kind === 'caught-up'));
  expect(late.some((record) => record.kind === 'marker')).toBe(true);
  expect(state()).toBe('reconnecting');
  await clock.advance(1_000);
  await until(() => late.at(-1)?.kind === 'output' && text().includes('shell 2'));
  await session.close();
  await left;
});

test('what is typed while the connection is lost is refused, not kept for the next shell', async () => {
  const { session, clock, shells, lose, text } = await openSession();
  await lose();
  await expect(session.write(new TextEncoder().encode('rm -r .\r'))).rejects.toMatchObject({
    code: 'session-reconnecting',
  });
  await clock.advance(1_000);
  await until(() => text().includes('shell 2'));
  expect(shells[1]?.input).toEqual([]);
  await session.close();
});

test('a shell that is cut again and again is not asked for every second', async () => {
  const { session, clock, openings, lose, text } = await openSession();
  for (const waitMs of [1_000, 2_000, 4_000]) {
    await lose();
    expect(session.snapshot().state).toMatchObject({ nextTryAtMs: clock.nowMs() + waitMs });
    await clock.advance(waitMs);
    await until(() => text().includes(`shell ${openings.length}`));
  }
  // One that has held counts as back.
  await clock.advance(61_000);
  await lose();
  expect(session.snapshot().state).toMatchObject({ attempt: 1, nextTryAtMs: clock.nowMs() + 1_000 });
  await session.close();
});

test('a shell that the server closed in order is not opened again: nobody knows why it went', async () => {
  const { session, shells, openings } = await openSession();
  const error = new AppError('exit-unknown', 'the command in shop/web-1 has ended');
  shells[0]?.end({ kind: 'lost', error });
  await session.ended;
  expect(session.snapshot().state).toMatchObject({ kind: 'ended', end: { kind: 'failed', error } });
  expect(openings).toHaveLength(1);
});

test('what was on its way when the connection broke is refused like what comes after it', async () => {
  const own = await openSession();
  const broken = new AppError('session-ended', 'the command in web-1 has ended');
  own.shells[0]?.refuseInput(broken);
  await expect(own.session.write(new Uint8Array([97]))).rejects.toMatchObject({
    code: 'session-reconnecting',
  });
  await own.session.close();
  const command = await openSession({ command: ['./migrate'] });
  command.shells[0]?.refuseInput(broken);
  await expect(command.session.write(new Uint8Array([97]))).rejects.toBe(broken);
  await command.session.close();
});

test('somebody who asks is not made to wait', async () => {
  const { session, clock, openings, refuse, lose, state } = await openSession();
  refuse(new AppError('cluster-unreachable', 'no route'));
  await lose();
  await clock.advance(20_000);
  expect(openings.slice(1).every(({ isUnattended }) => isUnattended)).toBe(true);
  refuse(undefined);
  session.reconnect();
  await until(() => state() === 'live');
  expect(openings.at(-1)).toMatchObject({ isUnattended: false });
  // Nothing to do for one that is there.
  session.reconnect();
  await session.close();
});

test('a pod that is gone ends the session with that reason', async () => {
  const { session, clock, refuse, lose } = await openSession();
  const gone = new AppError('pod-gone', 'pod web-1 was deleted');
  refuse(gone);
  await lose();
  await clock.advance(1_000);
  await session.ended;
  expect(session.snapshot()).toMatchObject({
    state: { kind: 'ended', end: { kind: 'failed', error: gone } },
    recording: { kind: 'stored' },
  });
});

test('a command that was asked for by name is not run a second time', async () => {
  const { session, openings, lose, state } = await openSession({ command: ['./migrate'] });
  await lose();
  await session.ended;
  expect(state()).toBe('ended');
  expect(session.snapshot().state).toMatchObject({ end: { kind: 'failed', error: LOST } });
  expect(openings).toHaveLength(1);
});

test('closing a session that is reconnecting ends it at once, as closed', async () => {
  const { session, clock, lose } = await openSession();
  await lose();
  await session.close();
  expect(session.snapshot()).toMatchObject({
    state: { kind: 'ended', end: { kind: 'closed' } },
    recording: { kind: 'stored' },
  });
  expect(session.snapshot().state).toHaveProperty('startedAtMs');
  await until(() => clock.sleepers === 0);
});
