/**
 * Signatures of many blocks turned by ninety degrees: what they have at one bit stands together, so that a search reads
 * a few bits of all of them instead of all bits of each.
 */

/** Signatures on one shelf, all of one size. Eight parts fill a page of the store, nearly. */
export const SHELF_BLOCKS = 120;
/** Bits of the signatures in a part of a shelf. */
const PART_BITS = 128;

/** Which of the signatures on a shelf are meant, a bit each. */
export type ShelfMask = Uint8Array;

const MASK_BYTES = SHELF_BLOCKS / 8;

/** A part for each `PART_BITS` bits of the signatures. There are at most `SHELF_BLOCKS`, of one size. */
export function shelve(signatures: readonly Uint8Array[]): readonly Uint8Array[] {
  const bits = (signatures[0]?.length ?? 0) * 8;
  const all = new Uint8Array(bits * MASK_BYTES);
  for (const [place, signature] of signatures.entries()) {
    const at = place >> 3;
    const mark = 1 << (place & 7);
    for (let index = 0; index < signature.length; index += 1) {
      let to = index * 8 * MASK_BYTES + at;
      for (let rest = signature[index] ?? 0; rest !== 0; rest >>= 1, to += MASK_BYTES) {
        if ((rest & 1) !== 0) all[to] = (all[to] ?? 0) | mark;
      }
    }
  }
  const parts: Uint8Array[] = [];
  for (let start = 0; start < all.length; start += PART_BITS * MASK_BYTES) {
    parts.push(all.subarray(start, start + PART_BITS * MASK_BYTES));
  }
  return parts;
}

/** Of those in `mask`, the ones that have all bits. `readPart` is asked for parts by their number. */
export function narrow(
  mask: ShelfMask,
  bits: readonly number[],
  readPart: (part: number) => Uint8Array,
): ShelfMask {
  const left = mask.slice();
  for (const bit of bits) {
    const part = readPart(Math.floor(bit / PART_BITS));
    const start = (bit % PART_BITS) * MASK_BYTES;
    let isAny = false;
    for (const [index, byte] of left.entries()) {
      const both = byte & (part[start + index] ?? 0);
      left[index] = both;
      isAny ||= both !== 0;
    }
    if (!isAny) break;
  }
  return left;
}

/** The part without a trace of those that are not in `mask`. */
export function keepOnly(part: Uint8Array, mask: ShelfMask): Uint8Array {
  return part.map((byte, index) => byte & (mask[index % MASK_BYTES] ?? 0));
}

export function toMask(places: Iterable<number>): ShelfMask {
  const mask = new Uint8Array(MASK_BYTES);
  for (const place of places) mask[place >> 3] = (mask[place >> 3] ?? 0) | (1 << (place & 7));
  return mask;
}

export function* placesIn(mask: ShelfMask): Generator<number> {
  for (const [index, byte] of mask.entries()) {
    for (let bit = 0; bit < 8; bit += 1) if ((byte & (1 << bit)) !== 0) yield index * 8 + bit;
  }
}
