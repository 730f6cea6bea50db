import { Worker } from 'node:worker_threads';
import { AppError, type ErrorCode, toAppError } from '../base/errors.ts';
import type { CastKeys } from '../recording/cast-source.ts';
import type { EncryptedHeader } from '../recording/frame-codec.ts';
import type { SurveyProgress, SurveyStart } from './survey.ts';

export interface SurveyOrder extends Omit<SurveyStart, 'size'> {
  readonly path: string;
  /** As the recording's facts have it. */
  readonly hasTty?: boolean | undefined;
}

/** What the thread says. */
export type ToSurveyThread =
  | ({ readonly kind: 'progress' } & SurveyProgress)
  | { readonly kind: 'unlock'; readonly header: EncryptedHeader; readonly keyFile: Uint8Array }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

/** What it is told. */
export type ToSurveyor =
  | { readonly kind: 'unlocked'; readonly identity: string }
  | { readonly kind: 'locked'; readonly message: string };

/** Beside the bundle it is a file of its own; from source it is the source. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './survey-worker.ts' : './survey-worker.mjs',
  import.meta.url,
);

/** Lines of a cast have up to 16 MiB, a terminal with its scrollback some; beyond, it is ended and tells so. */
const MAX_HEAP_MIB = 192;

/** Resolves when all of the cast was surveyed. Rejects as reading does, and with `cancelled` after an abort. */
export async function surveyInThread(
  { keys }: { readonly keys?: CastKeys | undefined },
  order: SurveyOrder,
  onProgress: (progress: SurveyProgress) => void,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
  const worker = new Worker(WORKER, {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
  });
  const ended = Promise.withResolvers<void>();
  const stop = (): void => void worker.terminate();

  async function unlock(header: EncryptedHeader, keyFile: Uint8Array): Promise<void> {
    const answer = await (
      keys?.unlock(header, keyFile) ?? Promise.reject(new Error('there are no keys'))
    ).then(
      (identity): ToSurveyor => ({ kind: 'unlocked', identity }),
      (error: unknown): ToSurveyor => ({ kind: 'locked', message: toAppError(error).message }),
    );
    worker.postMessage(answer);
  }

  worker.on('message', (message: ToSurveyThread) => {
    if (message.kind === 'progress') onProgress(message);
    else if (message.kind === 'unlock') void unlock(message.header, message.keyFile);
    else if (message.kind === 'done') ended.resolve();
    else ended.reject(new AppError(message.code, message.message));
  });
  worker.on('error', (error) => ended.reject(error));
  worker.on('exit', () =>
    ended.reject(new AppError('cancelled', 'the survey of a recording was given up before its end')),
  );
  signal.addEventListener('abort', stop, { once: true });
  try {
    await ended.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
