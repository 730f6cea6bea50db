import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import type { Session, SessionNeeds } from '../../../main/session/session.ts';
import type { SessionRecord } from '../../../main/session/session-record.ts';
import type { ShellTarget } from '../../../main/session/session-state.ts';
import type { ViewerSink } from '../../../main/session/viewers.ts';
import { readSidecar } from '../../fakes/cast-folder.ts';
import { openScriptedSession, SHELL_TARGET } from '../../fakes/scripted-session.ts';
import { createScriptedShell } from '../../fakes/scripted-shell.ts';
import { eventually, until } from '../../fakes/until.ts';

const PLACE = { server: 'https://demo' };
const SIZE = { cols: 80, rows: 24 };
const never = new AbortController().signal;

async function openScripted(overrides: Partial<SessionNeeds> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-session-'));
  return { folder, ...openScriptedSession(folder, overrides) };
}

function watch(session: Session, signal = never) {
  const records: SessionRecord[] = [];
  let endedWith: { error?: AppError } | undefined;
  const sink: ViewerSink = {
    write: async (record) => void records.push(record),
    end: (error) => {
      endedWith = error ? { error } : {};
    },
  };
  const left = session.view(sink, { signal });
  return {
    records,
    left,
    text: () => textOf(records),
    isLive: () => records.some((record) => record.kind === 'caught-up'),
    endedWith: () => endedWith,
  };
}

function textOf(records: readonly SessionRecord[]): string {
  const chunks = records.flatMap((record) => (record.kind === 'output' ? [record.bytes] : []));
  return Buffer.concat(chunks).toString('utf8');
}

async function readOutput(folder: string, session: Session): Promise<string> {
  const { recording } = session.snapshot();
  const id = 'recordingId' in recording ? recording.recordingId : '';
  const lines = (await readFile(join(folder, `${id}.cast`), 'utf8')).trimEnd().split('\n').slice(1);
  return lines
    .map((line) => JSON.parse(line) as [number, string, string])
    .map(([, code, data]) => (code === 'o' ? data : ''))
    .join('');
}

test('output is shown and recorded, and the exit code is both', async () => {
  const { shell, folder, session } = await openScripted();
  const window = watch(session);
  shell.print('hello ');
  shell.print('wörld');
  shell.end({ kind: 'exited', exitCode: 3 });
  await session.ended;
  await window.left;
  expect(window.text()).toBe('hello wörld');
  expect(window.records.at(-1)).toMatchObject({ kind: 'exit', exitCode: 3 });
  expect(session.snapshot().state).toMatchObject({ kind: 'ended', end: { kind: 'exited', exitCode: 3 } });
  expect(session.snapshot().recording.kind).toBe('stored');
  expect(await readOutput(folder, session)).toBe('hello wörld');
});

test('a window opened later sees the session from its first byte, then live', async () => {
  const { shell, session } = await openScripted();
  const first = watch(session);
  shell.print('before ');
  await until(() => first.text() === 'before ');
  const second = watch(session);
  await until(() => second.isLive());
  shell.print('after');
  await until(() => second.text().endsWith('after'));
  expect(second.records[0]).toMatchObject({ kind: 'resize', size: SIZE });
  expect(second.text()).toBe('before after');
  expect(session.snapshot().viewers).toBe(2);
  await session.close();
  await Promise.all([first.left, second.left]);
});

test('a window that joins in the middle of a character sees that character whole', async () => {
  const { shell, session } = await openScripted();
  const first = watch(session);
  const [head, tail] = [Buffer.from('ä€').subarray(0, 3), Buffer.from('ä€').subarray(3)];
  shell.print(head);
  await until(() => first.records.some((record) => record.kind === 'output'));
  const second = watch(session);
  await until(() => second.isLive());
  shell.print(tail);
  await until(() => second.text() === 'ä€');
  await session.close();
  await Promise.all([first.left, second.left]);
});

test('a resize reaches the shell, the record and every window in its order', async () => {
  const { shell, session } = await openScripted();
  const window = watch(session);
  await until(() => window.isLive());
  shell.print('a');
  await until(() => window.text() === 'a');
  session.resize({ cols: 120, rows: 40 });
  session.resize({ cols: 120, rows: 40 });
  await until(() => window.records.at(-1)?.kind === 'resize');
  shell.print('b');
  await until(() => window.text() === 'ab');
  expect(shell.sizes.at(-1)).toEqual({ cols: 120, rows: 40 });
  const order = window.records.slice(-3).map((record) => record.kind);
  expect(order).toEqual(['output', 'resize', 'output']);
  const later = watch(session);
  await until(() => later.isLive());
  expect(later.records.filter((record) => record.kind === 'resize')).toHaveLength(2);
  await session.close();
  await Promise.all([window.left, later.left]);
});

