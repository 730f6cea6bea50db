// covers: main/session/recorded-start.ts
// covers: main/session/delivery-watch.ts
// covers: main/session/recording-state.ts
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { createLog } from '../../../main/base/log.ts';
import type { PolicyAnswer } from '../../../main/policy/policy.ts';
import { DEFAULT_ANSWER } from '../../../main/policy/strictest-answer.ts';
import { createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import { createSession, type SessionNeeds } from '../../../main/session/session.ts';
import { makeCastFolder, readEvents, readSidecar } from '../../fakes/cast-folder.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createScriptedRecorders, lostAt, VAULT } from '../../fakes/scripted-recorders.ts';
import { createScriptedShell } from '../../fakes/scripted-shell.ts';
import { until } from '../../fakes/until.ts';

const TARGET = { context: 'prod', namespace: 'payments', pod: 'web-1' };
const LOST = [lostAt(VAULT)];
const FROM_HERE = 'not on record at a recorder from here: the recorder cut the connection';

/** A session whose recorders do what the test tells them to. */
async function open(said: Partial<PolicyAnswer> = {}, overrides: Partial<SessionNeeds> = {}) {
  const folder = await makeCastFolder();
  const clock = createManualClock();
  const shell = createScriptedShell();
  const recorders = createScriptedRecorders(folder, clock.nowMs());
  const plans: unknown[] = [];
  const shown: string[] = [];
  let path = '';
  let opens = 0;
  const answer = { ...DEFAULT_ANSWER, recorders: [VAULT], graceSeconds: 30, ...said };
  const session = createSession(
    {
      clock,
      log: createLog({ level: 'silent' }),
      random: () => 0.5,
      async openShell() {
        opens += 1;
        return { stream: shell.stream, container: 'app', command: ['sh'], place: { server: '' } };
      },
      async newCastWriter(details, size, { planned, isRequired }) {
        plans.push(planned);
        const known = planned && { recordingId: planned.recordingId };
        const writer = await createCastWriter({ clock, folder, isRequired }, { details, size, ...known });
        path = writer.path;
        return writer;
      },
      terms: {
        answerPolicy: async () => answer,
        rehearseRecording: async () => {},
        connectRecorders: (...asked) => recorders.connect(...asked),
      },
      onChanged: () => {},
      ...overrides,
    },
    's1',
    TARGET,
    { cols: 80, rows: 24 },
  );
  async function goLive(): Promise<void> {
    shell.print('$ ');
    await until(() => session.snapshot().state.kind === 'live');
    void session.view(
      {
        async write(record) {
          if (record.kind === 'output') shown.push(Buffer.from(record.bytes).toString());
          if (record.kind === 'marker') shown.push(`<${record.label}>`);
        },
        end: () => {},
      },
      { signal: new AbortController().signal },
    );
    await until(() => session.snapshot().viewers === 1);
  }
  function lose(): void {
    recorders.become({ kind: 'owed', sinceMs: clock.nowMs(), attempts: LOST });
  }
  return {
    session,
    shell,
    clock,
    recorders,
    plans,
    goLive,
    lose,
    opens: () => opens,
    path: () => path,
    text: () => shown.join(''),
  };
}

test('recorders are asked first, and the recording is the one that they were told of', async () => {
  const { session, goLive, recorders, plans, path } = await open();
  await goLive();
  expect(recorders.deeds).toEqual(['connect vault', 'begin']);
  expect(plans).toEqual([expect.objectContaining({ path: path() })]);
  expect(session.snapshot().recording).toMatchObject({
    kind: 'recording',
    delivery: { kind: 'live', recorder: VAULT },
  });
  recorders.confirmed.resolve();
  await session.close();
});

test('closed at the start: no shell is asked for, and the tab tells what each recorder answered', async () => {
  const recorders = createScriptedRecorders('/r');
  recorders.answer = { attempts: LOST, state: { kind: 'owed', sinceMs: 0, attempts: LOST } };
  const { session, opens } = await open(
    {},
    {
      terms: {
        answerPolicy: async () => ({ ...DEFAULT_ANSWER, recorders: [VAULT], atStart: 'closed' }),
        rehearseRecording: async () => {},
        connectRecorders: recorders.connect,
      },
    },
  );
  await session.ended;
  expect(opens()).toBe(0);
  expect(session.snapshot().state).toMatchObject({
    end: {
      kind: 'failed',
      error: {
        code: 'delivery-required',
        message: expect.stringContaining('1. the recorder cut the connection'),
      },
    },
  });
  expect(session.snapshot().recording).toEqual({ kind: 'none' });
});

test('open at the start: the shell opens owed, and a line and a marker say so once', async () => {
  const { session, goLive, recorders, path, text, clock } = await open();
  recorders.answer = { attempts: LOST, state: { kind: 'owed', sinceMs: clock.nowMs(), attempts: LOST } };
  await goLive();
  const line = 'no recorder takes this session: the recorder cut the connection';
  await until(() => text().includes(line));
  expect(session.snapshot().recording).toMatchObject({
    delivery: { kind: 'owed', sinceMs: clock.nowMs(), attempts: LOST },
  });
  // Nor does the policy's grace for what is lost midway begin.
  expect(session.snapshot().recording).not.toHaveProperty('delivery.endsAtMs');
  recorders.confirmed.resolve();
  await session.close();
  const markers = (await readEvents(path())).filter(({ kind }) => kind === 'marker');
  expect(markers).toMatchObject([{ label: line }]);
});

test('open midway: it goes on for good, is owed since then, and one line says it, which is no output', async () => {
  const { session, shell, goLive, recorders, lose, path, text, clock } = await open();
  await goLive();
  await clock.advance(60_000);
  const lostAtMs = clock.nowMs();
  lose();
  recorders.become({ kind: 'owed', sinceMs: lostAtMs, attempts: [...LOST, ...LOST] });
  await until(() => text().includes(`<${FROM_HERE}>`));
  await clock.advance(3_600_000);
  shell.print('still here');
  await until(() => text().endsWith('still here'));
  expect(session.snapshot()).toMatchObject({
    state: { kind: 'live' },
    recording: { kind: 'recording', delivery: { kind: 'owed', sinceMs: lostAtMs } },
  });
  recorders.confirmed.resolve();
  await session.close();
  expect(text().match(/from here/g)).toHaveLength(1);
  expect((await readEvents(path())).map(({ kind }) => kind)).toEqual(['output', 'marker', 'output']);
});

test('closed midway: at once a line tells why and when, and after the grace the shell ends with it', async () => {
  const { session, shell, goLive, recorders, lose, path, text, clock } = await open({ midway: 'closed' });
  await goLive();
  lose();
  const line = `${FROM_HERE}; this session ends in 30 s`;
  await until(() => text().includes(`<${line}>`));
  expect(session.snapshot().recording).toMatchObject({
    delivery: { kind: 'owed', endsAtMs: clock.nowMs() + 30_000 },
  });
  await clock.advance(29_000);
  // What is typed and shown within the grace is on record here.
  await session.write(Buffer.from('w'));
  shell.print('within the grace');
  await until(() => text().endsWith('within the grace'));
  expect(session.snapshot().state.kind).toBe('live');
  await clock.advance(1_000);
  recorders.confirmed.resolve();
  await session.ended;
  const reason =
    'the shell was ended, as it has to be on record at a recorder: the recorder cut the connection';
  expect(session.snapshot()).toMatchObject({
    state: { kind: 'ended', end: { kind: 'failed', error: { code: 'delivery-required', message: reason } } },
    recording: { kind: 'stored', delivery: { kind: 'owed' } },
  });
  expect(session.snapshot().recording).not.toHaveProperty('delivery.endsAtMs');
  expect(shell.isClosed).toBe(true);
  const events = await readEvents(path());
  expect(events.flatMap((event) => (event.kind === 'marker' ? event.label : []))).toEqual([line, reason]);
  expect(events.flatMap((event) => (event.kind === 'output' ? event.text : [])).join('')).toBe(
    '$ within the grace',
  );
  expect(await readSidecar(path())).toMatchObject({
    state: { kind: 'closed', end: { kind: 'failed', note: reason } },
  });
});

test('closed midway with no grace ends at once; a shell that ends within it is not ended for it', async () => {
  const strict = await open({ midway: 'closed', graceSeconds: 0 });
  await strict.goLive();
  strict.lose();
  await strict.clock.advance(0);
  await until(() => strict.session.snapshot().state.kind === 'ended');
  const brief = await open({ midway: 'closed' });
  await brief.goLive();
  brief.lose();
  brief.shell.end({ kind: 'exited', exitCode: 0 });
  await until(() => brief.session.snapshot().state.kind === 'ended');
  await brief.clock.advance(60_000);
  expect(brief.session.snapshot().state).toMatchObject({ end: { kind: 'exited', exitCode: 0 } });
  strict.recorders.confirmed.resolve();
  brief.recorders.confirmed.resolve();
  await brief.session.delivered();
  await strict.session.delivered();
});

test('the end is told at once; that the recording has arrived when it has', async () => {
  const { session, shell, goLive, recorders, clock } = await open();
  await goLive();
  shell.end({ kind: 'exited', exitCode: 0 });
  await session.ended;
  const delivered = session.delivered();
  await until(() => recorders.deeds.includes('ended'));
  expect(session.snapshot().recording).toMatchObject({ kind: 'stored', delivery: { kind: 'live' } });
  recorders.become({ kind: 'delivered', recorder: VAULT, atMs: clock.nowMs() });
  recorders.confirmed.resolve();
  await delivered;
  expect(session.snapshot().recording).toMatchObject({ delivery: { kind: 'delivered', recorder: VAULT } });
  expect(recorders.deeds).toEqual(['connect vault', 'begin', 'ended']);
});

test('where no shell opens, or no recording begins, there is nothing to deliver', async () => {
  const refused = await open(
    {},
    { openShell: () => Promise.reject(new AppError('forbidden', 'no exec for you')) },
  );
  await refused.session.ended;
  expect(refused.recorders.deeds).toEqual(['connect vault', 'cancel']);
  const unrecorded = await open(
    {},
    { newCastWriter: () => Promise.reject(new AppError('disk-full', 'the disk is full')) },
  );
  await unrecorded.goLive();
  expect(unrecorded.recorders.deeds).toEqual(['connect vault', 'cancel']);
  expect(unrecorded.session.snapshot().recording).toMatchObject({ kind: 'failed' });
  await unrecorded.session.close();
});

test('a shell that is opened again after a lost connection goes on with the same delivery', async () => {
  const next = createScriptedShell();
  const first = createScriptedShell();
  const shells = [first, next];
  const { session, recorders, clock, path } = await open(
    {},
    {
      async openShell() {
        const { stream } = shells.shift() ?? first;
        return { stream, container: 'app', command: ['sh'], place: { server: '' } };
      },
    },
  );
  first.print('one');
  await until(() => session.snapshot().state.kind === 'live');
  first.end({ kind: 'lost', error: new AppError('connection-lost', 'lost', { detail: 'reset' }) });
  await until(() => session.snapshot().state.kind === 'reconnecting');
  next.print('two');
  session.reconnect();
  await until(() => session.snapshot().state.kind === 'live');
  expect(recorders.deeds).toEqual(['connect vault', 'begin']);
  recorders.confirmed.resolve();
  await clock.advance(1_000);
  await session.close();
  expect(await readFile(path(), 'utf8')).toContain('two');
});
