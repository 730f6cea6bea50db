import type { RecorderAddress } from '../policy/policy.ts';
import { recorderError } from './recorder-error.ts';

/** As the server wants it: a UUID in lower case. */
const INSTALL_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What an asciinema command is known by; `asciinema auth` connects it with an account. Throws `recorder-unusable`. */
export function readInstallId(recorder: RecorderAddress, token: string | undefined): string {
  if (token !== undefined && INSTALL_ID.test(token)) return token;
  throw recorderError('recorder-unusable', recorder, 'cannot be used without an install id', {
    hint: 'Name a tokenFile that holds it: a UUID in lower case, as in ~/.config/asciinema/install-id.',
  });
}
