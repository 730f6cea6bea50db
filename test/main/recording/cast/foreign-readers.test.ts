import { appendFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createCastWriter } from '../../../../main/recording/writing/cast-writer.ts';
import { catWithAsciinema, hasAsciinema } from '../../../fakes/asciinema-cli.ts';
import { makeCastFolder, readEvents, readOutput, WEB_SHELL } from '../../../fakes/cast-folder.ts';
import { loadInAsciinemaPlayer } from '../../../fakes/foreign-player.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** A cast with all that ours may hold: controls, invalid bytes, both planes, sizes, markers, an exit. */
async function recordEverything(): Promise<string> {
  const clock = createManualClock();
  const writer = await createCastWriter({ clock, folder: await makeCastFolder() }, WEB_SHELL);
  const outputs = [
    Buffer.from('$ echo "grüße" \\ <&> \u2028\u2029\ufeff\u007f\u009b1m 漢字 😀\r\n'),
    EVERY_BYTE,
    Buffer.from('\u001b]0;title\u0007\u001b[?1049h\u001b[38;2;1;2;3mx\u001b[0m\u001b[?1049l'),
    Buffer.of(0xe2, 0x82),
    Buffer.of(0xac),
  ];
  for (const bytes of outputs) {
    await clock.advance(250.125);
    await writer.output(bytes, clock.nowMicros());
    await writer.flush();
  }
  await writer.resize({ cols: 132, rows: 43 }, clock.nowMicros());
  await writer.marker('a marker', clock.nowMicros());
  await clock.advance(1_000);
  await writer.close({ kind: 'exited', exitCode: 137 }, clock.nowMicros());
  return writer.path;
}

async function recordNothing(): Promise<string> {
  const clock = createManualClock();
  const writer = await createCastWriter({ clock, folder: await makeCastFolder() }, WEB_SHELL);
  await writer.close({ kind: 'exited', exitCode: 0 }, clock.nowMicros());
  return writer.path;
}

test('asciinema-player reads every event of ours as we do', async () => {
  const path = await recordEverything();
  const ours = await readEvents(path);
  const theirs = await loadInAsciinemaPlayer(path);
  expect(theirs).toMatchObject({ cols: 80, rows: 24, sizes: ['80x24', '132x43'] });
  expect(theirs.output).toBe(await readOutput(path));
  expect(theirs.duration).toBeCloseTo((ours.at(-1)?.timeMicros ?? 0) / 1e6, 6);
  expect(theirs.events.map(([time, code]) => [Math.round(time * 1e6), code])).toEqual(
    ours.map((event) => [event.timeMicros, event.kind === 'exit' ? 'x' : event.kind[0]]),
  );
});

test('asciinema-player opens a session without output', async () => {
  expect(await loadInAsciinemaPlayer(await recordNothing())).toMatchObject({ output: '', duration: 0 });
});

test('asciinema-player refuses a cast that is torn, so this reader can fail', async () => {
  const path = await recordEverything();
  await appendFile(path, '[9.0,"o","to');
  await expect(loadInAsciinemaPlayer(path)).rejects.toThrow(/JSON/);
});

test.skipIf(!hasAsciinema)('the asciinema command prints all of our output', async () => {
  const path = await recordEverything();
  expect(await catWithAsciinema(path)).toBe(await readOutput(path));
  expect(await catWithAsciinema(await recordNothing())).toBe('');
});

test.skipIf(!hasAsciinema)('the asciinema command dies of a torn cast, so this reader can fail', async () => {
  const path = await recordEverything();
  await appendFile(path, '[9.0,"o","to');
  await expect(catWithAsciinema(path)).rejects.toThrow(/JSON/i);
});
