import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError, systemCode } from '../base/errors.ts';
import { toConnectError } from './connect-error.ts';
import type { ResolvedContext } from './kubeconfig.ts';

/**
 * An answer's bytes, unpacked where the server packed them, and only as fast as they are read: a small answer that
 * unpacks to a large one costs its reader's limit, never memory. Rejects as `KubeTransport.request` does.
 */
export async function* readBody(
  context: ResolvedContext,
  { body, isPacked }: { readonly body: Readable; readonly isPacked: boolean },
  { signal }: { signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  // Its error reaches whoever reads; leaving early destroys both.
  const unpacking = isPacked ? pipeline(body, createGunzip(), () => {}) : undefined;
  try {
    yield* unpacking ?? body;
  } catch (error) {
    signal.throwIfAborted();
    // An answer without a body, as to HEAD, may still say how it would have been packed.
    if (unpacking?.bytesWritten === 0 && systemCode(error) === 'Z_BUF_ERROR') return;
    if (systemCode(error) === 'Z_DATA_ERROR') {
      throw new AppError(
        'cluster-refused',
        `the answer of ${context.cluster.server} is not the gzip it says`,
        {
          hint: `Set disable-compression of cluster "${context.cluster.name}" to true.`,
          cause: error,
        },
      );
    }
    throw toConnectError(context, error);
  }
}

/** The first bytes of an answer that is no success, as text: of one that breaks off, what had come. Never rejects. */
export async function readStart(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.byteLength;
      if (length >= maxBytes) break;
    }
  } catch {
    // The status is what matters.
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}
