import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CastPart } from '../../../main/exchange/cast-part.ts';
import { createMaskReport, MAX_PLACES, maskParts } from '../../../main/exchange/masked-cast.ts';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import { compilePatterns } from '../../../main/recording/redaction/redaction-patterns.ts';
import { collect, outputOf, toOutputs, toParts } from '../../fakes/cast-parts.ts';

const always = (): boolean => true;
const TOKEN = `ghp_${'a'.repeat(36)}`;

test('a secret over several events, with colours within, is masked; what else there is stays', async () => {
  const report = createMaskReport();
  const events = toOutputs('use ghp_', `${'a'.repeat(20)}\u001b[31m`, `${'a'.repeat(16)} now\r\n`);
  const parts = await collect(maskParts(toParts(events), [], report, always));
  expect(outputOf(parts)).toBe(`use ghp_${'•'.repeat(20)}\u001b[31m${'•'.repeat(16)} now\r\n`);
  expect(report).toMatchObject({ spans: 1, places: [{ rule: 'github', timeMicros: 1_000_000 }] });
  expect([...report.rules]).toEqual([['github', { name: 'GitHub tokens', spans: 1 }]]);
});

test('also where it is typed out over minutes, which a recorder could not wait for', async () => {
  const slowly = [...`x ${TOKEN} y`].map((text, index): CastEvent => {
    return { kind: 'output', timeMicros: index * 60_000_000, text };
  });
  const parts = await collect(maskParts(toParts(slowly), [], createMaskReport(), always));
  expect(outputOf(parts)).toBe(`x ghp_${'•'.repeat(36)} y`);
});

test('markers, resizes and exits stay in order and at their times; labels are masked as well', async () => {
  const events: CastEvent[] = [
    { kind: 'output', timeMicros: 1, text: 'tok' },
    { kind: 'resize', timeMicros: 2, size: { cols: 100, rows: 30 } },
    { kind: 'marker', timeMicros: 3, label: `see ${TOKEN}` },
    { kind: 'output', timeMicros: 4, text: 'en=abc' },
    { kind: 'exit', timeMicros: 5, exitCode: 0 },
  ];
  const parts = await collect(maskParts(toParts(events), [], createMaskReport(), always));
  expect(parts.slice(1).map((part) => part.kind === 'event' && part.event)).toEqual([
    { kind: 'output', timeMicros: 1, text: 'tok' },
    { kind: 'resize', timeMicros: 2, size: { cols: 100, rows: 30 } },
    { kind: 'marker', timeMicros: 3, label: `see ghp_${'•'.repeat(36)}` },
    { kind: 'output', timeMicros: 4, text: 'en=•••' },
    { kind: 'exit', timeMicros: 5, exitCode: 0 },
  ]);
});

test('typed input is left out and counted', async () => {
  const report = createMaskReport();
  const events: CastEvent[] = [
    { kind: 'input', timeMicros: 1, text: 'hunter2' },
    { kind: 'other', timeMicros: 2, code: 'z', data: { password: 'hunter2' } },
  ];
  const parts = await collect(maskParts(toParts(events), [], report, always));
  expect(parts).toHaveLength(1);
  expect(report.inputEvents).toBe(1);
});

test('the header loses its command, and its reason what looks like a secret', async () => {
  const header = { size: { cols: 80, rows: 24 }, context: 'kind', command: ['curl', '-u', 'a:b'] };
  async function* parts(): AsyncGenerator<CastPart> {
    yield { kind: 'header', header: { ...header, facts: { reason: `rotate ${TOKEN}` } } };
  }
  const [masked] = await collect(maskParts(parts(), [], createMaskReport(), always));
  const { command: _command, ...rest } = header;
  expect(masked).toEqual({
    kind: 'header',
    header: { ...rest, facts: { reason: `rotate ghp_${'•'.repeat(36)}` } },
  });
});

test('own patterns are told by their names; what is beyond the range is not counted', async () => {
  const report = createMaskReport();
  const { compiled } = compilePatterns([{ name: 'tickets', pattern: 'TICKET-[0-9]+' }]);
  const events = toOutputs('TICKET-1\r\n', 'TICKET-2\r\n', 'TICKET-3\r\n');
  const parts = maskParts(toParts(events), compiled, report, (timeMicros) => timeMicros === 1_000_000);
  expect(outputOf(await collect(parts))).not.toMatch(/TICKET/);
  expect([...report.rules]).toEqual([['tickets', { name: 'tickets', spans: 1 }]]);
});

test('all are counted, and only so many places kept', async () => {
  const report = createMaskReport();
  const lines = Array.from({ length: MAX_PLACES + 50 }, () => `token=abc\r\n`).join('');
  await collect(maskParts(toParts(toOutputs(lines)), [], report, always));
  expect(report.spans).toBe(MAX_PLACES + 50);
  expect(report.places).toHaveLength(MAX_PLACES);
});

test('text without secrets comes out as it went in, cut anywhere', async () => {
  const word = fc.constantFrom('grüße', '漢字', '😀', '\u001b[1m', '\r\n', ' ', 'a', '-'.repeat(50));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(word, { maxLength: 20 }), { maxLength: 20 }), async (pieces) => {
      const texts = pieces.map((words) => words.join(''));
      const parts = await collect(maskParts(toParts(toOutputs(...texts)), [], createMaskReport(), always));
      expect(outputOf(parts)).toBe(texts.join(''));
    }),
  );
});
