import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  keepOnly,
  narrow,
  placesIn,
  SHELF_BLOCKS,
  shelve,
  toMask,
} from '../../../main/search/signature-shelf.ts';

const SIGNATURE_BYTES = 64;
const signatures = fc.array(fc.uint8Array({ minLength: SIGNATURE_BYTES, maxLength: SIGNATURE_BYTES }), {
  minLength: 1,
  maxLength: SHELF_BLOCKS,
});
const bits = fc.array(fc.nat(SIGNATURE_BYTES * 8 - 1), { maxLength: 8 });

function hasBit(signature: Uint8Array, bit: number): boolean {
  return ((signature[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
}

test('on the shelf, the same signatures have the same bits', () => {
  fc.assert(
    fc.property(signatures, bits, (all, wanted) => {
      const parts = shelve(all);
      const found = narrow(toMask(all.keys()), wanted, (part) => parts[part] ?? new Uint8Array());
      const expected = [...all.keys()].filter((place) =>
        wanted.every((bit) => hasBit(all[place] ?? new Uint8Array(), bit)),
      );
      expect([...placesIn(found)]).toEqual(expected);
    }),
  );
});

test('of what is taken off the shelf no bit stays, and the others keep theirs', () => {
  fc.assert(
    fc.property(signatures, fc.func(fc.boolean()), (all, stays) => {
      const kept = all.map((signature, place) => (stays(place) ? signature : signature.map(() => 0)));
      const mask = toMask([...all.keys()].filter((place) => stays(place)));
      expect(shelve(all).map((part) => keepOnly(part, mask))).toEqual(shelve(kept));
    }),
  );
});

test('a shelf on which nothing can be any more is not read on', () => {
  const asked: number[] = [];
  const parts = shelve([new Uint8Array(SIGNATURE_BYTES)]);
  narrow(toMask([0]), [1, 200, 400], (part) => {
    asked.push(part);
    return parts[part] ?? new Uint8Array();
  });
  expect(asked).toEqual([0]);
});
