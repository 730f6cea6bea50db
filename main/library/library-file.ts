import { stat } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode, toAppError } from '../base/errors.ts';
import { annotationPathOf, readAnnotationFile } from '../recording/annotation-file.ts';
import { readCastHeader, readLastEvent } from '../recording/cast/cast-reader.ts';
import { isEncryptedName, nameCast, toRecordingId } from '../recording/cast-path.ts';
import { readFrameFileStart } from '../recording/encryption/frame-reader.ts';
import type { RecordingOwner, Sidecar } from '../recording/recording.ts';
import { parseSidecar, sidecarPathOf } from '../recording/sidecar.ts';
import type { Recording, StoredRecording } from './recording.ts';
import type { FolderFiles } from './recordings-folder.ts';

export interface RecordingFileNeeds {
  isOwnerAlive(owner: RecordingOwner): boolean;
}

/** Sizes and times of its files: while they are the same, so is what was read from them. */
export interface FileStamp {
  readonly castBytes: number;
  readonly castModifiedMs: number;
  /** 0 where there is no sidecar; so is the next. */
  readonly sidecarBytes: number;
  readonly sidecarModifiedMs: number;
  /** 0 where there is none; so is the next. */
  readonly annotationBytes: number;
  readonly annotationModifiedMs: number;
}

/**
 * Where a recording's cast is, encrypted or not; where there is none, where one in the clear would be. Who knows the
 * folder's files says so: nothing is then asked of the disk.
 */
export async function findCast(folder: string, recordingId: string, files?: FolderFiles): Promise<string> {
  const clear = join(folder, nameCast(recordingId, { isEncrypted: false }));
  const encrypted = join(folder, nameCast(recordingId, { isEncrypted: true }));
  if (files) return !files.has(clear) && files.has(encrypted) ? encrypted : clear;
  return !(await statFile(clear)) && (await statFile(encrypted)) ? encrypted : clear;
}

/**
 * Undefined where there is no cast (any more). Of the folder's files, where they are known, only those are asked for: a
 * stamp without one that came since is another one than the next.
 */
export async function stampRecording(path: string, files?: FolderFiles): Promise<FileStamp | undefined> {
  const paths = [path, sidecarPathOf(path), annotationPathOf(path)];
  const [cast, sidecar, annotation] = await Promise.all(
    paths.map((one) => (files?.has(one) === false ? undefined : statFile(one))),
  );
  return (
    cast && {
      castBytes: cast.size,
      castModifiedMs: cast.mtimeMs,
      sidecarBytes: sidecar?.size ?? 0,
      sidecarModifiedMs: sidecar?.mtimeMs ?? 0,
      annotationBytes: annotation?.size ?? 0,
      annotationModifiedMs: annotation?.mtimeMs ?? 0,
    }
  );
}

/** Whether the row may change though its files do not: its writer may die, or become readable again. */
export function isSettled({ state }: Recording): boolean {
  return state !== 'live' && state !== 'unreadable';
}

/** Reads what a recording's files say. Damage becomes a row that tells it; only an abort rejects. */
export async function describeRecording(
  needs: RecordingFileNeeds,
  path: string,
  stamp: FileStamp,
  options: { readonly signal: AbortSignal },
): Promise<StoredRecording> {
  let problem: string | undefined;

  async function attempt<T>(reading: Promise<T>): Promise<T | undefined> {
    try {
      return await reading;
    } catch (error) {
      options.signal.throwIfAborted();
      problem ??= toAppError(error).message;
      return undefined;
    }
  }

  const [header, sidecar] = await Promise.all([
    attempt(isEncryptedName(path) ? describeEncrypted(path) : describeHeader(path, options)),
    attempt(readSidecar(path)),
  ]);
  const annotation = stamp.annotationBytes > 0 ? await describeAnnotation(path) : {};
  const known = {
    ...describeUnknown(path, stamp),
    ...header,
    ...(sidecar && describeSidecar(sidecar)),
    ...annotation,
  };
  const state = problem === undefined ? await attempt(describeState(needs, path, stamp, sidecar)) : undefined;
  return state ? { ...known, ...state } : { ...known, ...(problem !== undefined && { note: problem }) };
}

const CUT_NOTE = 'the program that recorded it stopped before it was closed';

/** What the file's name and size say; the floor on which every row stands. */
function describeUnknown(path: string, { castBytes, castModifiedMs }: FileStamp): Recording {
  const recordingId = toRecordingId(path);
  return {
    recordingId,
    context: '',
    namespace: '',
    pod: '',
    container: '',
    command: [],
    startedAtMs: parseIdTime(recordingId) ?? Math.round(castModifiedMs),
    durationMicros: 0,
    bytes: castBytes,
    size: { cols: 80, rows: 24 },
    state: 'unreadable',
    path,
  };
}

