import { open } from 'node:fs/promises';
import * as v from 'valibot';
import { AppError, systemCode } from '../base/errors.ts';
import { besideCast, toRecordingId } from './cast-path.ts';

/**
 * `ID.annotation` beside `ID.cast`: the user's words about a recording. They change at any time, so that they stand
 * neither in the sealed sidecar nor only in the index, which is a cache. What a later Kubereel may add is kept.
 */
export interface AnnotationFile extends Words {
  readonly version: 1;
  readonly id: string;
  readonly isPinned?: true;
  /** In place of the words, where the recording is encrypted: an age file for the same recipients, in base64. */
  readonly encrypted?: string;
}

export interface Words {
  readonly tags?: readonly string[];
  readonly comment?: string;
}

export const MAX_TAGS: number = 32;
/** UTF-16 units; so is the next. */
export const MAX_TAG_CHARS: number = 64;
export const MAX_COMMENT_CHARS: number = 4_000;
/** Room for all of them as JSON escapes and base64, and for what others may have added. */
const MAX_FILE_BYTES = 128 * 1024;

const wordsEntries = {
  tags: v.exactOptional(
    v.pipe(
      v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_TAG_CHARS))),
      v.maxLength(MAX_TAGS),
      v.readonly(),
    ),
  ),
  comment: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_COMMENT_CHARS))),
};
export const WordsSchema: v.GenericSchema<unknown, Words> = v.looseObject(wordsEntries);
const FileSchema: v.GenericSchema<unknown, AnnotationFile> = v.looseObject({
  version: v.literal(1),
  id: v.string(),
  isPinned: v.exactOptional(v.literal(true)),
  encrypted: v.exactOptional(v.pipe(v.string(), v.base64())),
  ...wordsEntries,
});

export function annotationPathOf(castPath: string): string {
  return besideCast(castPath, '.annotation');
}

/** Undefined where there is none. Rejects with `recording-unreadable` for one that is not of this form. */
export async function readAnnotationFile(castPath: string): Promise<AnnotationFile | undefined> {
  const text = await readBounded(annotationPathOf(castPath));
  if (text === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw createAlteredError('the file beside it is no JSON', cause);
  }
  const parsed = v.safeParse(FileSchema, json);
  if (!parsed.success) {
    const place = v.getDotPath(parsed.issues[0]) ?? 'the whole';
    throw createAlteredError(`in the file beside it this is wrong: ${place}`);
  }
  if (parsed.output.id !== toRecordingId(castPath)) {
    throw createAlteredError('the file beside it is about another recording');
  }
  return parsed.output;
}

export function createAlteredError(reason: string, cause?: unknown): AppError {
  return new AppError('recording-unreadable', `its tags and comment cannot be read: ${reason}`, {
    cause,
    hint: 'Remove the .annotation file beside the recording to begin anew; the recording itself is not touched.',
  });
}

async function readBounded(path: string): Promise<string | undefined> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'ENOENT') return undefined;
    throw createAlteredError(`the file beside it could not be opened: ${code}`, cause);
  }
  try {
    if ((await file.stat()).size > MAX_FILE_BYTES) {
      throw createAlteredError('the file beside it is larger than any of ours');
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
