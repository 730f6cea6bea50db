// covers: main/session/recording-duty.ts
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { createLog } from '../../../main/base/log.ts';
import { DEFAULT_ANSWER } from '../../../main/policy/strictest-answer.ts';
import { type CastWriterNeeds, createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import { DISK_GRACE_MS } from '../../../main/recording/writing/disk-hold.ts';
import type { SpaceGuard } from '../../../main/recording/writing/space-guard.ts';
import { createUnrecordable } from '../../../main/session/recording-duty.ts';
import { createSession, type Session, type SessionNeeds } from '../../../main/session/session.ts';
import { makeCastFolder, readEvents, readSidecar } from '../../fakes/cast-folder.ts';
import { createLimitedDisk } from '../../fakes/limited-disk.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { noRecorders } from '../../fakes/scripted-recorders.ts';
import { createScriptedShell } from '../../fakes/scripted-shell.ts';
import { eventually, until } from '../../fakes/until.ts';

const REQUIRED = { ...DEFAULT_ANSWER, recording: 'required' as const };
const SIZE = { cols: 80, rows: 24 };
const TARGET = { context: 'demo', namespace: 'shop', pod: 'web-1' };
const WAITING = 'waiting for the disk: nothing is shown that is not on record';
const MIB = 1024 * 1024;

async function open(overrides: Partial<SessionNeeds> = {}, writing: Partial<CastWriterNeeds> = {}) {
  const folder = await makeCastFolder();
  const disk = createLimitedDisk();
  const clock = createManualClock();
  const shell = createScriptedShell();
  let opens = 0;
  let path = '';
  const needs: SessionNeeds = {
    clock,
    log: createLog({ level: 'silent' }),
    random: () => 0.5,
    async openShell() {
      opens += 1;
      if (opens > 1) throw new AppError('cluster-unreachable', 'not asked for here');
      return { stream: shell.stream, container: 'app', command: ['sh'], place: { server: '' } };
    },
    async newCastWriter(details, size, { isRequired }) {
      const writer = await createCastWriter(
        { clock, folder, files: disk.files, isRequired, ...writing },
        { details, size },
      );
      path = writer.path;
      return writer;
    },
    terms: {
      answerPolicy: async () => REQUIRED,
      rehearseRecording: async () => {},
      connectRecorders: noRecorders,
    },
    onChanged: () => {},
    ...overrides,
  };
  const session = createSession(needs, 's1', TARGET, SIZE);
  const shown: string[] = [];
  async function goLive(): Promise<void> {
    // The first sign of life.
    shell.print('$ ');
    void session.view(
      {
        async write(record) {
          if (record.kind === 'output') shown.push(Buffer.from(record.bytes).toString());
        },
        end: () => {},
      },
      { signal: new AbortController().signal },
    );
    await until(() => shown.join('').startsWith('$ '));
    await until(() => session.snapshot().viewers === 1);
  }
  return {
    clock,
    disk,
    shell,
    session,
    goLive,
    text: () => shown.join(''),
    opens: () => opens,
    path: () => path,
  };
}

function troubleOf(session: Session): AppError | undefined {
  const { recording } = session.snapshot();
  return recording.kind === 'recording' ? recording.trouble : undefined;
}

function endOf(session: Session) {
  const { state } = session.snapshot();
  return state.kind === 'ended' ? state.end : undefined;
}

test('where no recording can be begun no shell is asked for, and the reason keeps its words', async () => {
  const cause = new AppError('disk-full', 'no recording could be begun in /r: the disk is full');
  const { session, opens } = await open({
    terms: {
      answerPolicy: async () => REQUIRED,
      rehearseRecording: () => Promise.reject(cause),
      connectRecorders: noRecorders,
    },
  });
  await session.ended;
  expect(opens()).toBe(0);
  expect(endOf(session)).toMatchObject({
    kind: 'failed',
    error: { code: 'recording-required', message: expect.stringContaining(cause.message) },
  });
});

test('what to do is what helps against the cause, and never that the shell goes on', () => {
  const folder = new AppError('recording-failed', 'no folder', { hint: 'Check the folder.' });
  expect(createUnrecordable(folder).hint).toMatch(/^Check the folder\. The settings require recordings/);
  const limit = new AppError('recording-limit', 'it is full', { hint: 'The shell goes on.' });
  expect(createUnrecordable(limit).hint).toMatch(/^Delete old recordings, or change the limits\. /);
});

test('the target is asked about; where it requires none, nothing is rehearsed and the shell goes on without', async () => {
  const asked: unknown[] = [];
  const { session, shell } = await open({
    terms: {
      async answerPolicy(target) {
        asked.push(target);
        return DEFAULT_ANSWER;
      },
      rehearseRecording: () => Promise.reject(new Error('not asked for')),
      connectRecorders: noRecorders,
    },
    newCastWriter: () => Promise.reject(new AppError('disk-full', 'the disk is full')),
  });
  shell.print('$ ');
  await session.write(Buffer.from('ls\r'));
  expect(shell.input).toEqual(['ls\r']);
  expect(asked).toEqual([TARGET]);
  expect(session.snapshot().recording).toMatchObject({ kind: 'failed', error: { code: 'disk-full' } });
  await session.close();
});

test('a disk that fills up in between: the shell is closed before anything is shown or sent', async () => {
  const { session, shell } = await open({
    newCastWriter: () => Promise.reject(new AppError('disk-full', 'the disk is full')),
  });
  shell.print('$ ');
  const typed = session.write(Buffer.from('rm -r x\r'));
  await expect(typed).rejects.toMatchObject({ code: 'session-ended' });
  await session.ended;
  expect(shell.isClosed).toBe(true);
  expect(shell.input).toEqual([]);
  expect(endOf(session)).toMatchObject({ error: { code: 'recording-required' } });
});

test('while the disk refuses nothing is shown or sent, and both go on with the disk', async () => {
  const { clock, disk, shell, session, goLive, text, path } = await open();
  await goLive();
  disk.writeError = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
  shell.print('one ');
  await eventually(async () => {
    await clock.advance(20);
    expect(troubleOf(session)?.message).toBe(WAITING);
  });
  expect(troubleOf(session)?.detail).toContain('cannot be written to: EIO');
  const before = text();
  shell.print('two ');
  const typed = session.write(Buffer.from('ls\r'));
  await clock.advance(5_000);
  expect(text()).toBe(before);
  expect(shell.input).toEqual([]);
  disk.writeError = undefined;
  // One more try is due by then; the disk takes its own time for it.
  await clock.advance(5_000);
  await until(() => text() === '$ one two ');
  await typed;
  expect(shell.input).toEqual(['ls\r']);
  expect(troubleOf(session)).toBeUndefined();
  shell.end({ kind: 'exited', exitCode: 0 });
  await session.ended;
  const events = await readEvents(path());
  expect(events.flatMap((event) => (event.kind === 'output' ? [event.text] : [])).join('')).toBe(
    '$ one two ',
  );
  expect(events.some(({ kind }) => kind === 'marker')).toBe(false);
});

test('a disk that stalls in a flood stops the reading; nothing is dropped, and memory stays bounded', async () => {
  const { clock, disk, shell, session, goLive, path } = await open();
  await goLive();
  const stall = Promise.withResolvers<void>();
  disk.stalled = stall.promise;
  const chunk = Buffer.alloc(64 * 1024, 'flood\r\n');
  let printed = 0;
  while (!shell.isPaused) {
    shell.print(chunk);
    printed += chunk.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { recording } = session.snapshot();
  expect(recording.kind === 'recording' && recording.bytes).toBeLessThan(4 * MIB);
  await eventually(async () => {
    await clock.advance(1_000);
    expect(troubleOf(session)?.message).toBe(WAITING);
  });
  disk.stalled = undefined;
  stall.resolve();
  shell.end({ kind: 'exited', exitCode: 0 });
  await session.ended;
  const events = await readEvents(path());
  const bytes = events.reduce((sum, event) => sum + (event.kind === 'output' ? event.text.length : 0), 0);
  expect(bytes).toBe(printed + 2);
  expect(session.snapshot().recording).toMatchObject({ kind: 'stored', lostBytes: 0 });
});

test('after the grace the shell ends with the reason; what was typed meanwhile is refused, not lost', async () => {
  const { clock, disk, shell, session, goLive } = await open();
  await goLive();
  disk.writeError = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
  shell.print('the last that was shown');
  await eventually(async () => {
    await clock.advance(20);
    expect(troubleOf(session)).toBeDefined();
  });
  const typed = session.write(Buffer.from('ls\r')).then(
    () => 'sent',
    (error: AppError) => error.code,
  );
  await clock.advance(DISK_GRACE_MS - 5_000);
  expect(endOf(session)).toBeUndefined();
  await clock.advance(10_000);
  await session.ended;
  expect(['recording-required', 'session-ended']).toContain(await typed);
  expect(shell).toMatchObject({ isClosed: true, input: [] });
  expect(endOf(session)).toMatchObject({
    kind: 'failed',
    error: { code: 'recording-required', message: expect.stringMatching(/has to be recorded: .*EIO/) },
  });
});

test('a stalled disk does not keep the ended session open for ever, nor a closed one', async () => {
  for (const how of ['grace', 'close'] as const) {
    const { clock, disk, shell, session, goLive } = await open();
    await goLive();
    const stall = Promise.withResolvers<void>();
    disk.stalled = stall.promise;
    shell.print('stuck');
    await eventually(async () => {
      await clock.advance(1_000);
      expect(troubleOf(session)?.message).toBe(WAITING);
    });
    if (how === 'close') void session.close();
    await eventually(async () => {
      await clock.advance(5_000);
      expect(endOf(session)?.kind).toBe(how === 'close' ? 'closed' : 'failed');
    });
    expect(session.snapshot().recording.kind).toBe('failed');
    disk.stalled = undefined;
    stall.resolve();
    // Its files are closed all the same.
    await until(() => disk.calls.filter((call) => call === 'close').length === 2);
  }
});

test('at its limit the record has all that came, a marker with the reason, and its end', async () => {
  let refusal: AppError | undefined;
  const guard: SpaceGuard = { refusal: () => refusal, spent: () => {}, measure: async () => {} };
  const { shell, session, goLive, path } = await open({}, { guard });
  await goLive();
  refusal = new AppError('recording-limit', 'this recording has reached its limit of 1 MiB');
  shell.print('last words');
  await session.ended;
  expect(shell.isClosed).toBe(true);
  const events = await readEvents(path());
  const label = `the shell was ended, as it has to be recorded: ${refusal.message}`;
  expect(events.slice(-2)).toMatchObject([
    { kind: 'output', text: 'last words' },
    { kind: 'marker', label },
  ]);
  expect((await readFile(path(), 'utf8')).endsWith('\n')).toBe(true);
  expect((await readSidecar(path())).state).toMatchObject({
    lostBytes: 0,
    end: { kind: 'failed', note: label },
  });
  expect(endOf(session)).toMatchObject({ error: { code: 'recording-required', message: label } });
});

test('it may not be paused, whatever the settings say', async () => {
  const { session, goLive, shell } = await open({
    markChoices: () => ({ promptMarkers: true, mayPause: true }),
  });
  await goLive();
  await expect(session.decide({ kind: 'pause', on: true })).rejects.toMatchObject({ code: 'bad-input' });
  expect(session.snapshot().recording).not.toHaveProperty('pausedAtMs');
  shell.end({ kind: 'exited', exitCode: 0 });
  await session.ended;
});

test('a lost shell is not opened again while the disk refuses, and not at all after the grace', async () => {
  const { clock, disk, shell, session, goLive, opens } = await open();
  await goLive();
  disk.writeError = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
  shell.end({ kind: 'lost', error: new AppError('connection-lost', 'the connection was lost') });
  await until(() => session.snapshot().state.kind === 'reconnecting');
  await eventually(async () => {
    await clock.advance(1_000);
    expect(endOf(session)).toMatchObject({ error: { code: 'recording-required' } });
  });
  expect(opens()).toBe(1);
});