async function describeHeader(
  path: string,
  options: { readonly signal: AbortSignal },
): Promise<Partial<Recording>> {
  const { size, startedAtSeconds, pod, context, facts } = await readCastHeader(path, options);
  return {
    size,
    ...(startedAtSeconds === undefined ? {} : { startedAtMs: startedAtSeconds * 1_000 }),
    ...(pod && { namespace: pod.namespace, pod: pod.name, container: pod.container }),
    ...(context !== undefined && { context }),
    ...facts,
  };
}

/** What can be seen without a key; all else tells the sidecar. */
async function describeEncrypted(path: string): Promise<Partial<Recording>> {
  const file = await open(path, 'r');
  try {
    return { encryptedTo: (await readFrameFileStart(file)).header.recipients };
  } finally {
    await file.close();
  }
}

function describeSidecar({ details, size, startedAtMs }: Sidecar): Partial<Recording> {
  const { source: _source, ...shown } = details;
  return { ...shown, size, startedAtMs };
}

/** An annotation that cannot be read takes nothing from its recording. */
async function describeAnnotation(path: string): Promise<Partial<StoredRecording>> {
  try {
    const { tags, comment, isPinned, encrypted } = (await readAnnotationFile(path)) ?? {};
    return {
      ...(isPinned && { isPinned }),
      ...(tags && { tags }),
      ...(comment !== undefined && { comment }),
      ...(encrypted !== undefined && { encryptedWords: encrypted }),
    };
  } catch (error) {
    return { annotationProblem: toAppError(error).message };
  }
}

async function describeState(
  needs: RecordingFileNeeds,
  path: string,
  stamp: FileStamp,
  sidecar: Sidecar | undefined,
): Promise<Partial<Recording>> {
  const state = sidecar?.state;
  if (state && state.kind !== 'live') return describeEnded(state);
  // The index remembers what is found here, so that no key is used for it.
  const last = isEncryptedName(path) ? undefined : await readLastEvent(path);
  const durationMicros = last?.timeMicros ?? estimateMicros(stamp, sidecar);
  if (state && needs.isOwnerAlive(state.owner)) return { state: 'live', durationMicros };
  return {
    ...(state ? { state: 'cut', note: CUT_NOTE } : { state: 'closed' }),
    durationMicros,
    ...(last?.kind === 'exit' && { exitCode: last.exitCode }),
  };
}

/** From its start to its last write; 0 where its start is unknown. */
function estimateMicros({ castModifiedMs }: FileStamp, sidecar: Sidecar | undefined): number {
  return sidecar ? Math.max(0, Math.round((castModifiedMs - sidecar.startedAtMs) * 1_000)) : 0;
}

function describeEnded(state: Exclude<Sidecar['state'], { kind: 'live' }>): Partial<Recording> {
  const { kind, durationMicros, end } = state;
  return {
    state: kind,
    durationMicros,
    ...(end.kind === 'exited' && { exitCode: end.exitCode }),
    ...(end.kind !== 'closed' && end.note !== undefined && { note: end.note }),
    ...(state.kind === 'damaged' && { note: describeDamage(state.damagedLines) }),
    ...(state.kind === 'closed' && state.lostBytes > 0 && { lostBytes: state.lostBytes }),
    ...(state.kind === 'closed' && state.invalidBytes > 0 && { invalidBytes: state.invalidBytes }),
    ...(state.kind === 'closed' && state.pausedBytes && { pausedBytes: state.pausedBytes }),
  };
}

function describeDamage(lines: number): string {
  return lines === 1
    ? 'a line within it cannot be read; a replay shows a gap there'
    : `${lines} lines within it cannot be read; a replay shows gaps there`;
}

async function readSidecar(castPath: string): Promise<Sidecar | undefined> {
  let text: string;
  try {
    text = await readFile(sidecarPathOf(castPath), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  return parseSidecar(text);
}

/**
 * Undefined where it is gone, or in a folder that cannot be entered: listing the folder tells the latter. By a callback:
 * of a list of 10,000 the promises of `node:fs/promises` alone take as long as the disk.
 */
function statFile(path: string): Promise<{ readonly size: number; readonly mtimeMs: number } | undefined> {
  return new Promise((resolve) => stat(path, (error, stats) => resolve(error ? undefined : stats)));
}

/** Start of a recording of ours by its name, in Unix milliseconds. */
function parseIdTime(recordingId: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(recordingId);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}
