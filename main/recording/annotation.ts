import { rm } from 'node:fs/promises';
import * as v from 'valibot';
import { writeFileAtomically } from '../base/atomic-file.ts';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import {
  type AnnotationFile,
  annotationPathOf,
  createAlteredError,
  MAX_COMMENT_CHARS,
  MAX_TAG_CHARS,
  MAX_TAGS,
  readAnnotationFile,
  type Words,
  WordsSchema,
} from './annotation-file.ts';
import { toRecordingId } from './cast-path.ts';
import { encryptTo } from './encryption/age.ts';
import type { DecryptionKeys } from './encryption/decryption-keys.ts';
import { holdRecording } from './recording-lock.ts';

/** What the user says about a recording, in their own words. */
export interface AnnotationChange {
  readonly addTags?: readonly string[];
  /** Those that it does not have are passed over. */
  readonly removeTags?: readonly string[];
  /** In place of the one that there was; empty for none. */
  readonly comment?: string;
  /** It is kept, whatever the rules of retention say. */
  readonly isPinned?: boolean;
}

export interface AnnotationNeeds {
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly keys: Pick<DecryptionKeys, 'decrypt'> | undefined;
}

/**
 * Changes what stands beside a recording, as one step among all processes. `recipients`: whom the recording is
 * encrypted to, and so are the words; the pin is not, so that it holds where no key is. Rejects with `bad-input` where
 * there is too much, with `recording-locked` where the words cannot be read, with `recording-unreadable` where the
 * file is none of ours: it is left as it is.
 */
export function changeAnnotation(
  needs: AnnotationNeeds,
  castPath: string,
  recipients: readonly string[] | undefined,
  change: AnnotationChange,
): Promise<void> {
  return holdRecording(needs.clock, castPath, async () => {
    const path = annotationPathOf(castPath);
    const file = (await readAnnotationFile(castPath)) ?? { version: 1, id: toRecordingId(castPath) };
    const changed = await changeWords(needs, file, recipients, change);
    const { isPinned: wasPinned, ...rest } = changed;
    const isPinned = change.isPinned ?? wasPinned === true;
    const next = isPinned ? { ...rest, isPinned } : rest;
    // Nothing but what every such file has.
    if (Object.keys(next).length === 2) await rm(path, { force: true });
    else await writeFileAtomically(path, `${JSON.stringify(next, null, 2)}\n`);
  });
}

/** A pin changes without the words being read, and so without a key. */
async function changeWords(
  needs: AnnotationNeeds,
  file: AnnotationFile,
  recipients: readonly string[] | undefined,
  change: AnnotationChange,
): Promise<AnnotationFile> {
  const { addTags = [], removeTags = [], comment } = change;
  if (addTags.length === 0 && removeTags.length === 0 && comment === undefined) return file;
  const { tags: ownTags, comment: ownComment, encrypted, ...rest } = file;
  const own = { ...(ownTags && { tags: ownTags }), ...(ownComment !== undefined && { comment: ownComment }) };
  const words = encrypted === undefined ? own : await readWords(needs.keys, recipients ?? [], encrypted);
  const next = applyChange(words, change);
  if (!recipients) return { ...rest, ...next };
  if (Object.keys(next).length === 0) return rest;
  const ageFile = await encryptTo(recipients, Buffer.from(JSON.stringify(next)));
  return { ...rest, encrypted: Buffer.from(ageFile).toString('base64') };
}

/** Of an encrypted recording. Rejects as `DecryptionKeys.decrypt`. */
export async function readWords(
  keys: Pick<DecryptionKeys, 'decrypt'> | undefined,
  recipients: readonly string[],
  encrypted: string,
): Promise<Words> {
  if (!keys) throw new AppError('recording-locked', 'no key of this home opens its tags and comment');
  const bytes = await keys.decrypt(recipients, Buffer.from(encrypted, 'base64'));
  try {
    return v.parse(WordsSchema, JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw createAlteredError('they are not what was encrypted', cause);
  }
}

/** Throws `bad-input`. */
function applyChange({ tags: known = [], comment: before, ...rest }: Words, change: AnnotationChange): Words {
  const { addTags = [], removeTags = [], comment = before } = change;
  const removed = new Set(removeTags.map((tag) => foldTag(toTag(tag))));
  const tags = new Map<string, string>();
  for (const tag of known) if (!removed.has(foldTag(tag))) tags.set(foldTag(tag), tag);
  for (const tag of addTags.map(toTag)) if (!tags.has(foldTag(tag))) tags.set(foldTag(tag), tag);
  if (tags.size > MAX_TAGS) {
    throw new AppError('bad-input', `a recording has at most ${MAX_TAGS} tags`, {
      hint: 'Take some away first.',
    });
  }
  const text = toComment(comment ?? '');
  return {
    ...rest,
    ...(tags.size > 0 && { tags: [...tags.values()] }),
    ...(text !== '' && { comment: text }),
  };
}

/** One word, as it was typed. Throws `bad-input`. */
export function toTag(text: string): string {
  const tag = text.toWellFormed().normalize('NFC').trim();
  if (tag === '' || /[\s,"\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(tag)) {
    throw new AppError('bad-input', `a tag is one word: ${JSON.stringify(text)} is none`, {
      hint: 'No blanks, commas or quotes; a dash may join words.',
    });
  }
  if (tag.length > MAX_TAG_CHARS) {
    throw new AppError('bad-input', `a tag has at most ${MAX_TAG_CHARS} characters`);
  }
  return tag;
}

/** Capitals do not make another tag. */
function foldTag(tag: string): string {
  return tag.toLowerCase();
}

/** Lines that no terminal obeys. Throws `bad-input` where it is too long. */
function toComment(text: string): string {
  const comment = text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim();
  if (comment.length > MAX_COMMENT_CHARS) {
    throw new AppError('bad-input', `a comment has at most ${MAX_COMMENT_CHARS} characters`);
  }
  return comment;
}
