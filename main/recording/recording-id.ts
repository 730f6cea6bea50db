import { randomBytes } from 'node:crypto';

const SUFFIX_LENGTH = 6;
/** RFC 4648's base32 in lower case: file systems that ignore case keep ids apart. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** `YYYYMMDD-HHMMSS-xxxxxx`: UTC time of the start, so that names sort by time, and a random end. */
export function makeRecordingId(startedAtMs: number): string {
  const time = new Date(startedAtMs).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const suffix = Array.from(randomBytes(SUFFIX_LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]);
  return `${time}-${suffix.join('')}`;
}
