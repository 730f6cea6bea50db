/** The thread that draws an animation: it draws and packs for seconds, which neither shells nor pages may feel. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { AppError, toAppError } from '../base/errors.ts';
import type { CastPart } from './cast-part.ts';
import { type Drawing, filmGif } from './gif-film.ts';
import type { GifPlan } from './gif-plan.ts';
import type { FromGifThread, ToGifThread } from './gif-thread.ts';

if (parentPort) await draw(parentPort, workerData as GifPlan);

async function draw(port: MessagePort, plan: GifPlan): Promise<void> {
  let received = Promise.withResolvers<ToGifThread>();
  port.on('message', (message: ToGifThread) => received.resolve(message));

  async function listen(): Promise<ToGifThread> {
    const message = await received.promise;
    received = Promise.withResolvers();
    return message;
  }

  /** Resolves with what it is told next. */
  function say(answer: FromGifThread): Promise<ToGifThread> {
    port.postMessage(answer);
    return listen();
  }

  async function* receive(): AsyncGenerator<CastPart> {
    for (;;) {
      const message = await say({ kind: 'more' });
      if (message.kind !== 'parts') return;
      yield* message.parts;
    }
  }

  try {
    await listen();
    const film = filmGif({ drawing: await load(), nowMs: () => performance.now() }, receive(), plan);
    for await (const bytes of film.chunks) await say({ kind: 'chunk', bytes });
    port.postMessage({ kind: 'done', report: film.report() } satisfies FromGifThread);
  } catch (error) {
    const { code, message, hint } = toAppError(error);
    port.postMessage({ kind: 'failed', code, message, hint } satisfies FromGifThread);
  } finally {
    port.close();
  }
}

/** 35 MB of native code, which only this thread loads, and only to draw. */
async function load(): Promise<Drawing> {
  try {
    const { createCanvas, GlobalFonts, GifEncoder } = await import('@napi-rs/canvas');
    return { createCanvas, GlobalFonts, GifEncoder };
  } catch (cause) {
    throw new AppError('not-found', 'what draws pictures is not installed for this system', {
      hint: 'All other formats can be written; install Kubereel anew with its optional packages for this one.',
      cause,
    });
  }
}
