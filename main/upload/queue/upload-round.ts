import { AppError, toAppError } from '../../base/errors.ts';
import type { Library } from '../../library/library.ts';
import type { Recording } from '../../library/recording.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import { isEncryptedName } from '../../recording/cast-path.ts';
import type { RecordingOwner } from '../../recording/recording.ts';
import { deliverFile } from '../deliver-file.ts';
import type { DeliverySubject, RecorderClient, RecorderUpload } from '../recorder/recorder-client.ts';
import { recorderError } from '../recorder/recorder-error.ts';
import type { RecorderGates } from '../recorder/recorder-gates.ts';
import {
  type FailedAttempt,
  noteSending,
  toRecorderName,
  type UploadJob,
  type UploadReceipt,
} from './upload-job.ts';
import type { UploadStore } from './upload-store.ts';

export interface RoundNeeds {
  readonly clock: { nowMs(): number };
  readonly store: UploadStore;
  readonly gates: RecorderGates;
  library(): Promise<Pick<Library, 'get'>>;
  /** Those that the policy names for it now; empty where it names none. */
  recordersFor(recording: Recording): Promise<readonly RecorderAddress[]>;
  clientFor(recorder: RecorderAddress): RecorderClient;
  isOwnerAlive(owner: RecordingOwner): boolean;
  /** A recording is on its way; undefined: no longer. */
  onDelivering(recordingId: string, upload: ActiveDelivery | undefined): void;
}

