/** Takes secrets out of texts: those that it was told, and whatever looks like one. */
export interface Redactor {
  /** Never appears again in what is cleaned. */
  learn(secret: string | undefined): void;
  clean(text: string): string;
}

const MASK = '•••';
/** Shorter ones would blank out ordinary words. */
const MIN_SECRET_CHARACTERS = 6;

/** JSON web tokens, authorization headers, private keys, credentials in addresses. */
const LOOKS_SECRET: readonly (readonly [pattern: RegExp, by: string])[] = [
  [/\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g, MASK],
  [/\b(Bearer|Basic) +[\w.~+/=-]{6,}/gi, `$1 ${MASK}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, MASK],
  [/\b([a-z][a-z\d+.-]*:\/\/)[^\s/@]+@/gi, `$1${MASK}@`],
];

export function createRedactor(): Redactor {
  const secrets = new Set<string>();

  return {
    learn(secret) {
      if (secret !== undefined && secret.length >= MIN_SECRET_CHARACTERS) secrets.add(secret);
    },
    clean(text) {
      let cleaned = text;
      for (const secret of secrets) cleaned = cleaned.replaceAll(secret, MASK);
      for (const [pattern, by] of LOOKS_SECRET) cleaned = cleaned.replace(pattern, by);
      return cleaned;
    },
  };
}
