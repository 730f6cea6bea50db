/**
 * A set of the three-byte runs of a text, as bits: it tells at once, and mostly rightly, that a text is not in there.
 * Never wrongly: what is there is always found. Bytes and not characters, so that one Chinese word is enough.
 */

/** A text that may be within a signature's text: bits that all have to be set. */
export type SignatureQuery = readonly number[];

/** A block of text sets about a fifth of so many bits: of texts that are not there a query of four letters passes 4 %. */
const TEXT_BYTES_PER_SIGNATURE_BYTE = 16;
const MIN_BYTES = 64;
const RUN_BYTES = 3;

/** Of folded text, as UTF-8. */
export function signText(bytes: Uint8Array): Uint8Array {
  const signature = new Uint8Array(sizeFor(bytes.length));
  const mask = signature.length * 8 - 1;
  for (let place = 0; place + RUN_BYTES <= bytes.length; place += 1) {
    const bit = hashAt(bytes, place) & mask;
    signature[bit >> 3] = (signature[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  return signature;
}

/** Of a folded text, as UTF-8. Empty, and with it always satisfied, for less than a run. */
export function toSignatureQuery(bytes: Uint8Array): SignatureQuery {
  const hashes = new Set<number>();
  for (let place = 0; place + RUN_BYTES <= bytes.length; place += 1) hashes.add(hashAt(bytes, place));
  return [...hashes];
}

export function mayContain(signature: Uint8Array, query: SignatureQuery): boolean {
  const mask = signature.length * 8 - 1;
  for (const hash of query) {
    const bit = hash & mask;
    if (((signature[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}

/** A power of two, so that a hash is a place by its lowest bits. */
function sizeFor(textBytes: number): number {
  const wanted = Math.max(MIN_BYTES, textBytes / TEXT_BYTES_PER_SIGNATURE_BYTE);
  return 2 ** Math.ceil(Math.log2(wanted));
}

/** Multiplicative (Knuth, vol. 3, 6.4): the upper bits are the good ones. */
function hashAt(bytes: Uint8Array, place: number): number {
  const run = ((bytes[place] ?? 0) << 16) | ((bytes[place + 1] ?? 0) << 8) | (bytes[place + 2] ?? 0);
  return Math.imul(run, 0x9e3779b1) >>> 8;
}