/** A recording on its way from the disk. */
export interface ActiveDelivery {
  readonly upload: RecorderUpload;
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/** What became of one try. */
export type RoundOutcome =
  | { readonly kind: 'delivered'; readonly receipt: UploadReceipt }
  /** It is being recorded, or its last lines were not mended yet: its time has not come. */
  | { readonly kind: 'unfinished' }
  /** Its recorder takes another one just now, or is not to be asked yet; nothing was tried. */
  | { readonly kind: 'postponed' }
  | {
      readonly kind: 'failed';
      readonly attempts: readonly FailedAttempt[];
      readonly recorders: readonly RecorderAddress[];
    }
  /** Nothing is owed, or never was anything recorded. */
  | { readonly kind: 'gone' };

/** A recording and its cast, as a recorder is told of it. */
export interface DeliveredCast extends Omit<DeliverySubject, 'isRepeated' | 'path'> {
  /** Absolute, of its cast. */
  readonly path: string;
}

/**
 * Tries once to deliver what is owed of a recording, whole and from its file, to the first recorder that takes it. Who
 * has made it itself says that it has `ended`. Rejects with the signal's reason, or where the folder of uploads cannot
 * be written to.
 */
export async function tryDelivery(
  needs: RoundNeeds,
  recordingId: string,
  { ended, signal }: { readonly ended?: DeliveredCast; readonly signal: AbortSignal },
): Promise<RoundOutcome> {
  const job = await needs.store.read(recordingId);
  if (!job) return { kind: 'gone' };
  if (ended) return tryRecorders(needs, job.recorders, ended, { signal });
  if (job.owner && needs.isOwnerAlive(job.owner)) return { kind: 'unfinished' };
  const recording = await findRecording(needs, recordingId);
  signal.throwIfAborted();
  if (!recording) return judgeMissing(needs, job);
  if (recording.state === 'live' || recording.state === 'cut') return { kind: 'unfinished' };
  const recorders = await chooseRecorders(needs, job, recording);
  if (recording.state === 'unreadable') {
    const error = new AppError('recording-unreadable', recording.note ?? 'the recording cannot be read');
    return { kind: 'failed', attempts: [{ error }], recorders };
  }
  return tryRecorders(needs, recorders, toEnded(recording), { signal });
}

async function tryRecorders(
  needs: RoundNeeds,
  recorders: readonly RecorderAddress[],
  ended: DeliveredCast,
  { signal }: { readonly signal: AbortSignal },
): Promise<RoundOutcome> {
  const { gates } = needs;
  const attempts: FailedAttempt[] = [];
  if (isEncryptedName(ended.path)) {
    const error = new AppError('recorder-needs-clear', 'recorders take no recording that is encrypted', {
      hint: 'It stays here alone. Drop what is owed of it once that is settled.',
    });
    return { kind: 'failed', attempts: [{ error }], recorders };
  }
  let isTried = false;
  for (const recorder of recorders) {
    const client = needs.clientFor(recorder);
    if (!client.takesLater) {
      const error = recorderError('recorder-unfit', recorder, 'takes recordings only while they are made');
      attempts.push({ recorder, error });
      continue;
    }
    if (gates.isHeld(recorder)) continue;
    // The next one is for when this one fails, not for when it has work.
    const leave = gates.enter(recorder);
    if (!leave) break;
    const progress = { hasBegun: false };
    isTried = true;
    try {
      const receipt = await deliverTo(needs, client, ended, progress, { signal });
      gates.open(recorder);
      return { kind: 'delivered', receipt };
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toAppError(thrown);
      if (error.code.startsWith('recorder-')) gates.hold(recorder, error, progress);
      attempts.push({ recorder, error });
    } finally {
      leave();
      needs.onDelivering(ended.recordingId, undefined);
    }
  }
  // Where none takes it later there is nothing to wait for.
  if (!isTried && attempts.length < recorders.length) return { kind: 'postponed' };
  return { kind: 'failed', attempts, recorders };
}

async function deliverTo(
  { clock, store, onDelivering }: RoundNeeds,
  client: RecorderClient,
  ended: DeliveredCast,
  progress: { hasBegun: boolean },
  { signal }: { readonly signal: AbortSignal },
): Promise<UploadReceipt> {
  const { recordingId, path } = ended;
  // As it is now: what went to the recorder before this one counts.
  const isRepeated = ((await store.read(recordingId))?.sentTo.length ?? 0) > 0;
  const upload = await client.open({ ...ended, isRepeated }, { signal });
  const receipt = await deliverFile(
    {
      async begin() {
        progress.hasBegun = true;
        await store.change(recordingId, (owed) => noteSending(owed, client.recorder));
      },
      onProgress: (sentBytes, totalBytes) => onDelivering(recordingId, { upload, sentBytes, totalBytes }),
    },
    upload,
    path,
    { signal },
  );
  const kept: UploadReceipt = {
    version: 1,
    recordingId,
    recorder: toRecorderName(client.recorder),
    atMs: clock.nowMs(),
    ...receipt,
    ...(isRepeated ? { isRepeated } : {}),
  };
  await store.settle(kept);
  return kept;
}

async function findRecording(needs: RoundNeeds, recordingId: string): Promise<Recording | undefined> {
  try {
    return await (await needs.library()).get(recordingId);
  } catch (error) {
    if (error instanceof AppError && error.code === 'recording-not-found') return undefined;
    throw error;
  }
}

async function judgeMissing({ store }: RoundNeeds, job: UploadJob): Promise<RoundOutcome> {
  if (!job.isBegun && job.sentTo.length === 0) {
    // Its program ended before there was anything to record.
    await store.drop(job.recordingId);
    return { kind: 'gone' };
  }
  const error = new AppError('recording-not-found', `the recording ${job.recordingId} is no longer there`, {
    hint: 'It was deleted or moved by another program. Put it back, or drop what is owed of it.',
  });
  return { kind: 'failed', attempts: [{ error }], recorders: job.recorders };
}

/** As the policy has it now, since addresses change while a recording is owed; what it was owed to where that says nothing. */
async function chooseRecorders(
  needs: RoundNeeds,
  job: UploadJob,
  recording: Recording,
): Promise<readonly RecorderAddress[]> {
  try {
    const named = await needs.recordersFor(recording);
    return named.length > 0 ? named : job.recorders;
  } catch {
    // A policy that cannot be followed opens no shell; what was recorded before is owed all the same.
    return job.recorders;
  }
}

function toEnded(recording: Recording): DeliveredCast {
  const { recordingId, startedAtMs, size, path } = recording;
  return { recordingId, title: titleOf(recording), startedAtMs, size, path };
}

/** `NAMESPACE/POD/CONTAINER in CONTEXT`, as far as that is known. */
export function titleOf({
  recordingId,
  context,
  namespace,
  pod,
  container,
}: Pick<Recording, 'recordingId' | 'context' | 'namespace' | 'pod' | 'container'>): string {
  const place = [namespace, pod, container].filter((part) => part !== '').join('/');
  if (place === '') return recordingId;
  return context === '' ? place : `${place} in ${context}`;
}
