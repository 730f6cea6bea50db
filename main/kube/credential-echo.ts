import type { Credential } from '../credentials/credential.ts';
import { readStart } from './answer-body.ts';

/** Shorter than this is no secret, and would strike common words out. */
const MIN_SECRET_CHARACTERS = 8;
/** Of an answer that is no success; a Status is below 4 KiB, a proxy's page below this. */
const MAX_REFUSAL_BYTES = 64 * 1024;
const STRUCK = '[secret]';

/**
 * A server's or proxy's words, with what we proved ourselves by struck out of them: some pages repeat the request
 * that they refuse, and what they say is shown.
 */
export function strikeOut(words: string, credential: Credential): string {
  return secretsOf(credential).reduce((text, secret) => text.replaceAll(secret, STRUCK), words);
}

/** The same for a refusal's body, of which no more than 64 KiB are read. */
export async function* strikeOutBody(
  body: AsyncIterable<Uint8Array>,
  credential: Credential,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(strikeOut(await readStart(body, MAX_REFUSAL_BYTES), credential));
}

/** The header's value without its scheme; of basic authentication also what it encodes. */
function secretsOf({ authorization }: Credential): readonly string[] {
  const [, scheme = '', value = ''] = /^(\S+)\s+(.*)$/.exec(authorization ?? '') ?? [];
  const decoded = scheme === 'Basic' ? Buffer.from(value, 'base64').toString('utf8') : '';
  const password = decoded.slice(decoded.indexOf(':') + 1);
  return [value, password].filter((secret) => secret.length >= MIN_SECRET_CHARACTERS);
}
