import { expect, test } from 'vitest';
import { createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import { createRecordingMarks, type MarkChoices } from '../../../main/session/recording-marks.ts';
import { makeCastFolder, readEvents, readSidecar, WEB_SHELL } from '../../fakes/cast-folder.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

async function start(choices: Partial<MarkChoices> = {}) {
  const clock = createManualClock();
  const folder = await makeCastFolder();
  const writer = await createCastWriter({ clock, folder }, WEB_SHELL);
  const marks = createRecordingMarks(
    {
      clock,
      writer,
      choices: () => ({ promptMarkers: true, mayPause: true, ...choices }),
      hasTerminal: true,
    },
    WEB_SHELL.size,
  );
  const output = (text: string): Promise<void> =>
    marks.write({ kind: 'output', timeMicros: 0, bytes: Buffer.from(text) });
  const type = (text: string): Promise<void> => marks.typed(Buffer.from(text));
  return {
    clock,
    marks,
    output,
    type,
    async echo(text: string): Promise<void> {
      for (const character of text) {
        await type(character);
        await output(character === '\r' ? '\r\n' : character);
      }
    },
    async events(): Promise<string[]> {
      await marks.end();
      await writer.close({ kind: 'closed' }, clock.nowMicros());
      const events = await readEvents(writer.path);
      return events.map((event) => {
        if (event.kind === 'output' || event.kind === 'input') return `${event.kind} ${event.text}`;
        return event.kind === 'marker' ? `marker ${event.label}` : event.kind;
      });
    },
    sidecar: () => readSidecar(writer.path),
  };
}

test('prompts and commands that a shell tells are markers, in order with its output', async () => {
  const { output, events } = await start();
  await output('\x1b]133;A\x07$ \x1b]133;C\x1b');
  await output('\\ran\r\n\x1b]133;D;1\x07more');
  expect(await events()).toEqual([
    'output \x1b]133;A\x07',
    'marker prompt',
    'output $ \x1b]133;C\x1b\\',
    'marker command',
    'output ran\r\n\x1b]133;D;1\x07',
    'marker exit 1',
    'output more',
  ]);
});

test('they are none where the settings say so', async () => {
  const { output, events } = await start({ promptMarkers: false });
  await output('\x1b]133;A\x07$ ');
  expect(await events()).toEqual(['output \x1b]133;A\x07$ ']);
});

test('input is in the cast only while the user has it so, before the output that follows it', async () => {
  const { marks, output, echo, events } = await start();
  await output('$ ');
  await echo('before\r');
  await marks.decide({ kind: 'input', on: true });
  expect(marks.inputOn).toBe(true);
  await output('$ ');
  await echo('during\r');
  await marks.decide({ kind: 'input', on: false });
  await output('$ ');
  await echo('after\r');
  const told = await events();
  expect(told.filter((event) => event.startsWith('input'))).toEqual(['input during\r']);
  expect(told.filter((event) => event.startsWith('marker'))).toEqual([
    'marker input is recorded from here',
    'marker input is not recorded from here',
  ]);
});

test('what is typed without an echo is in no event, and its line is marked', async () => {
  const { marks, output, type, echo, events } = await start();
  await marks.decide({ kind: 'input', on: true });
  await output('Password: ');
  for (const key of 'hunter2\r') await type(key);
  await output('\r\n$ ');
  await echo('ls\r');
  const told = await events();
  expect(told.join()).not.toContain('hunter');
  expect(told).toContain('marker input hidden');
  expect(told).toContain('input ls\r');
});

test('a pause keeps output and input out, counts what it kept out, and says so where it ends', async () => {
  const { clock, marks, output, echo, events, sidecar } = await start();
  await marks.decide({ kind: 'input', on: true });
  await output('kept $ ');
  await marks.decide({ kind: 'pause', on: true });
  await marks.decide({ kind: 'pause', on: true });
  expect(marks.pausedAtMs).toBe(clock.nowMs());
  await echo('secret\r');
  expect(marks.unrecorded.length).toBeGreaterThan(0);
  await clock.advance(42_000);
  await marks.decide({ kind: 'pause', on: false });
  expect([marks.pausedAtMs, marks.unrecorded]).toEqual([undefined, []]);
  await output('again');
  expect(await events()).toEqual([
    'marker input is recorded from here',
    'output kept $ ',
    'marker recording paused',
    'marker recording resumed after 42 s, 8 bytes not on record',
    'output again',
  ]);
  expect((await sidecar()).state).toMatchObject({ pausedBytes: 8, lostBytes: 0 });
});

test('a line that was begun in a pause and ended after it is not given', async () => {
  const { marks, echo, events } = await start();
  await marks.decide({ kind: 'input', on: true });
  await marks.decide({ kind: 'pause', on: true });
  await echo('secret');
  await marks.decide({ kind: 'pause', on: false });
  await echo('\r');
  expect((await events()).join()).not.toContain('secret');
});

test('a recording that ends in a pause says how much it lacks', async () => {
  const { marks, output, events } = await start();
  await marks.decide({ kind: 'pause', on: true });
  await output('x');
  expect((await events()).at(-1)).toBe('marker recording ended while paused for 0 s, 1 byte not on record');
});

test('where the settings forbid it there is no pause', async () => {
  const { marks, output, events } = await start({ mayPause: false });
  await expect(marks.decide({ kind: 'pause', on: true })).rejects.toMatchObject({ code: 'bad-input' });
  await output('kept');
  expect(await events()).toEqual(['output kept']);
});

test('a marker of the user stands between what came before it and after', async () => {
  const { marks, output, events } = await start();
  await output('a');
  await marks.decide({ kind: 'mark', label: ' here\x1b[31m it\nbroke ' });
  await output('b');
  await marks.decide({ kind: 'mark', label: '' });
  expect(await events()).toEqual(['output a', 'marker here [31m it broke', 'output b', 'marker ']);
});
