import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { createLog } from '../../../main/base/log.ts';
import { createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import type { SessionSnapshot } from '../../../main/session/session-state.ts';
import { createSessions } from '../../../main/session/sessions.ts';
import { createScriptedShell, type ScriptedShell } from '../../fakes/scripted-shell.ts';
import { until } from '../../fakes/until.ts';

const PLACE = { server: 'https://demo' };
const SIZE = { cols: 80, rows: 24 };
const TARGET = { context: 'demo', namespace: 'shop', pod: 'web-1' };

async function createScripted() {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-sessions-'));
  const clock = createSystemClock();
  const shells: ScriptedShell[] = [];
  let lastId = 0;
  const sessions = createSessions({
    clock,
    log: createLog({ level: 'silent' }),
    random: () => 0.5,
    newSessionId: () => {
      lastId += 1;
      return `s${lastId}`;
    },
    newCastWriter: (details, size) => createCastWriter({ clock, folder }, { details, size }),
    openShell: async () => {
      const shell = createScriptedShell();
      shells.push(shell);
      return { stream: shell.stream, container: 'app', command: ['sh'], place: PLACE };
    },
  });
  return { sessions, shells };
}

test('a session is told at every turn of its life, the growth of its record included', async () => {
  const { sessions, shells } = await createScripted();
  const told: SessionSnapshot[] = [];
  sessions.onChanged((snapshot) => told.push(snapshot));
  const session = sessions.open(TARGET, SIZE);
  expect(session.snapshot().state.kind).toBe('opening');
  await until(() => told.some((snapshot) => snapshot.state.kind === 'live'));
  shells[0]?.print('x'.repeat(10_000));
  await until(() => told.some(({ recording }) => recording.kind === 'recording' && recording.bytes > 10_000));
  shells[0]?.end({ kind: 'exited', exitCode: 0 });
  await session.ended;
  expect(told.at(-1)?.state.kind).toBe('ended');
  await sessions.end();
});

test('an ended session stays in the list until it is forgotten', async () => {
  const { sessions, shells } = await createScripted();
  const forgotten: string[] = [];
  sessions.onForgotten((sessionId) => forgotten.push(sessionId));
  const session = sessions.open(TARGET, SIZE);
  await until(() => shells.length === 1);
  shells[0]?.end({ kind: 'exited', exitCode: 1 });
  await session.ended;
  expect(sessions.list()).toHaveLength(1);
  await sessions.forget('s1');
  expect(sessions.list()).toEqual([]);
  expect(forgotten).toEqual(['s1']);
  expect(() => sessions.get('s1')).toThrow('there is no session s1');
  await sessions.end();
});

test('there is a limit to live shells, and ended ones do not count', async () => {
  const { sessions } = await createScripted();
  const opened = Array.from({ length: 200 }, () => sessions.open(TARGET, SIZE));
  expect(() => sessions.open(TARGET, SIZE)).toThrow('200 shells are open already');
  await opened[0]?.close();
  sessions.open(TARGET, SIZE);
  await sessions.end();
});

test('ending closes every shell and every record', async () => {
  const { sessions, shells } = await createScripted();
  const opened = [sessions.open(TARGET, SIZE), sessions.open(TARGET, SIZE)];
  await until(() => shells.length === 2);
  for (const shell of shells) shell.print('$ ');
  await until(() => opened.every((session) => session.snapshot().state.kind === 'live'));
  await sessions.end();
  expect(shells.every((shell) => shell.isClosed)).toBe(true);
  for (const session of opened) {
    expect(session.snapshot()).toMatchObject({
      state: { kind: 'ended', end: { kind: 'closed' } },
      recording: { kind: 'stored' },
    });
  }
});