test('an ended session can still be viewed, whole', async () => {
  const { shell, session } = await openScripted();
  shell.print('all of it');
  shell.end({ kind: 'exited', exitCode: 0 });
  await session.ended;
  const window = watch(session);
  await window.left;
  expect(window.text()).toBe('all of it');
  expect(window.endedWith()).toEqual({});
});

test('a shell that cannot be opened ends the session with the reason and leaves no recording', async () => {
  const refusal = new AppError('forbidden', 'pods "web-1" is forbidden', {
    hint: 'ask for create pods/exec',
  });
  const { session } = await openScripted({ openShell: () => Promise.reject(refusal) });
  const window = watch(session);
  await session.ended;
  await window.left;
  expect(session.snapshot().state).toMatchObject({ end: { kind: 'failed', error: refusal } });
  expect(session.snapshot().recording).toEqual({ kind: 'none' });
  expect(window.endedWith()).toEqual({});
});

test('a program that cannot be started never was a shell: nothing is recorded', async () => {
  const { shell, session } = await openScripted();
  const missing = new AppError('no-shell', 'container app has no sh');
  shell.end({ kind: 'failed', error: missing });
  await session.ended;
  const { state, recording } = session.snapshot();
  expect(state).toMatchObject({ kind: 'ended', end: { kind: 'failed', error: missing } });
  expect(state).not.toHaveProperty('startedAtMs');
  expect(recording).toEqual({ kind: 'none' });
});

test('a silent program is live without a word from it', async () => {
  const { session } = await openScripted();
  await until(() => session.snapshot().state.kind === 'live');
  expect(session.snapshot().recording.kind).toBe('recording');
  await session.close();
});

