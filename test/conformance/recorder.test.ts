import { appendFile, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../main/base/clock.ts';
import { DEFAULT_ANSWER } from '../../main/policy/strictest-answer.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import { rehearseRecording } from '../../main/recording/writing/recording-rehearsal.ts';
import { catWithAsciinema, hasAsciinema } from '../fakes/asciinema-cli.ts';
import { makeCastFolder, readEvents, readOutput, readSidecar, WEB_SHELL } from '../fakes/cast-folder.ts';
import { loadInAsciinemaPlayer } from '../fakes/foreign-player.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { noRecorders } from '../fakes/scripted-recorders.ts';
import { openScriptedSession } from '../fakes/scripted-session.ts';

/** What any reader of a recording may rely on. The cases of tails, full disks and kills have files of their own. */
const MIB = 1024 * 1024;
const EXITED = { kind: 'exited', exitCode: 0 } as const;

async function start() {
  const clock = createManualClock();
  const writer = await createCastWriter({ clock, folder: await makeCastFolder() }, WEB_SHELL);
  return {
    clock,
    writer,
    print: (text: string | Uint8Array) => writer.output(Buffer.from(text), clock.nowMicros()),
  };
}

test('rec-invalid-utf8: each maximal invalid sequence is one U+FFFD, and the bytes are counted', async () => {
  const { clock, writer, print } = await start();
  await print(Uint8Array.of(0x83, 0x23, 0xf0, 0x90, 0x80, 0xc0, 0x21));
  await writer.close(EXITED, clock.nowMicros());
  expect(await readOutput(writer.path)).toBe('\ufffd#\ufffd\ufffd!');
  expect((await readSidecar(writer.path)).state).toMatchObject({ invalidBytes: 5 });
});

test('rec-line-separators: U+2028 and its like are no ends of lines, in no reader', async () => {
  const { clock, writer, print } = await start();
  const text = 'a\u2028b\u2029c\u0085d\ufeffe\u007ff\u009bg';
  await print(text);
  await writer.close(EXITED, clock.nowMicros());
  expect(await readOutput(writer.path)).toBe(text);
  const raw = await readFile(writer.path, 'utf8');
  expect(raw).toMatch(/^[\n\u0020-\u007e]*$/);
  expect((await loadInAsciinemaPlayer(writer.path)).output).toBe(text);
});

test('rec-nul-stream: NUL comes out as it went in, in lines of bounded length', async () => {
  const { clock, writer } = await start();
  const nuls = new Uint8Array(MIB);
  await writer.output(nuls, clock.nowMicros());
  await writer.close(EXITED, clock.nowMicros());
  expect(await readOutput(writer.path)).toBe('\0'.repeat(MIB));
  const lines = (await readFile(writer.path, 'utf8')).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(256 * 1024);
});

test('rec-clock-set-back: an hour back in mid-session moves no time, and not the start', async () => {
  const { clock, writer, print } = await start();
  const startedAtSeconds = Math.floor(clock.nowMs() / 1_000);
  await print('before');
  await clock.advance(1_000);
  clock.setWallMs(clock.nowMs() - 3_600_000);
  await print('after');
  await clock.advance(1_000);
  await writer.close(EXITED, clock.nowMicros());
  expect((await readEvents(writer.path)).map(({ timeMicros }) => timeMicros)).toEqual([
    0, 1_000_000, 2_000_000,
  ]);
  const [header = ''] = (await readFile(writer.path, 'utf8')).split('\n');
  expect(JSON.parse(header)).toMatchObject({ timestamp: startedAtSeconds });
});

test('rec-two-streams: without a terminal output stands in order of arrival, and the size is not 0', async () => {
  const { clock, writer } = await start();
  for (const [text, isStderr] of [
    ['1', false],
    ['2', true],
    ['3', false],
  ] as const) {
    await writer.output(Buffer.from(text), clock.nowMicros(), { isStderr });
    await clock.advance(20);
  }
  await writer.close(EXITED, clock.nowMicros());
  expect(await readOutput(writer.path)).toBe('123');
  expect(await loadInAsciinemaPlayer(writer.path)).toMatchObject({ cols: 80, rows: 24 });
});

test('rec-exit: 137 is the last event, and a lost connection has none', async () => {
  const killed = await start();
  await killed.print('x');
  await killed.writer.close({ kind: 'exited', exitCode: 137 }, killed.clock.nowMicros());
  expect((await readFile(killed.writer.path, 'utf8')).trimEnd().split('\n').at(-1)).toMatch(/,"x","137"\]$/);
  const lost = await start();
  await lost.print('x');
  await lost.writer.close({ kind: 'failed', note: 'the connection was lost' }, lost.clock.nowMicros());
  expect((await readEvents(lost.writer.path)).map(({ kind }) => kind)).toEqual(['output']);
  expect((await readSidecar(lost.writer.path)).state).toMatchObject({
    end: { note: 'the connection was lost' },
  });
});

