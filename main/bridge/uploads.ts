import type {
  UploadChange,
  UploadJobInfo,
  UploadState,
  UploadTrial,
} from '../../preload/contract-uploads.ts';
import type { JobState, StandingJob, UploadDesk, UploadStanding } from '../upload/queue/upload-desk.ts';
import { toRecorderName } from '../upload/queue/upload-job.ts';
import type { UploadTrial as Trial } from '../upload/upload-trial.ts';
import { toProblem } from './problem.ts';
import type { CallsOf, Rooms } from './rooms.ts';

export function answerUploads({
  uploads,
}: Pick<Rooms, 'uploads'>): CallsOf<
  'uploads.list' | 'uploads.get' | 'uploads.retry' | 'uploads.drop' | 'uploads.test'
> {
  const { desk } = uploads;
  return {
    'uploads.list': async () => {
      const { jobs, unreadable } = await desk.list();
      return { jobs: jobs.map(toJobInfo), unreadable };
    },
    'uploads.get': async ({ recordingId }) => toUploadState(await desk.get(recordingId)),
    'uploads.retry': async ({ recordingIds }) => {
      await desk.retry(recordingIds);
      return {};
    },
    'uploads.drop': async ({ recordingIds }) => {
      await desk.drop(recordingIds);
      return {};
    },
    'uploads.test': async ({ recorder: { nameOrUrl, kind } }, { signal }) => {
      const recorder = await uploads.findRecorder(nameOrUrl, kind);
      return toTrialInfo(await uploads.test(recorder, { signal }));
    },
  };
}

/** What the event tells of one recording. */
export function toUploadChange(change: Parameters<Parameters<UploadDesk['onChanged']>[0]>[0]): UploadChange {
  return change.kind === 'put' ? { kind: 'put', job: toJobInfo(change) } : change;
}

function toUploadState(standing: UploadStanding): UploadState {
  if (standing.kind === 'owed') return { kind: 'owed', job: toJobInfo(standing) };
  if (standing.kind !== 'delivered') return standing;
  const { version: _version, recordingId: _recordingId, ...receipt } = standing.receipt;
  return { kind: 'delivered', ...receipt };
}

export function toJobInfo({ job, state }: StandingJob): UploadJobInfo {
  const { recordingId, owedSinceMs, recorders, failures, answers, sentTo } = job;
  return {
    recordingId,
    owedSinceMs,
    recorders: recorders.map(toRecorderName),
    state: toStateInfo(state),
    failures,
    answers,
    mayHaveArrivedAt: sentTo,
  };
}

function toStateInfo(state: JobState): UploadJobInfo['state'] {
  return state.kind === 'delivering' ? { ...state, recorder: toRecorderName(state.recorder) } : state;
}

export function toTrialInfo({ recorder, steps, receipt }: Trial): UploadTrial {
  return {
    recorder: toRecorderName(recorder),
    steps: steps.map(({ error, ...step }) => ({ ...step, ...(error && { problem: toProblem(error) }) })),
    ...(receipt && { receipt }),
  };
}