test('closing while it opens gives up; closing while it is live ends the remote shell', async () => {
  const opening = await openScripted({
    openShell: (_target, _size, { signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  });
  await opening.session.close();
  expect(opening.session.snapshot().state).toMatchObject({ end: { kind: 'closed' } });

  const live = await openScripted();
  const window = watch(live.session);
  await until(() => window.isLive());
  await live.session.close();
  await window.left;
  expect(live.shell.isClosed).toBe(true);
  expect(live.session.snapshot().state).toMatchObject({ end: { kind: 'closed' } });
  await expect(live.session.write(new Uint8Array([97]))).rejects.toMatchObject({ code: 'session-ended' });
});

test('a shell that opens just after it was closed is ended at once', async () => {
  const gate = Promise.withResolvers<void>();
  const shell = createScriptedShell();
  const { session } = await openScripted({
    openShell: async () => {
      await gate.promise;
      return { stream: shell.stream, container: 'app', command: ['sh'], place: PLACE };
    },
  });
  const closed = session.close();
  gate.resolve();
  await closed;
  expect(shell.isClosed).toBe(true);
  expect(session.snapshot().recording).toEqual({ kind: 'none' });
});

test('a shell that is closed while its record is begun is ended', async () => {
  const gate = Promise.withResolvers<never>();
  const { shell, session } = await openScripted({ newCastWriter: () => gate.promise });
  shell.print('$ ');
  await until(() => session.snapshot().target.container === 'app');
  const closed = session.close();
  gate.reject(new AppError('disk-full', 'the disk is full'));
  await closed;
  expect(shell.isClosed).toBe(true);
  expect(session.snapshot().state).toMatchObject({ end: { kind: 'closed' } });
});

test('without a record the shell goes on, says so, and a later window still sees the latest output', async () => {
  const failure = new AppError('disk-full', 'the disk is full');
  const { shell, session } = await openScripted({ newCastWriter: () => Promise.reject(failure) });
  const first = watch(session);
  shell.print('still here');
  await until(() => first.text() === 'still here');
  expect(session.snapshot().recording).toEqual({ kind: 'failed', error: failure });
  const second = watch(session);
  await until(() => second.isLive());
  expect(second.text()).toBe('still here');
  await session.close();
  await Promise.all([first.left, second.left]);
});

test('a window that takes nothing makes the shell wait, not the memory grow', async () => {
  const { shell, session } = await openScripted();
  const gone = new AbortController();
  const blocked: ViewerSink = {
    write: (record) => (record.kind === 'output' ? new Promise(() => {}) : Promise.resolve()),
    end: () => {},
  };
  const left = session.view(blocked, { signal: gone.signal });
  await until(() => session.snapshot().viewers === 1);
  const chunk = new Uint8Array(64 * 1024).fill(0x79);
  for (let count = 0; count < 64 && !shell.isPaused; count += 1) {
    shell.print(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(shell.isPaused).toBe(true);
  gone.abort();
  await left;
  await until(() => !shell.isPaused);
  await session.close();
});

test('input goes to the shell', async () => {
  const { shell, session } = await openScripted();
  await session.write(new TextEncoder().encode('ls\r'));
  expect(shell.input).toEqual(['ls\r']);
  await session.close();
});

test('a marker, input and a pause are decided while there is a record, and told', async () => {
  const { shell, folder, session } = await openScripted();
  shell.print('$ ');
  await eventually(() => expect(session.snapshot().recording.kind).toBe('recording'));
  await session.decide({ kind: 'input', on: true });
  expect(session.snapshot().recording).toMatchObject({ inputOn: true });
  await session.write(new TextEncoder().encode('l'));
  await session.decide({ kind: 'mark', label: 'here' });
  await session.decide({ kind: 'pause', on: true });
  expect(session.snapshot().recording).toMatchObject({ pausedAtMs: expect.any(Number) });
  shell.print('unrecorded');
  const late = watch(session);
  await until(() => late.text().endsWith('unrecorded'));
  await session.decide({ kind: 'pause', on: false });
  expect(session.snapshot().recording).not.toHaveProperty('pausedAtMs');
  await session.close();
  await expect(session.decide({ kind: 'mark', label: 'late' })).rejects.toMatchObject({
    code: 'session-ended',
  });
  const cast = (await readdir(folder)).find((name) => name.endsWith('.cast')) ?? '';
  const text = await readFile(join(folder, cast), 'utf8');
  expect(text).toContain('"m","here"');
  expect(text).not.toContain('unrecorded');
});

test('what an opening waits for is told, and no longer once it is live', async () => {
  const told = Promise.withResolvers<(words: string) => void>();
  const shell = createScriptedShell();
  const opening = Promise.withResolvers<void>();
  const { session } = await openScripted({
    async openShell(_target, _size, { onProgress = () => {} }) {
      told.resolve(onProgress);
      await opening.promise;
      return { stream: shell.stream, container: 'app', command: ['sh'], place: PLACE };
    },
  });
  const tell = await told.promise;
  tell('pulling the image');
  expect(session.snapshot().state).toEqual({ kind: 'opening', note: 'pulling the image' });
  opening.resolve();
  shell.print('$ ');
  await eventually(() => expect(session.snapshot().state.kind).toBe('live'));
  tell('too late');
  expect(session.snapshot().state.kind).toBe('live');
  await session.close();
});

test('a debug container whose connection is lost is not added again', async () => {
  const shell = createScriptedShell();
  const opened: ShellTarget[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-session-'));
  const { session } = openScriptedSession(
    folder,
    {
      async openShell(target) {
        opened.push(target);
        const shown = { container: 'app' };
        return { stream: shell.stream, container: 'debugger-x', command: ['sh'], place: PLACE, shown };
      },
    },
    { ...SHELL_TARGET, debug: { image: 'busybox' } },
  );
  shell.print('$ ');
  await eventually(() => expect(session.snapshot().state.kind).toBe('live'));
  expect(session.snapshot().target).toMatchObject({ container: 'app', debug: { image: 'busybox' } });
  shell.end({ kind: 'lost', error: new AppError('connection-lost', 'cut') });
  await session.ended;
  expect(session.snapshot().state).toMatchObject({ kind: 'ended', end: { kind: 'failed' } });
  expect(opened).toHaveLength(1);
});

test('the record says of what the shell brought to light, and of which session it is', async () => {
  const facts = { podUid: 'uid-1', image: 'busybox', origin: { kind: 'debug', target: 'app' } } as const;
  const shell = createScriptedShell();
  const opened = { stream: shell.stream, container: 'app', command: ['sh'], place: PLACE, facts };
  const { session, folder } = await openScripted({ openShell: async () => opened });
  shell.print('$ ');
  shell.end({ kind: 'exited', exitCode: 0 });
  await session.ended;
  const cast = (await readdir(folder)).find((name) => name.endsWith('.cast')) ?? '';
  const { details } = await readSidecar(join(folder, cast));
  expect(details).toMatchObject({ ...facts, sessionId: 's1', hasTty: true });
});
