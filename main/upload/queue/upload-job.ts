import * as v from 'valibot';
import { AppError } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import type { RecordingOwner } from '../../recording/recording.ts';
import type { DeliveryAttempt, RecorderReceipt } from '../recorder/recorder-client.ts';

/**
 * A recording that is owed to recorders: `ID.json` in the folder of uploads. No secret stands in it; a token is in the
 * file that its recorder names.
 */
export interface UploadJob {
  readonly version: 1;
  readonly recordingId: string;
  /** Unix milliseconds. */
  readonly owedSinceMs: number;
  /** In the order in which they are tried. */
  readonly recorders: readonly RecorderAddress[];
  /** Who records and delivers it now: nobody else does while that process lives. */
  readonly owner?: RecordingOwner;
  /** Its cast was begun. Without that, and without a cast, nothing was ever recorded. */
  readonly isBegun?: true;
  /**
   * Addresses that may have some or all of it, though none of them confirmed that; noted before the first byte is
   * sent. What is delivered after that is a second delivery and says so.
   */
  readonly sentTo: readonly string[];
  /** Tries in a row that came to nothing. */
  readonly failures: number;
  /** What each recorder answered at the last try. */
  readonly answers: readonly JobAnswer[];
  readonly next: NextTry;
}

export type NextTry =
  | { readonly kind: 'at'; readonly atMs: number }
  /** Trying the same again makes no sense: somebody has to change something. */
  | { readonly kind: 'user' };

export interface JobAnswer {
  /** Absent where it was not a recorder that made it fail. */
  readonly recorder?: RecorderName;
  /** Unix milliseconds. */
  readonly atMs: number;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export type RecorderName = Pick<RecorderAddress, 'kind' | 'url' | 'name'>;

/** What is kept of a delivery: `delivered/ID.json`. */
export interface UploadReceipt extends RecorderReceipt {
  readonly version: 1;
  readonly recordingId: string;
  readonly recorder: RecorderName;
  /** Unix milliseconds. */
  readonly atMs: number;
  /** Some of it may be there, or elsewhere, twice; this one was labelled as the later one. */
  readonly isRepeated?: true;
}

const text = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const recorderEntries = {
  kind: v.picklist(['tsrecorder', 'asciinema', 'alis']),
  url: text,
  name: v.exactOptional(text),
};

const jobSchema: v.GenericSchema<unknown, UploadJob> = v.object({
  version: v.literal(1),
  recordingId: text,
  owedSinceMs: count,
  recorders: v.pipe(
    v.array(
      v.object({
        ...recorderEntries,
        tokenFile: v.exactOptional(text),
        caFile: v.exactOptional(text),
        certFile: v.exactOptional(text),
        keyFile: v.exactOptional(text),
      }),
    ),
    v.minLength(1),
  ),
  owner: v.exactOptional(v.object({ hostName: v.string(), processId: count, processStartedAtMs: count })),
  isBegun: v.exactOptional(v.literal(true)),
  sentTo: v.array(text),
  failures: count,
  answers: v.array(
    v.object({
      recorder: v.exactOptional(v.object(recorderEntries)),
      atMs: count,
      code: text,
      message: v.string(),
      hint: v.exactOptional(v.string()),
    }),
  ),
  next: v.variant('kind', [
    v.object({ kind: v.literal('at'), atMs: count }),
    v.object({ kind: v.literal('user') }),
  ]),
});

const receiptSchema: v.GenericSchema<unknown, UploadReceipt> = v.object({
  version: v.literal(1),
  recordingId: text,
  recorder: v.object(recorderEntries),
  atMs: count,
  bytes: count,
  url: v.exactOptional(v.string()),
  message: v.exactOptional(v.string()),
  isRepeated: v.exactOptional(v.literal(true)),
});

export function formatJob(job: UploadJob): string {
  return `${JSON.stringify(job, undefined, 2)}\n`;
}

/** Throws `upload-unreadable`, naming what is wrong, for a file that is none of ours or no longer whole. */
export function parseJob(file: string, recordingId: string): UploadJob {
  return parse(jobSchema, file, recordingId, 'what is owed of the recording');
}

export function formatReceipt(receipt: UploadReceipt): string {
  return `${JSON.stringify(receipt, undefined, 2)}\n`;
}

/** Throws as `parseJob`. */
export function parseReceipt(file: string, recordingId: string): UploadReceipt {
  return parse(receiptSchema, file, recordingId, 'the receipt of the recording');
}

function parse<T extends { readonly recordingId: string }>(
  schema: v.GenericSchema<unknown, T>,
  file: string,
  recordingId: string,
  what: string,
): T {
  const parsed = v.safeParse(schema, parseJson(file));
  if (!parsed.success) {
    const place = v.getDotPath(parsed.issues[0]) ?? 'the whole';
    throw new AppError('upload-unreadable', `${what} ${recordingId} cannot be read: ${place} is wrong`);
  }
  if (parsed.output.recordingId !== recordingId) {
    throw new AppError('upload-unreadable', `${what} ${recordingId} cannot be read: it is about another one`);
  }
  return parsed.output;
}

/** A recording that nobody has begun yet, in the hands of `owner`. */
export function createJob(
  recordingId: string,
  recorders: readonly RecorderAddress[],
  { nowMs, owner }: { readonly nowMs: number; readonly owner: RecordingOwner },
): UploadJob {
  return {
    version: 1,
    recordingId,
    owedSinceMs: nowMs,
    recorders,
    owner,
    sentTo: [],
    failures: 0,
    answers: [],
    next: { kind: 'at', atMs: nowMs },
  };
}

/** Before a recorder is sent the first byte. */
export function noteSending(job: UploadJob, { url }: RecorderAddress): UploadJob {
  return { ...job, isBegun: true, sentTo: [...new Set([...job.sentTo, url])] };
}

/** Why a try came to nothing; without a recorder it never got to one. */
export interface FailedAttempt extends Omit<DeliveryAttempt, 'recorder'> {
  readonly recorder?: RecorderAddress;
}

/** A try came to nothing. Where every recorder says that another one makes no sense, none is made. */
export function noteFailure(
  job: UploadJob,
  attempts: readonly FailedAttempt[],
  { nowMs, next }: { readonly nowMs: number; readonly next: NextTry },
): UploadJob {
  return {
    ...job,
    failures: job.failures + 1,
    answers: attempts.map(({ recorder, error }) => ({
      ...(recorder && { recorder: toRecorderName(recorder) }),
      atMs: nowMs,
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    })),
    next,
  };
}

export function toRecorderName({ kind, url, name }: RecorderName): RecorderName {
  return { kind, url, ...(name === undefined ? {} : { name }) };
}

/** Nobody has it in hand any more: it is the queue's. */
export function releaseJob({ owner: _owner, ...job }: UploadJob): UploadJob {
  return job;
}

/** Somebody wants it tried now. */
export function hastenJob(job: UploadJob, nowMs: number): UploadJob {
  return { ...job, failures: 0, next: { kind: 'at', atMs: nowMs } };
}
