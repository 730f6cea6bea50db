import { Worker } from 'node:worker_threads';
import { AppError, type ErrorCode } from '../base/errors.ts';
import { findThreadFile } from '../base/thread-file.ts';
import type { CastKeys } from '../recording/cast/cast-source.ts';
import { answerForKeys, type KeyAnswer, type KeyQuestion } from '../recording/encryption/thread-keys.ts';
import type { RedactionPattern } from '../recording/redaction/redaction-patterns.ts';
import type { Export, ExportSummary, ExportWish } from './export.ts';

/** What the thread is started for. */
export interface ExportOrder {
  readonly path: string;
  readonly wish: ExportWish;
  readonly patterns: readonly RedactionPattern[];
}

/** What the thread is told: each `go` is answered by one chunk, by `done` or by `failed`. */
export type ToExportThread = { readonly kind: 'go' } | KeyAnswer;

/** What it says. */
export type FromExportThread =
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'done'; readonly summary: ExportSummary }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint?: string | undefined;
    }
  | KeyQuestion;

export interface ExportThreadNeeds {
  /** Of encrypted recordings. */
  readonly keys?: CastKeys | undefined;
  /** The user's own; those that are wrong are left out. */
  readonly patterns: readonly RedactionPattern[];
}

const WORKER = findThreadFile('./export-worker.ts', import.meta.url);
/** A line of a cast has up to 16 MiB, a terminal with its scrollback some; pictures are outside of it. */
const MAX_HEAP_MIB = 256;
/** What is soon garbage may not pile up only so that it is collected less often. */
const MAX_YOUNG_MIB = 16;

/**
 * `exportRecording` in a thread of its own: terminals, masking and pictures take seconds, which neither shells nor
 * pages may feel. Reads no more of the recording than is taken. `summary` throws before the chunks have ended.
 */
export function exportInThread(
  { keys, patterns }: ExportThreadNeeds,
  path: string,
  wish: ExportWish,
  { signal }: { readonly signal: AbortSignal },
): Export {
  let summary: ExportSummary | undefined;

  async function* write(): AsyncGenerator<Uint8Array> {
    signal.throwIfAborted();
    const worker = new Worker(WORKER, {
      workerData: { path, wish, patterns } satisfies ExportOrder,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB, maxYoungGenerationSizeMb: MAX_YOUNG_MIB },
    });
    let said = Promise.withResolvers<Exclude<FromExportThread, KeyQuestion>>();
    const fail = (error: unknown): void => said.reject(error);
    const stop = (): void => fail(signal.reason);
    const tell = (message: ToExportThread): void => worker.postMessage(message);

    worker.on('message', (message: FromExportThread) => {
      if (message.kind === 'unlock') void answerForKeys(keys, message).then(tell);
      else said.resolve(message);
    });
    worker.on('error', fail);
    worker.on('exit', () => fail(new AppError('internal', 'the thread that exports ended before its work')));
    signal.addEventListener('abort', stop, { once: true });
    try {
      for (;;) {
        tell({ kind: 'go' });
        const message = await said.promise;
        said = Promise.withResolvers();
        // It may fail while nobody waits for it.
        said.promise.catch(() => {});
        if (message.kind === 'chunk') yield message.bytes;
        else if (message.kind === 'done') {
          ({ summary } = message);
          return;
        } else {
          const { code, message: words, hint } = message;
          throw new AppError(code, words, hint === undefined ? {} : { hint });
        }
      }
    } finally {
      signal.removeEventListener('abort', stop);
      await worker.terminate();
    }
  }

  return {
    chunks: write(),
    summary() {
      if (!summary) throw new AppError('internal', 'an export was asked for its summary before its end');
      return summary;
    },
  };
}
