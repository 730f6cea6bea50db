/**
 * A set of the runs of one to four bytes of a text, as bits: it tells at once, and mostly rightly, that a text is not
 * in there. Never wrongly: what is there is always found. Bytes and not characters, so that one Chinese word is enough.
 */

/** A text that may be within a signature's text: hashes, each of which is a bit that has to be set. */
export type SignatureQuery = readonly number[];

/** Runs of words set about a third of so many bits. */
const TEXT_BYTES_PER_SIGNATURE_BYTE = 5;
const MIN_BYTES = 64;
/** More would be more bits to look at and hardly fewer texts to read. */
const MAX_QUERY_BITS = 24;
const LINE_FEED = 0x0a;

/** Of folded text, as UTF-8. Runs end with their line. A power of two in bytes. */
export function signText(bytes: Uint8Array): Uint8Array {
  const signature = new Uint8Array(sizeFor(bytes.length));
  const shift = shiftFor(signature);
  const pairs = new Uint8Array(PAIRS);
  let run = 0;
  let length = 0;
  // As loops over numbers: it is most of what storing text costs.
  for (let place = 0; place < bytes.length; place += 1) {
    const byte = bytes[place] ?? 0;
    if (byte === LINE_FEED) {
      run = 0;
      length = 0;
      continue;
    }
    run = (run << 8) | byte;
    length += 1;
    pairs[byte] = 1;
    if (length < 2) continue;
    pairs[run & 0xffff] = 1;
    if (length < 3) continue;
    set(signature, Math.imul(run & 0xffffff, FIRST_PRIME) >>> shift);
    set(signature, Math.imul(run & 0xffffff, SECOND_PRIME) >>> shift);
    if (length > 3) set(signature, Math.imul(run, FIRST_PRIME) >>> shift);
  }
  for (let short = 0; short < PAIRS; short += 1) {
    if (pairs[short] !== 0) for (const hash of hashesOf(short, 2)) set(signature, hash >>> shift);
  }
  return signature;
}

/** Of a folded text, as UTF-8. What is shorter than a run of three is looked up by more bits: it has no others. */
export function toSignatureQuery(bytes: Uint8Array): SignatureQuery {
  const hashes = new Set<number>();
  const lengths = bytes.length < 3 ? [bytes.length] : [4, 3];
  for (const length of lengths) {
    for (let end = length; end <= bytes.length; end += 1) {
      let run = 0;
      for (const byte of bytes.subarray(end - length, end)) run = (run << 8) | byte;
      for (const hash of length === 0 ? [] : hashesOf(run, length)) hashes.add(hash);
    }
  }
  return [...hashes].slice(0, MAX_QUERY_BITS);
}

/** The bits of a query in signatures of that size. */
export function bitsOf(query: SignatureQuery, signature: { readonly length: number }): readonly number[] {
  const shift = shiftFor(signature);
  return query.map((hash) => hash >>> shift);
}

export function mayContain(signature: Uint8Array, query: SignatureQuery): boolean {
  return bitsOf(query, signature).every((bit) => ((signature[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0);
}

/** Of the shorter runs, which are few, each sets more bits, so that one of them says as much as a word. */
function hashesOf(run: number, length: number): readonly number[] {
  const primes = length > 3 ? [FIRST_PRIME] : [FIRST_PRIME, SECOND_PRIME, THIRD_PRIME].slice(0, 5 - length);
  return primes.map((prime) => Math.imul(run, prime) >>> 0);
}

function set(signature: Uint8Array, bit: number): void {
  signature[bit >> 3] = (signature[bit >> 3] ?? 0) | (1 << (bit & 7));
}

/** The nearest power of two, so that the upper bits of a hash are a place. */
function sizeFor(textBytes: number): number {
  const wanted = Math.max(MIN_BYTES, textBytes / TEXT_BYTES_PER_SIGNATURE_BYTE);
  return 2 ** Math.round(Math.log2(wanted));
}

function shiftFor({ length }: { readonly length: number }): number {
  return Math.clz32(length * 8) + 1;
}

const PAIRS = 0x10000;
/** Multiplicative hashing (Knuth, vol. 3, 6.4): the upper bits depend on the whole run. */
const [FIRST_PRIME, SECOND_PRIME, THIRD_PRIME] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d] as const;
