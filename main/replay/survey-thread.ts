import { Worker } from 'node:worker_threads';
import type { ThumbnailScreen } from '../../preload/contract-replay.ts';
import { AppError, type ErrorCode } from '../base/errors.ts';
import { findThreadFile } from '../base/thread-file.ts';
import type { CastKeys } from '../recording/cast/cast-source.ts';
import { answerForKeys, type KeyQuestion } from '../recording/encryption/thread-keys.ts';
import type { BusyStretch } from './busiest-moment.ts';
import type { SurveyProgress, SurveyStart } from './survey.ts';

export interface SurveyOrder extends Omit<SurveyStart, 'size'> {
  readonly path: string;
  /** Nobody waits for it. */
  readonly isInBackground?: boolean;
  /** As the recording's facts have it. */
  readonly hasTty?: boolean | undefined;
}

export interface ThumbnailOrder {
  readonly path: string;
  /** As the recording's facts have it. */
  readonly hasTty?: boolean | undefined;
  /** Found by reading all of it where it is not known. */
  readonly stretch?: BusyStretch | undefined;
}

/** What a thread is started for. */
export type ThreadOrder =
  | ({ readonly kind: 'survey' } & SurveyOrder)
  | ({ readonly kind: 'thumbnail' } & ThumbnailOrder);

/** What the thread says. */
export type ToSurveyThread =
  | ({ readonly kind: 'progress' } & SurveyProgress)
  | { readonly kind: 'drawn'; readonly screen: ThumbnailScreen | undefined }
  | KeyQuestion
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

const WORKER = findThreadFile('./survey-worker.ts', import.meta.url);

/** Lines of a cast have up to 16 MiB, a terminal with its scrollback some; beyond, it is ended and tells so. */
const MAX_HEAP_MIB = 192;
/** What is soon garbage may not pile up only so that it is collected less often; that grew to 100 MB. */
const MAX_YOUNG_MIB = 16;

interface ThreadNeeds {
  readonly keys?: CastKeys | undefined;
}

/** Resolves when all of the cast was surveyed. Rejects as reading does, and with `cancelled` after an abort. */
export async function surveyInThread(
  needs: ThreadNeeds,
  order: SurveyOrder,
  onProgress: (progress: SurveyProgress) => void,
  options: { readonly signal: AbortSignal },
): Promise<void> {
  const hear = (message: ToSurveyThread): void => {
    if (message.kind === 'progress') onProgress(message);
  };
  await runThread(needs, { kind: 'survey', ...order }, hear, options);
}

/** What its busiest moment looked like; nothing where it is blank. Rejects as `surveyInThread` does. */
export async function drawInThread(
  needs: ThreadNeeds,
  order: ThumbnailOrder,
  options: { readonly signal: AbortSignal },
): Promise<ThumbnailScreen | undefined> {
  let screen: ThumbnailScreen | undefined;
  const hear = (message: ToSurveyThread): void => {
    if (message.kind === 'drawn') ({ screen } = message);
  };
  await runThread(needs, { kind: 'thumbnail', ...order }, hear, options);
  return screen;
}

async function runThread(
  { keys }: ThreadNeeds,
  order: ThreadOrder,
  hear: (message: ToSurveyThread) => void,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
  const worker = new Worker(WORKER, {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB, maxYoungGenerationSizeMb: MAX_YOUNG_MIB },
  });
  const ended = Promise.withResolvers<void>();
  const stop = (): void => void worker.terminate();

  worker.on('message', (message: ToSurveyThread) => {
    if (message.kind === 'unlock')
      void answerForKeys(keys, message).then((answer) => worker.postMessage(answer));
    else if (message.kind === 'done') ended.resolve();
    else if (message.kind !== 'failed') hear(message);
    else ended.reject(new AppError(message.code, message.message));
  });
  worker.on('error', (error) => ended.reject(error));
  worker.on('exit', () =>
    ended.reject(new AppError('cancelled', 'reading a recording was given up before its end')),
  );
  signal.addEventListener('abort', stop, { once: true });
  try {
    await ended.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
