/** What the core of canned state owes to recorders. */
import type {
  RecorderName,
  UploadAnswer,
  UploadChange,
  UploadJobInfo,
  UploadList,
  UploadState,
  UploadTrial,
} from '../../preload/contract-uploads.ts';
import type { PageAnswers } from './page-answers.ts';

export interface PageUploads {
  jobs: Map<string, UploadJobInfo>;
  unreadable: UploadList['unreadable'];
  /** What is known of recordings that are owed no longer. */
  receipts: Map<string, UploadState>;
  /** What becomes of a test recording; without it nothing does, yet. */
  trial: UploadTrial | undefined;
}

export const VAULT: RecorderName = { kind: 'tsrecorder', url: 'http://vault.example.com', name: 'vault' };

export function noUploads(): PageUploads {
  return { jobs: new Map(), unreadable: [], receipts: new Map(), trial: undefined };
}

/** Owed since five minutes, and tried twice. */
export function jobOf(recordingId: string, changes: Partial<UploadJobInfo> = {}): UploadJobInfo {
  const now = Date.now();
  return {
    recordingId,
    owedSinceMs: now - 300_000,
    recorders: [VAULT],
    state: { kind: 'waiting', nextTryAtMs: now + 133_000 },
    failures: 2,
    answers: [answerOf(VAULT, now - 60_000)],
    mayHaveArrivedAt: [],
    ...changes,
  };
}

export function answerOf(
  recorder: RecorderName,
  atMs: number,
  changes: Partial<UploadAnswer> = {},
): UploadAnswer {
  return {
    recorder,
    atMs,
    code: 'recorder-unreachable',
    message: `recorder ${recorder.name ?? recorder.url} cannot be reached: nothing listens there`,
    ...changes,
  };
}

export function answerUploads(
  uploads: PageUploads,
  emit: (name: 'uploads.changed', change: UploadChange) => void,
): Pick<PageAnswers, 'uploads.list' | 'uploads.get' | 'uploads.retry' | 'uploads.drop' | 'uploads.test'> {
  return {
    'uploads.list': () => ({ jobs: [...uploads.jobs.values()], unreadable: uploads.unreadable }),
    'uploads.get': ({ recordingId }) => {
      const job = uploads.jobs.get(recordingId);
      return job ? { kind: 'owed', job } : (uploads.receipts.get(recordingId) ?? { kind: 'none' });
    },
    'uploads.retry': ({ recordingIds }) => {
      const wanted = new Set(recordingIds ?? uploads.jobs.keys());
      for (const job of uploads.jobs.values()) {
        if (!wanted.has(job.recordingId)) continue;
        const next = { ...job, state: { kind: 'waiting' as const, nextTryAtMs: Date.now() } };
        uploads.jobs.set(job.recordingId, next);
        emit('uploads.changed', { kind: 'put', job: next });
      }
      return {};
    },
    'uploads.drop': ({ recordingIds }) => {
      for (const recordingId of recordingIds) {
        uploads.jobs.delete(recordingId);
        emit('uploads.changed', { kind: 'removed', recordingId });
      }
      return {};
    },
    'uploads.test': () => uploads.trial ?? (new Promise(() => {}) as never),
  };
}
