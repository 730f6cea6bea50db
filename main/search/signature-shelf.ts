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
  const bytes = signatures[0]?.length ?? 0;
  const all = new Uint8Array(bytes * 8 * MASK_BYTES);
  const column = new Uint8Array(8);
  for (let group = 0; group * 8 < signatures.length; group += 1) {
    const eight = signatures.slice(group * 8, group * 8 + 8);
    for (let index = 0; index < bytes; index += 1) {
      for (let row = 0; row < eight.length; row += 1) column[row] = eight[row]?.[index] ?? 0;
      turn(column, all, index * 8 * MASK_BYTES + group);
    }
    column.fill(0);
  }
  const parts: Uint8Array[] = [];
  for (let start = 0; start < all.length; start += PART_BITS * MASK_BYTES) {
    parts.push(all.subarray(start, start + PART_BITS * MASK_BYTES));
  }
  return parts;
}

/**
 * Eight bytes as a square of bits, turned: the lowest bits of all of them become the first byte, and so on
 * (Warren, "Hacker's Delight", 7-3). Written a mask apart.
 */
function turn(rows: Uint8Array, to: Uint8Array, start: number): void {
  let low = (rows[0] ?? 0) | ((rows[1] ?? 0) << 8) | ((rows[2] ?? 0) << 16) | ((rows[3] ?? 0) << 24);
  let high = (rows[4] ?? 0) | ((rows[5] ?? 0) << 8) | ((rows[6] ?? 0) << 16) | ((rows[7] ?? 0) << 24);
  low = swapWithin(swapWithin(low, 7, 0x00aa00aa), 14, 0x0000cccc);
  high = swapWithin(swapWithin(high, 7, 0x00aa00aa), 14, 0x0000cccc);
  const first = (low & 0x0f0f0f0f) | ((high & 0x0f0f0f0f) << 4);
  const second = ((low >>> 4) & 0x0f0f0f0f) | (high & 0xf0f0f0f0);
  for (let bit = 0; bit < 4; bit += 1) {
    to[start + bit * MASK_BYTES] = first >>> (8 * bit);
    to[start + (bit + 4) * MASK_BYTES] = second >>> (8 * bit);
  }
}

/** Bits that `mask` selects change places with those that are so much further up. */
function swapWithin(word: number, distance: number, mask: number): number {
  const differing = (word ^ (word >>> distance)) & mask;
  return word ^ differing ^ (differing << distance);
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
