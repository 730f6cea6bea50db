/** The thread that hands one recording on in another form. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { AppError, toAppError } from '../base/errors.ts';
import { askForKeys } from '../recording/encryption/thread-keys.ts';
import { compilePatterns } from '../recording/redaction/redaction-patterns.ts';
import { exportRecording } from './export.ts';
import type { ExportOrder, FromExportThread, ToExportThread } from './export-thread.ts';
import type { Drawing } from './gif-film.ts';
import { readPlayerFiles } from './player-files.ts';

if (parentPort) await work(parentPort, workerData as ExportOrder);

async function work(port: MessagePort, { path, wish, patterns }: ExportOrder): Promise<void> {
  const say = (message: FromExportThread): void => port.postMessage(message);
  let asked = Promise.withResolvers<void>();
  port.on('message', ({ kind }: ToExportThread) => {
    if (kind === 'go') asked.resolve();
  });

  async function waitUntilAsked(): Promise<void> {
    await asked.promise;
    asked = Promise.withResolvers();
  }

  try {
    const { chunks, summary } = exportRecording(
      {
        keys: askForKeys(port),
        patterns: compilePatterns(patterns).compiled,
        playerFiles: readPlayerFiles,
        loadDrawing,
      },
      path,
      wish,
      // Whoever gives it up ends the thread.
      { signal: new AbortController().signal },
    );
    await waitUntilAsked();
    for await (const bytes of chunks) {
      say({ kind: 'chunk', bytes });
      await waitUntilAsked();
    }
    say({ kind: 'done', summary: summary() });
  } catch (error) {
    const { code, message, hint } = toAppError(error);
    say({ kind: 'failed', code, message, hint });
  } finally {
    port.close();
  }
}

/** 35 MB of native code, which only this thread loads, and only to draw. */
async function loadDrawing(): Promise<Drawing> {
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
