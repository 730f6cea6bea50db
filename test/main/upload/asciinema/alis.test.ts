import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALIS_MAGIC, type AlisMessage, encodeAlis } from '../../../../main/upload/asciinema/alis.ts';
import { createPlayerAlisHandler } from '../../../fakes/foreign-alis.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('ALiS vectors, byte for byte', () => {
  expect(hex(ALIS_MAGIC)).toBe('414c695301');
  const vectors: readonly (readonly [AlisMessage, string])[] = [
    [
      { kind: 'reset', lastId: 42, timeMicros: 1_000, size: { cols: 180, rows: 24 }, screen: 'seed' },
      '012ae807b40118000473656564',
    ],
    [{ kind: 'output', id: 43, afterMicros: 500_000, text: 'héllo' }, '6f2ba0c21e0668c3a96c6c6f'],
    [{ kind: 'resize', id: 44, afterMicros: 1_000_000, size: { cols: 100, rows: 30 } }, '722cc0843d641e'],
    [{ kind: 'exit', id: 47, afterMicros: 1, exitCode: 137 }, '782f018901'],
  ];
  for (const [message, bytes] of vectors) expect(hex(encodeAlis(message))).toBe(bytes);
});

test('input and markers have types of their own, and a negative exit code is 0', () => {
  const head = { id: 1, afterMicros: 2 };
  expect(hex(encodeAlis({ kind: 'input', ...head, text: 'q' }))).toBe('6901020171');
  expect(hex(encodeAlis({ kind: 'marker', ...head, text: '' }))).toBe('6d010200');
  expect(hex(encodeAlis({ kind: 'exit', ...head, exitCode: -1 }))).toBe('78010200');
});

test('asciinema-player reads what is encoded, as it was', async () => {
  // The player takes a byte order mark at the start of a text for none of it.
  const text = fc.string({ unit: 'grapheme', maxLength: 200 }).filter((value) => !value.startsWith('\ufeff'));
  const size = fc.record({ cols: fc.integer({ min: 1, max: 720 }), rows: fc.integer({ min: 1, max: 200 }) });
  const afterMicros = fc.integer({ min: 0, max: 2 ** 45 });
  const event = fc.oneof(
    fc.record({ kind: fc.constantFrom('output', 'input', 'marker'), afterMicros, text }),
    fc.record({ kind: fc.constant('resize' as const), afterMicros, size }),
    fc.record({ kind: fc.constant('exit' as const), afterMicros, exitCode: fc.nat(255) }),
  );
  await fc.assert(
    fc.asyncProperty(size, text, fc.array(event, { maxLength: 20 }), async (first, screen, events) => {
      const handle = await createPlayerAlisHandler();
      expect(handle(ALIS_MAGIC)).toBeUndefined();
      const begun = handle(encodeAlis({ kind: 'reset', lastId: 0, timeMicros: 0, size: first, screen }));
      expect(begun).toMatchObject({ time: 0, term: { size: first } });
      expect((begun as { term: { init?: string } }).term.init ?? '').toBe(screen);
      let timeMicros = 0;
      let markers = 0;
      for (const [index, one] of events.entries()) {
        timeMicros += one.afterMicros;
        const seen = handle(encodeAlis({ ...one, id: index + 1 } as AlisMessage));
        expect(seen).toEqual([timeMicros / 1_000, ...describe(one as AlisMessage, markers)]);
        if (one.kind === 'marker') markers += 1;
      }
    }),
  );
});

/** Code and data as the player has them. */
function describe(message: AlisMessage, markers: number): [string, unknown] {
  switch (message.kind) {
    case 'output':
      return ['o', message.text];
    case 'input':
      return ['i', message.text];
    case 'marker':
      return ['m', { index: markers, time: expect.any(Number), label: message.text }];
    case 'resize':
      return ['r', message.size];
    default:
      return ['x', { status: (message as { exitCode: number }).exitCode }];
  }
}
