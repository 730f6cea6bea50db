import { type FileHandle, open } from 'node:fs/promises';
import { AppError, systemCode } from '../../base/errors.ts';
import { isEncryptedName } from '../cast-path.ts';
import { decryptWith } from '../encryption/age.ts';
import { type EncryptedHeader, LENGTH_BYTES } from '../encryption/frame-codec.ts';
import { type FramePart, readAt, readFrameFileStart, walkFrames } from '../encryption/frame-reader.ts';

/** The lines of a cast as bytes, whether its file holds them in the clear or encrypted. */
export interface CastSource {
  /** In order; both offsets count lines, not what they take in the file. */
  read(range: SourceRange): AsyncGenerator<SourcePart>;
  /** Of all its lines. */
  size(options: { readonly signal: AbortSignal }): Promise<number>;
  close(): Promise<void>;
}

export interface SourceRange {
  readonly fromOffset: number;
  readonly toOffset: number;
  readonly signal: AbortSignal;
}

export type SourcePart =
  /** Valid until the next part is asked for. */
  | { readonly kind: 'bytes'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'gap'; readonly offset: number; readonly nextOffset: number; readonly reason: string }
  /** The last one where the writer died within a frame, or is writing it right now. */
  | { readonly kind: 'torn'; readonly offset: number; readonly nextOffset: number };

/** Opens encrypted recordings. */
export interface CastKeys {
  /**
   * The identity of a recording, out of the age file that it stands in. Rejects with `recording-locked` where the key
   * for it is not here, with `recording-unreadable` where it is and does not open it.
   */
  unlock(header: EncryptedHeader, keyFile: Uint8Array): Promise<string>;
}

const CHUNK_BYTES = 64 * 1024;

/** Throws `recording-not-found`, `recording-locked` or `recording-unreadable`. */
export async function openCastSource(path: string, keys: CastKeys | undefined): Promise<CastSource> {
  const file = await openForReading(path);
  if (!isEncryptedName(path)) return createClearSource(file);
  try {
    const { header, keyFile, framesOffset } = await readFrameFileStart(file);
    if (!keys) throw createLockedError(header.recipients);
    return createEncryptedSource(file, framesOffset, await keys.unlock(header, keyFile));
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** `isMaybeElsewhere`: this home has keys that are locked where this program does not come. */
export function createLockedError(
  recipients: readonly string[],
  { isMaybeElsewhere = false }: { readonly isMaybeElsewhere?: boolean } = {},
): AppError {
  const add = `dd the identity of one of these with \`kubereel keys identity add\`: ${recipients.join(', ')}`;
  return new AppError(
    'recording-locked',
    'the recording is encrypted, and the key that opens it is not here',
    {
      hint: isMaybeElsewhere
        ? `The desktop app has keys of its own, locked in the system's keychain: open the recording there, or a${add}`
        : `A${add}`,
    },
  );
}

function createClearSource(file: FileHandle): CastSource {
  return {
    async *read({ fromOffset, toOffset, signal }) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      for (let offset = fromOffset; offset < toOffset; ) {
        signal.throwIfAborted();
        const { bytesRead } = await file.read(chunk, 0, Math.min(CHUNK_BYTES, toOffset - offset), offset);
        if (bytesRead === 0) return;
        yield { kind: 'bytes', offset, bytes: chunk.subarray(0, bytesRead) };
        offset += bytesRead;
      }
    },
    size: async () => (await file.stat()).size,
    close: () => file.close(),
  };
}

function createEncryptedSource(file: FileHandle, framesOffset: number, identity: string): CastSource {
  async function readPart(part: FramePart, { fromOffset, toOffset }: SourceRange): Promise<SourcePart> {
    const { kind, plainOffset, plainBytes } = part;
    const nextOffset = plainOffset + plainBytes;
    if (kind === 'torn') return { kind, offset: plainOffset, nextOffset };
    const lines = kind === 'frame' ? await readFrame(file, part, identity) : undefined;
    if (!lines) return { kind: 'gap', offset: plainOffset, nextOffset, reason: DAMAGED };
    const offset = Math.max(fromOffset, plainOffset);
    const bytes = lines.subarray(offset - plainOffset, Math.min(nextOffset, toOffset) - plainOffset);
    return { kind: 'bytes', offset, bytes };
  }

  return {
    async *read(range) {
      for await (const part of walkFrames(file, framesOffset, range)) {
        if (part.plainOffset >= range.toOffset) return;
        if (part.plainOffset + part.plainBytes > range.fromOffset) yield await readPart(part, range);
      }
    },
    async size(options) {
      let size = 0;
      for await (const part of walkFrames(file, framesOffset, options)) size += part.plainBytes;
      return size;
    },
    close: () => file.close(),
  };
}

const DAMAGED = 'an encrypted block that was damaged';

/** Undefined where the frame is not what was written. */
async function readFrame(
  file: FileHandle,
  { offset, nextOffset, plainBytes }: FramePart,
  identity: string,
): Promise<Uint8Array | undefined> {
  const ageFile = await readAt(file, offset + LENGTH_BYTES, nextOffset - offset - LENGTH_BYTES);
  try {
    const lines = await decryptWith([identity], ageFile);
    return lines.length === plainBytes ? lines : undefined;
  } catch {
    // With the recording's own identity nothing but a change of its bytes can be why.
    return undefined;
  }
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'ENOENT') {
      throw new AppError('recording-not-found', `there is no recording ${path}`, { cause });
    }
    throw new AppError('recording-unreadable', `the recording ${path} could not be opened: ${code}`, {
      cause,
    });
  }
}
