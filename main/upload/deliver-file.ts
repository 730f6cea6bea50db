import { open } from 'node:fs/promises';
import { AppError, systemCode } from '../base/errors.ts';
import type { RecorderReceipt, RecorderUpload } from './recorder/recorder-client.ts';

/** Enough to keep a network busy, little enough to hold for each delivery. */
const CHUNK_BYTES = 64 * 1024;

export interface FileDelivery {
  /** Before the first byte is sent. */
  begin(): Promise<void>;
  onProgress(sentBytes: number, totalBytes: number): void;
}

/**
 * Sends a file that nobody writes any more from its first byte to its last. Resolves when the recorder has confirmed
 * it; rejects with why it is not, the upload cancelled.
 */
export async function deliverFile(
  { begin, onProgress }: FileDelivery,
  upload: RecorderUpload,
  path: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<RecorderReceipt> {
  const cancel = (): void => upload.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    signal.throwIfAborted();
    await begin();
    await sendFile(upload, path, onProgress, signal);
    return await upload.finish();
  } catch (error) {
    upload.cancel();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

async function sendFile(
  upload: RecorderUpload,
  path: string,
  onProgress: FileDelivery['onProgress'],
  signal: AbortSignal,
): Promise<void> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw createReadError(path, cause);
  });
  try {
    const { size } = await file.stat();
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let sent = 0; sent < size; ) {
      signal.throwIfAborted();
      const wanted = Math.min(CHUNK_BYTES, size - sent);
      const { bytesRead } = await file.read(chunk, 0, wanted, sent).catch((cause: unknown) => {
        throw createReadError(path, cause);
      });
      if (bytesRead === 0) throw createReadError(path, new Error('it became shorter while it was read'));
      await upload.write(chunk.subarray(0, bytesRead));
      sent += bytesRead;
      onProgress(sent, size);
    }
  } finally {
    await file.close();
  }
}

function createReadError(path: string, cause: unknown): AppError {
  const words = systemCode(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  return new AppError('recording-unreadable', `the recording ${path} could not be read: ${words}`, { cause });
}
