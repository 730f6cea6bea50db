import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toTranscript } from '../../../main/exchange/transcript.ts';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import { collectText, toOutputs, toParts } from '../../fakes/cast-parts.ts';

const size = { cols: 20, rows: 5 };

function transcribe(...texts: readonly string[]): Promise<string> {
  return collectText(toTranscript(toParts(toOutputs(...texts), size)));
}

test('escape sequences are obeyed, wrapped lines joined, overwritten ones as they were at last', async () => {
  const text = await transcribe(
    '\u001b[31m$\u001b[0m a line that is longer than the terminal\r\n',
    '10%\r50%\r100%\r\n',
    '漢字漢字漢字漢字漢字a漢字\r\n',
    'abc\b\b\u001b[KX\r\n',
  );
  expect(text).toBe('$ a line that is longer than the terminal\n100%\n漢字漢字漢字漢字漢字a漢字\naX\n');
});

test('all that scrolled by is in it, in order', async () => {
  const lines = Array.from({ length: 12_000 }, (_, index) => `line ${index}`);
  expect(await transcribe(...lines.map((line) => `${line}\r\n`))).toBe(`${lines.join('\n')}\n`);
});

test('a screen that is cleared is in it, and one that a program left for the one behind it', async () => {
  const text = await transcribe(
    'before\r\n$ clear\r\n\u001b[H\u001b[2J\u001b[3J$ vi\r\n',
    '\u001b[?1049h\u001b[H\u001b[2Jthe file\r\n~\u001b[?1049l$ done\r\n',
  );
  expect(text).toBe('before\n$ clear\n$ vi\nthe file\n~\n$ done\n');
});

test('the last screen is in it where a program was still in it', async () => {
  expect(await transcribe('$ top\r\n\u001b[?1049h\u001b[Hload 1\r\n')).toBe('$ top\nload 1\n');
});

test('a resize wraps anew and loses nothing', async () => {
  const events: CastEvent[] = [
    { kind: 'output', timeMicros: 0, text: 'one two three four five six\r\n' },
    { kind: 'resize', timeMicros: 1, size: { cols: 10, rows: 5 } },
    { kind: 'output', timeMicros: 2, text: 'seven eight nine\r\n' },
  ];
  expect(await collectText(toTranscript(toParts(events, size)))).toBe(
    'one two three four five six\nseven eight nine\n',
  );
});

test('lines of any text come out as they went in, cut anywhere', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', ' c', 'é', '漢', '7b'), maxLength: 70 });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 40 }), fc.nat(), async (lines, place) => {
      const text = lines.map((each) => `${each}\r\n`).join('');
      const cut = place % text.length;
      const expected = lines.map((each) => `${each.trimEnd()}\n`).join('');
      expect((await transcribe(text.slice(0, cut), text.slice(cut))).trimEnd()).toBe(expected.trimEnd());
    }),
    { numRuns: 60 },
  );
});

test('a sequence that repeats a character two thousand million times is not obeyed', async () => {
  expect(await transcribe('a\u001b[2000000000b\r\n')).toBe('a\n');
  expect(await transcribe('a\u001b[3b\r\n')).toBe('aaaa\n');
});

test('output of one narrow column that scrolls with each character loses none', async () => {
  const events = toOutputs('x\u001b[900b'.repeat(50));
  const text = await collectText(toTranscript(toParts(events, { cols: 2, rows: 2 })));
  expect(text.replaceAll('\n', '')).toHaveLength(50 * 901);
});
