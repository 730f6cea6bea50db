import { AppError } from './base/errors.ts';
import type { Lifetime } from './base/lifetime.ts';
import type { Core } from './compose.ts';
import type { RecorderAddress, RecorderKind } from './policy/policy.ts';
import { describeThisProcess, isOwnerAlive } from './recording/owner.ts';
import { createRecorderClient } from './upload/create-recorder-client.ts';
import { createQueueLease, type QueueLease } from './upload/queue/queue-lease.ts';
import { type AttemptNeeds, attemptDelivery } from './upload/queue/upload-attempt.ts';
import { createUploadDesk, type UploadDesk } from './upload/queue/upload-desk.ts';
import { createUploadQueue, type UploadQueue } from './upload/queue/upload-queue.ts';
import type { RoundOutcome } from './upload/queue/upload-round.ts';
import { openUploadStore, type UploadStore } from './upload/queue/upload-store.ts';
import { sweepUploads } from './upload/queue/upload-sweep.ts';
import type { RecorderClient } from './upload/recorder/recorder-client.ts';
import { parsePlace } from './upload/recorder/recorder-endpoint.ts';
import { createRecorderGates } from './upload/recorder/recorder-gates.ts';
import { sendTestRecording, type TrialStep, type UploadTrial } from './upload/upload-trial.ts';
import { createUploader, type Uploader } from './upload/uploader.ts';
import { VERSION } from './version.ts';

/** What brings recordings to recorders. */
export interface Uploads {
  readonly store: UploadStore;
  readonly desk: UploadDesk;
  readonly queue: UploadQueue;
  readonly uploader: Uploader;
  readonly lease: QueueLease;
  /** One try now, by this process. Rejects as `tryDelivery`. */
  attempt(recordingId: string, options: { readonly signal: AbortSignal }): Promise<RoundOutcome>;
  /** One that the policy names so, or any other. Rejects with `not-found` or `bad-input`, or as the policy is read. */
  findRecorder(nameOrUrl: string, kind?: RecorderKind): Promise<RecorderAddress>;
  /** As `sendTestRecording`. */
  test(
    recorder: RecorderAddress,
    options: { readonly onStep?: (step: TrialStep) => void; readonly signal: AbortSignal },
  ): Promise<UploadTrial>;
}

export type UploadRoomsNeeds = Pick<Core, 'clock' | 'log' | 'paths' | 'policy' | 'library'>;

/** Opened at the first use. */
export function createUploadRooms(needs: UploadRoomsNeeds, life: Lifetime): Pick<Core, 'uploads'> {
  let opening: Promise<Uploads> | undefined;
  // Its place is taken now: it ends after the sessions whose recordings it delivers.
  const deliveries = life.child('uploads');
  return {
    uploads() {
      opening ??= openUploads(needs, life, deliveries);
      return opening;
    },
  };
}

async function openUploads(
  { clock, log, paths, policy, library }: UploadRoomsNeeds,
  life: Lifetime,
  deliveries: Lifetime,
): Promise<Uploads> {
  const folder = paths.uploads;
  const owner = { describe: describeThisProcess, isAlive: isOwnerAlive };
  const store = await openUploadStore({ clock, log, folder }, deliveries);
  const gates = createRecorderGates({ clock, random: Math.random });
  const lease = createQueueLease({ clock, folder, owner });
  const recordersFor: AttemptNeeds['recordersFor'] = async (recording) =>
    (await policy.answerFor(recording)).recorders;
  const clientFor = (recorder: RecorderAddress): RecorderClient =>
    createRecorderClient({ clock, userAgent: `kubereel/${VERSION}` }, recorder);
  const desk = createUploadDesk({ clock, store, library, recordersFor, owner }, life);
  const rounds = {
    clock,
    random: Math.random,
    store,
    gates,
    library,
    recordersFor,
    clientFor,
    isOwnerAlive,
    onDelivering: desk.noteDelivering,
  };
  return {
    store,
    desk,
    // What ends in this lifetime's order: recordings are closed before their deliveries are cut.
    uploader: createUploader({ ...rounds, log, owner }, deliveries),
    queue: createUploadQueue({ ...rounds, log, lease, sweep: () => sweepUploads(clock, folder) }, life),
    lease,
    attempt: (recordingId, options) => attemptDelivery(rounds, recordingId, options),
    async findRecorder(nameOrUrl, kind) {
      const { files } = await policy.read();
      const named = files
        .flatMap(({ rules }) => rules.flatMap(({ says }) => says.recorders ?? []))
        .filter(({ name, url }) => name === nameOrUrl || url === nameOrUrl);
      // Recorders of two kinds may share an address.
      return named.find((one) => one.kind === kind) ?? named[0] ?? parseRecorder(nameOrUrl, kind);
    },
    test: (recorder, options) => sendTestRecording({ clock, folder, clientFor }, recorder, options),
  };
}

/** An address that no policy names. */
function parseRecorder(url: string, kind: RecorderKind = 'tsrecorder'): RecorderAddress {
  if (!/^[a-z]+:\/\/|:\d+$/i.test(url)) {
    throw new AppError('not-found', `no recorder of the policy is called ${url}, and it is no address`, {
      hint: '`kubereel policy explain POD` prints the recorders of a shell; an address is http://HOST:PORT or IP:PORT.',
    });
  }
  const address: RecorderAddress = { kind, url };
  const { username = '', password = '' } = URL.parse(url) ?? {};
  if (username !== '' || password !== '') {
    throw new AppError('bad-input', 'an address must not hold a password or a token', {
      hint: 'Name the recorder in the policy, with a tokenFile.',
    });
  }
  parsePlace(address);
  return address;
}
