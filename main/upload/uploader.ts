import { AppError, toAppError } from '../base/errors.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { RecorderAddress } from '../policy/policy.ts';
import { isEncryptedName } from '../recording/cast-path.ts';
import type { RecordingOwner } from '../recording/recording.ts';
import { createDelivery, type Delivery, type DeliveryNeeds } from './delivery.ts';
import { createJob } from './queue/upload-job.ts';
import type { DeliveredCast } from './queue/upload-round.ts';
import type { DeliveryAttempt } from './recorder/recorder-client.ts';
import { connectFirst, type RecorderConnection } from './recorder/recorder-connection.ts';
import { recorderError } from './recorder/recorder-error.ts';

/** Brings recordings to recorders while they are made. */
export interface Uploader {
  /**
   * To be asked before a cluster is, with the id and the place that the recording will have. What is owed is on the disk before a recorder is asked, so that no crash loses it;
   * then the recorders are tried in their order until one takes it. Rejects with the signal's reason only: what none
   * took has an attempt for each, and is owed if it is begun all the same.
   */
  connect(
    recorders: readonly RecorderAddress[],
    recording: DeliveredCast,
    options: { readonly signal: AbortSignal },
  ): Promise<DeliveryStart>;
}

/** A recording that is owed, and a recorder that waits for it, or none. To be begun or cancelled. */
export interface DeliveryStart {
  /** Of those that did not take it, in their order. */
  readonly attempts: readonly DeliveryAttempt[];
  /** A recorder takes it as it grows, or is there to take it whole. */
  readonly isConnected: boolean;
  /** Its cast has been begun, or is being begun now. */
  begin(): Delivery;
  /** There will be none. */
  cancel(): Promise<void>;
}

export interface UploaderNeeds extends DeliveryNeeds {
  readonly owner: { describe(): RecordingOwner };
}

/** Deliveries are cut when the lifetime ends, in its order: what is recorded in it has ended by then. */
export function createUploader(needs: UploaderNeeds, life: Lifetime): Uploader {
  const { clock, log, store } = needs;
  const closing = new AbortController();
  const deliveries = new Set<Delivery>();
  life.own(async () => {
    closing.abort(new AppError('cancelled', 'deliveries end with the program'));
    await Promise.all([...deliveries].map((delivery) => delivery.settled));
  });

  async function owe(recorders: readonly RecorderAddress[], { recordingId }: DeliveredCast): Promise<void> {
    const facts = { nowMs: clock.nowMs(), owner: needs.owner.describe() };
    await store.create(createJob(recordingId, recorders, facts));
  }

  async function drop(recordingId: string): Promise<void> {
    try {
      await store.drop(recordingId);
    } catch (error) {
      // Without a cast, and its owner gone, the queue finds that nothing was recorded.
      log.warn({ recording: recordingId, error: String(error) }, 'what was never recorded is still owed');
    }
  }

  return {
    async connect(recorders, recording, { signal }) {
      const problem = await owe(recorders, recording).then(() => undefined, toAppError);
      let connection: RecorderConnection;
      try {
        connection = problem
          ? refuseAll(recorders, () => problem)
          : await connectRecorders(needs, recorders, recording, { signal });
      } catch (error) {
        await drop(recording.recordingId);
        throw error;
      }
      return {
        attempts: connection.attempts,
        isConnected: connection.kind !== 'none',
        begin() {
          const again = problem && (() => owe(recorders, recording));
          const work = { recording, recorders, connection, owe: again };
          const delivery = createDelivery(needs, work, { signal: closing.signal });
          deliveries.add(delivery);
          // Not awaited: it never rejects.
          void delivery.settled.then(() => deliveries.delete(delivery));
          return delivery;
        },
        async cancel() {
          if (connection.kind === 'open') connection.upload.cancel();
          await drop(recording.recordingId);
        },
      };
    },
  };
}

async function connectRecorders(
  needs: UploaderNeeds,
  recorders: readonly RecorderAddress[],
  { path, ...subject }: DeliveredCast,
  options: { readonly signal: AbortSignal },
): Promise<RecorderConnection> {
  if (isEncryptedName(path)) {
    return refuseAll(recorders, (recorder) =>
      recorderError('recorder-needs-clear', recorder, 'takes no recording that is encrypted'),
    );
  }
  return connectFirst(recorders.map(needs.clientFor), { ...subject, isRepeated: false }, options);
}

function refuseAll(
  recorders: readonly RecorderAddress[],
  because: (recorder: RecorderAddress) => AppError,
): RecorderConnection {
  return { kind: 'none', attempts: recorders.map((recorder) => ({ recorder, error: because(recorder) })) };
}