test('rec-parallel: 20 sessions are 20 files that nobody else can read, under 20 names', async () => {
  const folder = join(await makeCastFolder(), 'recordings');
  const clock = createSystemClock();
  const writers = await Promise.all(
    Array.from({ length: 20 }, () => createCastWriter({ clock, folder }, WEB_SHELL)),
  );
  for (const [index, writer] of writers.entries())
    await writer.output(Buffer.from(`${index}`), clock.nowMicros());
  await Promise.all(writers.map((writer) => writer.close(EXITED, clock.nowMicros())));
  expect(new Set(writers.map(({ path }) => basename(path))).size).toBe(20);
  for (const [index, { path }] of writers.entries()) {
    expect(await readOutput(path)).toBe(`${index}`);
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
  }
  if (process.platform !== 'win32') expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test('rec-unwritable: the shell opens without a record, and says so as long as it lives', async () => {
  const folder = join(await makeCastFolder(), 'taken');
  // A file where the folder should be: root may write into any folder.
  await appendFile(folder, '');
  const { shell, session } = openScriptedSession(folder);
  await session.write(Buffer.from('ls\r'));
  expect(shell.input).toEqual(['ls\r']);
  expect(session.snapshot()).toMatchObject({
    state: { kind: 'live' },
    recording: {
      kind: 'failed',
      error: { code: 'recording-failed', message: expect.stringContaining(folder) },
    },
  });
  shell.end(EXITED);
  await session.ended;
});

test('rec-unwritable: where a recording is required no shell is opened, and the reason is named', async () => {
  const folder = join(await makeCastFolder(), 'taken');
  await appendFile(folder, '');
  const clock = createSystemClock();
  let opens = 0;
  const { session } = openScriptedSession(folder, {
    openShell() {
      opens += 1;
      return Promise.reject(new Error('not asked for'));
    },
    terms: {
      answerPolicy: async () => ({ ...DEFAULT_ANSWER, recording: 'required' as const }),
      rehearseRecording: () => rehearseRecording({ clock, folder }),
      connectRecorders: noRecorders,
    },
  });
  await session.ended;
  expect(opens).toBe(0);
  expect(session.snapshot().state).toMatchObject({
    kind: 'ended',
    end: { error: { code: 'recording-required', message: expect.stringContaining(folder) } },
  });
});

test.skipIf(!hasAsciinema)(
  'rec-codes: asciinema and its player pass over exits, and codes that they do not know',
  async () => {
    const { clock, writer, print } = await start();
    await print('all of it');
    await writer.close({ kind: 'exited', exitCode: 3 }, clock.nowMicros());
    const folder = join(dirname(writer.path), 'copy');
    await mkdir(folder);
    const copy = join(folder, 'x.cast');
    await appendFile(copy, await readFile(writer.path));
    await appendFile(copy, '[9.000000,"z","of another program"]\n');
    expect(await catWithAsciinema(copy)).toBe('all of it');
    expect((await loadInAsciinemaPlayer(copy)).output).toBe('all of it');
  },
);
