import { createHash } from 'node:crypto';
import { Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { AppError, systemCode } from '../base/errors.ts';

/** A file that somebody hands in, as it comes. */
export interface ImportFile {
  /** For people. */
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** What is known of it once it has been read. */
export interface SourceReport {
  packing: 'none' | 'gzip' | 'zstd';
  /** It ended before what it was packed with did, or within a line. */
  isTorn: boolean;
  /** Of all its bytes, as they came. */
  sha256: string;
}

/** Four hours of a screen that is full of changes; what is more is a mistake or an attack. */
const MAX_UNPACKED_BYTES = 4 * 1024 * 1024 * 1024;
/** Terminals repeat themselves, thirtyfold as a rule; only what was made for it is packed like this. */
const MAX_RATIO = 500;
/** Up to this size the ratio does not matter. */
const HARMLESS_BYTES = 256 * 1024 * 1024;

/** The file's content, unpacked where it is gzip or zstd. Throws `bad-input` for what unpacks to too much. */
export async function* unpack(
  { name, bytes }: ImportFile,
  report: SourceReport,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let packedBytes = 0;

  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      signal.throwIfAborted();
      hash.update(chunk);
      packedBytes += chunk.length;
      if (chunk.length > 0) yield chunk;
    }
    report.sha256 = hash.copy().digest('hex');
  }

  const source = counted();
  const { start, rest } = await takeStart(source, MAGIC_BYTES);
  report.packing = packingOf(start);
  let unpackedBytes = 0;
  const unpacked =
    report.packing === 'none' ? rest : inflate(name, rest, createInflater(report.packing), report);
  for await (const chunk of unpacked) {
    unpackedBytes += chunk.length;
    if (unpackedBytes > MAX_UNPACKED_BYTES) {
      throw new AppError('bad-input', `${name} has more than 4 GiB`);
    }
    if (unpackedBytes > HARMLESS_BYTES && unpackedBytes > packedBytes * MAX_RATIO) {
      throw new AppError('bad-input', `${name} unpacks to more than ${MAX_RATIO} times its size`, {
        hint: 'Unpack it yourself if that is meant.',
      });
    }
    yield chunk;
  }
}

const MAGIC_BYTES = 4;

function packingOf(start: Buffer): SourceReport['packing'] {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  return start.length === MAGIC_BYTES && start.readUInt32LE() === 0xfd2fb528 ? 'zstd' : 'none';
}

function createInflater(packing: 'gzip' | 'zstd'): Transform {
  return packing === 'gzip' ? createGunzip() : createZstdDecompress();
}

/** What comes before its end is missing is given; damage within is told. */
async function* inflate(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  inflater: Transform,
  report: SourceReport,
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(bytes, { objectMode: false });
  // What the source fails with is what the reader must hear.
  source.on('error', (error) => inflater.destroy(error));
  source.pipe(inflater);
  try {
    for await (const chunk of inflater) yield chunk as Uint8Array;
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'Z_BUF_ERROR') report.isTorn = true;
    else if (code?.startsWith('Z_') || code?.startsWith('ZSTD_')) {
      throw new AppError('bad-input', `${name} cannot be unpacked: ${code}`, { cause });
    } else throw cause;
  } finally {
    source.destroy();
    inflater.destroy();
  }
}

/** The first bytes, and all of them again. */
export async function takeStart(
  bytes: AsyncGenerator<Uint8Array>,
  length: number,
): Promise<{ readonly start: Buffer; readonly rest: AsyncGenerator<Uint8Array> }> {
  const taken: Uint8Array[] = [];
  let takenBytes = 0;
  while (takenBytes < length) {
    const next = await bytes.next();
    if (next.done === true) break;
    // The file's reader may fill it again.
    taken.push(Uint8Array.from(next.value));
    takenBytes += next.value.length;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* taken;
    yield* bytes;
  }
  return { start: Buffer.concat(taken).subarray(0, length), rest: all() };
}
