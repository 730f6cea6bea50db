import { randomInt } from 'node:crypto';

/** Without vowels and what looks alike, so that no name is a word (apimachinery, util/rand). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_CHARACTERS = 5;
/** Names that become host names are at most so long (apiserver, storage/names/generate.go). */
const MAX_CHARACTERS = 63;

/** A name as Kubernetes generates them: the start, cut where it is too long, and five random characters. */
export function generateName(start: string): string {
  return `${start.slice(0, MAX_CHARACTERS - SUFFIX_CHARACTERS)}${generateSuffix()}`;
}

function generateSuffix(): string {
  return Array.from({ length: SUFFIX_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
