import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createResizeReader } from '../../../../main/proxy/tap/resize-reader.ts';
import { anyCuts, cutAt } from '../../../fakes/split-bytes.ts';

const read = (...parts: string[]) => {
  const reader = createResizeReader();
  return parts.flatMap((part) => [...reader.read(Buffer.from(part))]);
};

test('sizes in a row, split anywhere, are the sizes that were sent', () => {
  const side = fc.integer({ min: 1, max: 65_535 });
  fc.assert(
    fc.property(
      fc.array(fc.record({ cols: side, rows: side }), { maxLength: 20 }),
      anyCuts(),
      (sizes, cuts) => {
        const text = sizes.map(({ cols, rows }) => `{"Width":${cols},"Height":${rows}}\n`).join('');
        const reader = createResizeReader();
        expect(cutAt(Buffer.from(text), cuts).flatMap((part) => [...reader.read(part)])).toEqual(sizes);
      },
    ),
  );
});

test('names in any case, in any order, with others beside them', () => {
  expect(read(' '.repeat(5_000), '{"height":4,"x":{"y":"}"},"WIDTH":5}')).toEqual([{ cols: 5, rows: 4 }]);
});

test('a size with an empty side is passed over', () => {
  expect(read('{"Width":0,"Height":4}{"Height":4}{}{"Width":1,"Height":2}')).toEqual([{ cols: 1, rows: 2 }]);
});

test.each([
  '{"Width":70000,"Height":4}',
  '{"Width":-1,"Height":4}',
  '{"Width":1.5,"Height":4}',
  '{"Width":"5","Height":4}',
  'x'.repeat(1_024),
  `{${'}'.repeat(1_024)}`,
])('after what is no size nothing is read: %j', (text) => {
  expect(read(text, '{"Width":1,"Height":2}')).toEqual([]);
});
