import { Worker } from 'node:worker_threads';
import { AppError, type ErrorCode } from '../base/errors.ts';
import type { CastPart } from './cast-part.ts';
import type { GifPlan, GifReport } from './gif-plan.ts';

/** What the thread is told: one message at a time, each with one answer. */
export type ToGifThread =
  | { readonly kind: 'go' }
  | { readonly kind: 'parts'; readonly parts: readonly CastPart[] }
  | { readonly kind: 'end' };

/** What it answers. */
export type FromGifThread =
  /** It needs more of the recording. */
  | { readonly kind: 'more' }
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'done'; readonly report: GifReport }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint?: string | undefined;
    };

/** Beside the bundle it is a file of its own; from source it is the source. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './gif-worker.ts' : './gif-worker.mjs',
  import.meta.url,
);
/** A terminal and what is on its way; pictures are outside of it. */
const MAX_HEAP_MIB = 192;
/** Of text in one message. */
const MESSAGE_CHARACTERS = 256 * 1024;
const MESSAGE_PARTS = 1_000;

/**
 * Draws a recording as an animated GIF in a thread of its own, which nobody else feels. Reads no more of it than the
 * thread takes. Throws as reading and drawing do, and with the reason of an abort.
 */
export async function* drawGifInThread(
  parts: AsyncIterable<CastPart>,
  plan: GifPlan,
  onReport: (report: GifReport) => void,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const worker = new Worker(WORKER, {
    workerData: plan,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
  });
  const batches = gather(parts);
  let answered = Promise.withResolvers<FromGifThread>();
  const fail = (error: unknown): void => answered.reject(error);
  const stop = (): void => fail(signal.reason);

  function ask(message: ToGifThread): Promise<FromGifThread> {
    worker.postMessage(message);
    return answered.promise;
  }

  worker.on('message', (answer: FromGifThread) => {
    const { resolve } = answered;
    answered = Promise.withResolvers();
    // One that fails while nobody asks is told to whoever asks next.
    answered.promise.catch(() => {});
    resolve(answer);
  });
  worker.on('error', fail);
  worker.on('exit', () => fail(new AppError('internal', 'the thread that draws ended before its work')));
  signal.addEventListener('abort', stop, { once: true });
  try {
    let answer = await ask({ kind: 'go' });
    for (;;) {
      if (answer.kind === 'chunk') {
        yield answer.bytes;
        answer = await ask({ kind: 'go' });
      } else if (answer.kind === 'more') {
        const next = await batches.next();
        answer = await ask(next.done ? { kind: 'end' } : { kind: 'parts', parts: next.value });
      } else if (answer.kind === 'done') return onReport(answer.report);
      else throw new AppError(answer.code, answer.message, answer.hint ? { hint: answer.hint } : {});
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
    await batches.return(undefined);
  }
}

async function* gather(parts: AsyncIterable<CastPart>): AsyncGenerator<CastPart[], undefined> {
  let batch: CastPart[] = [];
  let characters = 0;
  for await (const part of parts) {
    batch.push(part);
    if (part.kind === 'event' && part.event.kind === 'output') characters += part.event.text.length;
    if (characters < MESSAGE_CHARACTERS && batch.length < MESSAGE_PARTS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}
