import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCastV2, toCastV3 } from '../../../main/exchange/cast-text.ts';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import { catWithAsciinema, hasAsciinema } from '../../fakes/asciinema-cli.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { collect, collectText, toParts } from '../../fakes/cast-parts.ts';
import { loadInAsciinemaPlayer } from '../../fakes/foreign-player.ts';

const EVENTS: readonly CastEvent[] = [
  { kind: 'output', timeMicros: 400, text: 'grüße \u001b[1m漢字\u001b[0m\u2028\u007f\r\n' },
  { kind: 'resize', timeMicros: 1_000_600, size: { cols: 132, rows: 43 } },
  { kind: 'marker', timeMicros: 1_000_700, label: 'here' },
  { kind: 'output', timeMicros: 3_600_000_000, text: 'end' },
  { kind: 'exit', timeMicros: 3_600_000_001, exitCode: 137 },
];

async function write(text: string): Promise<string> {
  const path = join(await makeCastFolder(), 'exported.cast');
  await writeFile(path, text);
  return path;
}

test('v2 is what the player and the asciinema command read', async () => {
  const path = await write(await collectText(toCastV2(toParts(EVENTS))));
  const theirs = await loadInAsciinemaPlayer(path);
  expect(theirs.sizes).toEqual(['80x24', '132x43']);
  expect(theirs.output).toBe('grüße \u001b[1m漢字\u001b[0m\u2028\u007f\r\nend');
  expect(theirs.events.map(([time]) => time)).toEqual([0.0004, 1.0006, 1.0007, 3_600, 3_600.000_001]);
});

test.skipIf(!hasAsciinema)('the asciinema command prints the output of v2', async () => {
  const path = await write(await collectText(toCastV2(toParts(EVENTS))));
  expect(await catWithAsciinema(path)).toBe('grüße \u001b[1m漢字\u001b[0m\u2028\u007f\r\nend');
});

test('v3 is what the player reads: its header, times as differences, the exit', async () => {
  const text = await collectText(toCastV3(toParts(EVENTS)));
  const [header = '', ...lines] = text.trimEnd().split('\n');
  expect(JSON.parse(header)).toEqual({
    version: 3,
    term: { cols: 80, rows: 24 },
    timestamp: 1_700_000_000,
  });
  expect(lines.map((line) => line.slice(0, line.indexOf(',')))).toEqual([
    '[0.000',
    '[1.001',
    '[0.000',
    '[3598.999',
    '[0.000',
  ]);
  expect(lines.at(-1)).toBe('[0.000,"x","137"]');
  const theirs = await loadInAsciinemaPlayer(await write(text));
  expect(theirs.sizes).toEqual(['80x24', '132x43']);
  expect(theirs.output).toBe('grüße \u001b[1m漢字\u001b[0m\u2028\u007f\r\nend');
  expect(theirs.duration).toBeCloseTo(3_600, 3);
});

test('no time of v3 is off by more than half a millisecond, however many there are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 5_000_000 }), { maxLength: 400 }), async (steps) => {
      let timeMicros = 0;
      const events = steps.map((step): CastEvent => {
        timeMicros += step % 7 === 0 ? 499 : step;
        return { kind: 'output', timeMicros, text: 'x' };
      });
      const lines = (await collect(toCastV3(toParts(events)))).slice(1);
      let milliseconds = 0;
      for (const [index, line] of lines.entries()) {
        const [delta] = JSON.parse(line) as [number];
        milliseconds += Math.round(delta * 1_000);
        expect(delta).toBeGreaterThanOrEqual(0);
        expect(Math.abs(milliseconds * 1_000 - (events[index]?.timeMicros ?? 0))).toBeLessThanOrEqual(500);
      }
    }),
  );
});

test('an unknown code without text is left out of v3, whose readers fail at it, and kept in v2', async () => {
  const events: CastEvent[] = [
    { kind: 'other', timeMicros: 0, code: 'z', data: { a: 1 } },
    { kind: 'other', timeMicros: 1, code: 'y', data: 'text' },
  ];
  expect((await collect(toCastV3(toParts(events)))).slice(1)).toEqual(['[0.000,"y","text"]\n']);
  expect(await collect(toCastV2(toParts(events)))).toHaveLength(3);
});
