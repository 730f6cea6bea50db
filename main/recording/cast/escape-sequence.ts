/**
 * Longest escape sequence that is kept whole, in bytes. Colours and cursor moves are far shorter;
 * a longer one (an inline image) is cut rather than searched for.
 */
const LONGEST_BYTES = 256;

const ESC = 0x1b;
const BEL = 0x07;
const CSI = 0x5b; // [
const STRING_OPENERS: ReadonlySet<number> = new Set([...'PX]^_'].map((opener) => opener.charCodeAt(0)));

/**
 * How many of the last bytes begin an escape sequence without ending it (ECMA-48, 5.4 and 8.3). A replay
 * that starts between two events would print the rest of a sequence that was cut.
 */
export function unfinishedEscapeBytes(bytes: Uint8Array): number {
  const earliest = Math.max(0, bytes.length - LONGEST_BYTES);
  const start = bytes.lastIndexOf(ESC);
  if (start < earliest) return 0;
  const [introducer, ...rest] = bytes.subarray(start + 1);
  return isFinished(introducer, rest) ? 0 : bytes.length - start;
}

function isFinished(introducer: number | undefined, rest: readonly number[]): boolean {
  if (introducer === undefined) return false;
  if (introducer === CSI) return rest.some((byte) => byte < 0x20 || byte >= 0x40);
  if (STRING_OPENERS.has(introducer)) return rest.includes(BEL);
  // Intermediate bytes, as in `ESC ( B`, wait for a final one.
  return introducer < 0x20 || introducer > 0x2f || rest.some((byte) => byte < 0x20 || byte > 0x2f);
}
