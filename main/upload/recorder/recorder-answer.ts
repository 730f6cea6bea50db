import type { AppError } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import { recorderError } from './recorder-error.ts';

/** Of an answer's words: as much as people read. */
const MAX_WORDS = 300;
/** Of an answer that is read at all: the longest is an HTML page of a proxy. */
export const MAX_ANSWER_BYTES: number = 64 * 1024;

export interface RecorderAnswer {
  readonly status: number;
  /** The body's beginning. */
  readonly text: string;
  /** What our own recorder calls it (docs/RECORDER.md). */
  readonly code?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** Codes of our own recorder for what passes by itself. */
const PASSING_CODES: readonly string[] = ['disk-full', 'store-failed', 'busy', 'stopping', 'idle'];

/** The recorder took the recording, and takes it no further. A foreign one gives no code: it may well pass. */
export function toStopped(
  recorder: RecorderAddress,
  { text, code }: Pick<RecorderAnswer, 'text' | 'code'>,
  token: string | undefined,
): AppError {
  const isPassing = code === undefined || PASSING_CODES.includes(code);
  const what = `takes the recording no further: ${readWords(text, token)}`;
  return recorderError(isPassing ? 'recorder-failed' : 'recorder-refused', recorder, what);
}

/** An answer that is none of those wanted, in the recorder's own words. */
export function toRefusal(
  recorder: RecorderAddress,
  { status, text, retryAfterMs }: RecorderAnswer,
  token: string | undefined,
  hint?: string,
): AppError {
  const words = readWords(text, token);
  const answer = words === '' ? `${status}` : `${status}: ${words}`;
  const hinted = hint === undefined ? {} : { hint };
  switch (status) {
    case 401:
    case 403:
      return recorderError('recorder-refused', recorder, `does not let us in (${answer})`, {
        hint: 'Check its tokenFile in the policy, and what the recorder has for it.',
        ...hinted,
      });
    case 404:
    case 405:
    case 501:
      return recorderError('recorder-unfit', recorder, `is no recorder of this kind (${answer})`, {
        hint: 'Check its kind and url in the policy.',
      });
    case 408:
    case 425:
    case 429:
      return recorderError('recorder-failed', recorder, `wants to be asked again later (${answer})`, {
        retryAfterMs,
      });
    default:
      if (status >= 500) {
        return recorderError('recorder-failed', recorder, `failed (${answer})`, { retryAfterMs });
      }
      if (status >= 300 && status < 400) {
        return recorderError('recorder-unfit', recorder, `sends us elsewhere (${answer})`, {
          hint: 'Write the address that it sends to as its url in the policy.',
        });
      }
      return recorderError('recorder-refused', recorder, `refused the recording (${answer})`, hinted);
  }
}

/** What an answer says to people: its `message`, `error` or `reason` where it is JSON, else its text. */
export function readWords(text: string, token: string | undefined): string {
  const json = parseJson(text);
  const words = typeof json === 'object' && json !== null ? readSaying(json) : undefined;
  return toOneLine(words ?? text, token);
}

function readSaying(json: object): string | undefined {
  const said = Object.entries(json).filter(
    ([key, value]) => SAYINGS.includes(key) && typeof value === 'string' && value !== '',
  );
  return SAYINGS.map((key) => said.find(([found]) => found === key)?.[1]).find(
    (value) => value !== undefined,
  );
}

const SAYINGS = ['message', 'error', 'reason', 'type'];

/** Words from outside, fit for a terminal, without our token where they quote it. */
export function toOneLine(words: string, token: string | undefined): string {
  const struck = token === undefined ? words : words.replaceAll(token, '•••');
  const line = struck
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS).toWellFormed()}…` : line;
}
