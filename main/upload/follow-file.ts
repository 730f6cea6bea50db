import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { AppError, systemCode } from '../base/errors.ts';

/** The bytes of a cast while somebody writes it. */
export interface FollowedFile {
  /**
   * From the first byte on, in order, to be read once; each piece is valid until the next is asked for. Waits where there
   * is no file yet. Ends at the length that `end` tells. Throws `recording-unreadable` where the file was cut, or replaced
   * by another one, and the signal's reason.
   *
   * While it is written only whole lines are read: what a full disk took of a line is cut off again (line-file.ts), and
   * would have been sent by then.
   */
  read(options: { readonly signal: AbortSignal }): AsyncGenerator<Uint8Array>;
  /** Something was written; without it that is seen within `POLL_MS`. */
  wake(): void;
  /** Nobody writes it any more, and it has so many bytes. */
  end(bytes: number): void;
}

/** How often the file is looked at. */
const POLL_MS = 200;
/** Of one piece. */
const PIECE_BYTES = 64 * 1024;
/** A cast that somebody deleted is written anew by its writer, from the first byte on; gigabytes take their time. */
const REWRITE_MS = 30_000;
const LINE_END = 0x0a;

export interface FollowNeeds {
  readonly clock: Clock;
  /** Shorter than `REWRITE_MS`, for tests. */
  readonly rewriteMs?: number;
}

export function followFile({ clock, rewriteMs = REWRITE_MS }: FollowNeeds, path: string): FollowedFile {
  let finalBytes: number | undefined;
  let woken = Promise.withResolvers<void>();

  function wake(): void {
    woken.resolve();
    woken = Promise.withResolvers();
  }

  async function pause(signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    try {
      await Promise.race([
        clock.sleep(POLL_MS, { signal: AbortSignal.any([signal, done.signal]) }),
        woken.promise,
      ]);
      signal.throwIfAborted();
    } finally {
      done.abort();
    }
  }

  async function* read({ signal }: { readonly signal: AbortSignal }): AsyncGenerator<Uint8Array> {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const hash = createHash('sha256');
    let file: FileHandle | undefined;
    let offset = 0;
    let shortMicros: number | undefined;

    /** The file under its name, where it is ours or is what ours was copied to. */
    async function refresh(): Promise<void> {
      if (file && (await isNamed(file, path))) return;
      const next = await openIfThere(path);
      if (!next) return;
      try {
        const { size } = await next.stat();
        if (size < offset && finalBytes === undefined && !isLate()) return;
        const isSame = size >= offset && (await hashStart(next, offset, piece)) === hash.copy().digest('hex');
        if (!isSame) throw unreadable(path, 'it was replaced by another file while it was delivered');
        shortMicros = undefined;
        await file?.close();
        file = next;
      } finally {
        if (file !== next) await next.close();
      }
    }

    function isLate(): boolean {
      shortMicros ??= clock.nowMicros();
      return clock.nowMicros() - shortMicros >= rewriteMs * 1_000;
    }

    try {
      while (finalBytes === undefined || offset < finalBytes) {
        signal.throwIfAborted();
        // Before it is looked at: what is written after that wakes.
        const isOver = finalBytes !== undefined;
        await refresh();
        const size = file ? (await file.stat()).size : 0;
        if (size < offset || (isOver && size < (finalBytes ?? 0))) {
          throw unreadable(path, `it was cut to ${size} bytes while it was delivered`);
        }
        const end = isOver ? (finalBytes ?? 0) : await findLastLineEnd(file, offset, size, piece);
        for (; file && offset < end; ) {
          signal.throwIfAborted();
          const { bytesRead } = await file.read(piece, 0, Math.min(PIECE_BYTES, end - offset), offset);
          if (bytesRead === 0) throw unreadable(path, 'it was cut while it was delivered');
          offset += bytesRead;
          hash.update(piece.subarray(0, bytesRead));
          yield piece.subarray(0, bytesRead);
        }
        if (finalBytes === undefined) await pause(signal);
      }
      if (offset > finalBytes)
        throw unreadable(path, `it was cut to ${finalBytes} bytes while it was delivered`);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AppError) throw error;
      throw unreadable(path, systemCode(error) ?? String(error), error);
    } finally {
      await file?.close();
    }
  }

  return {
    read,
    wake,
    end(bytes) {
      finalBytes = bytes;
      wake();
    },
  };
}

/** After the last line end; the start where there is none behind that. A torn line has half a megabyte at the most. */
async function findLastLineEnd(
  file: FileHandle | undefined,
  start: number,
  size: number,
  room: Buffer,
): Promise<number> {
  for (let end = size; file && end > start; ) {
    const from = Math.max(start, end - room.length);
    const { bytesRead } = await file.read(room, 0, end - from, from);
    const at = bytesRead === 0 ? -1 : room.lastIndexOf(LINE_END, bytesRead - 1);
    if (at >= 0) return from + at + 1;
    end = from;
  }
  return start;
}

async function hashStart(file: FileHandle, bytes: number, room: Buffer): Promise<string> {
  const hash = createHash('sha256');
  for (let offset = 0; offset < bytes; ) {
    const { bytesRead } = await file.read(room, 0, Math.min(room.length, bytes - offset), offset);
    if (bytesRead === 0) break;
    hash.update(room.subarray(0, bytesRead));
    offset += bytesRead;
  }
  return hash.digest('hex');
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function isNamed(file: FileHandle, path: string): Promise<boolean> {
  // Windows lets nobody replace a file that is open.
  if (process.platform === 'win32') return true;
  const [own, named] = await Promise.all([file.stat(), stat(path).catch(() => undefined)]);
  return named !== undefined && named.ino === own.ino && named.dev === own.dev;
}

function unreadable(path: string, why: string, cause?: unknown): AppError {
  return new AppError('recording-unreadable', `the recording ${path} could not be delivered: ${why}`, {
    cause,
  });
}
