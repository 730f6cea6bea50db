import type { OutgoingHttpHeaders } from 'node:http';
import * as v from 'valibot';
import type { AppError } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import { type RecorderAnswer, toRefusal } from '../recorder/recorder-answer.ts';
import type { RecorderNeeds } from '../recorder/recorder-dial.ts';
import { recorderError } from '../recorder/recorder-error.ts';

/** As the server wants it: a UUID in lower case. */
const INSTALL_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What an asciinema command is known by; `asciinema auth` connects it with an account. Throws `recorder-unusable`. */
export function readInstallId(recorder: RecorderAddress, token: string | undefined): string {
  if (token !== undefined && INSTALL_ID.test(token)) return token;
  throw recorderError('recorder-unusable', recorder, 'cannot be used without an install id', {
    hint: 'Name a tokenFile that holds it: a UUID in lower case, as in ~/.config/asciinema/install-id.',
  });
}

/** Of each request. The server takes any user's name, and none. */
export function identify({ userAgent }: RecorderNeeds, installId: string): OutgoingHttpHeaders {
  return {
    accept: 'application/json',
    authorization: `Basic ${Buffer.from(`:${installId}`).toString('base64')}`,
    'user-agent': userAgent,
  };
}

const RefusalSchema = v.object({ type: v.string() });

/** An answer that is no success, in the server's own words. `bytes`: of the recording, where one was sent. */
export function toServerRefusal(
  recorder: RecorderAddress,
  answer: RecorderAnswer,
  { installId, bytes }: { readonly installId: string; readonly bytes?: number },
): AppError {
  const refusal = v.safeParse(RefusalSchema, parseJson(answer.text));
  const type = refusal.success ? refusal.output.type : '';
  return toRefusal(recorder, answer, installId, HINTS[type]?.(bytes));
}

/** By the type of a refusal. */
const HINTS: Readonly<Record<string, (bytes: number | undefined) => string>> = {
  unauthenticated: () =>
    'Its tokenFile has to hold the install id of an asciinema command that the server knows.',
  account_required: () =>
    'It serves registered users only: connect the install id with an account by `asciinema auth`.',
  upload_limit_reached: () => 'Connect the install id with an account there, by `asciinema auth`.',
  content_too_large: (bytes) =>
    `The recording has ${bytes ?? 'too many'} bytes: the owner of the server can raise UPLOAD_SIZE_LIMIT.`,
  live_stream_limit_reached: () => 'End another live stream of that account first.',
};
