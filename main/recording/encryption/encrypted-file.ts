import type { Clock } from '../../base/clock.ts';
import type { ChainedFile } from '../integrity/chained-file.ts';
import type { WholePart } from '../writing/line-file.ts';
import { encryptTo, makeIdentity, parseRecipient } from './age.ts';
import { formatEncryptedHeader, formatFrame } from './frame-codec.ts';

/** Lines of a cast, encrypted on their way into a file of frames; each frame holds whole lines. */
export interface EncryptedFile extends ChainedFile {
  /** Opens all frames but the first; it stands in that one, and else in memory only. */
  readonly identity: string;
  /** Resolves when the next frame is due: more of them cost more than the lines that they hold. */
  readonly pace: (options: { readonly signal: AbortSignal }) => Promise<void>;
}

/** Lines that go into one frame: more save little time, and a frame that is damaged is lost as a whole. */
export const FRAME_LINE_BYTES: number = 256 * 1024;
/** Longer lines than any of ours are cut; their parts stand in frames that follow each other. */
const MAX_LINE_BYTES = 1024 * 1024;
/**
 * Between the starts of two frames. Together with what an unfinished escape sequence waits (200 ms) it is within the
 * 250 ms that a crash may cost.
 */
const FRAME_GAP_MS = 40;
const LINE_END = 0x0a;

/** For a file of frames: none is of use in part. */
export const wholeFrame: WholePart = () => 0;

/** Writes how the file begins. `frames` is empty and was made with `wholeFrame`. Throws `bad-input`. */
export async function createEncryptedFile(
  { clock, frames }: { readonly clock: Pick<Clock, 'nowMs' | 'sleep'>; readonly frames: ChainedFile },
  encryptFor: readonly string[],
): Promise<EncryptedFile> {
  const recipients = await Promise.all(encryptFor.map(parseRecipient));
  const own = await makeIdentity();
  const keyFrame = formatFrame(await encryptTo(recipients, Buffer.from(own.identity)));
  await frames.append(Buffer.concat([Buffer.from(formatEncryptedHeader({ recipients })), keyFrame]));
  let length = 0;
  let nextFrameAtMs = 0;

  return {
    identity: own.identity,
    async append(lines) {
      nextFrameAtMs = clock.nowMs() + FRAME_GAP_MS;
      for (const part of splitLines(lines)) {
        await frames.append(formatFrame(await encryptTo([own.recipient], part)));
        length += part.length;
      }
    },
    async pace(options) {
      const waitMs = Math.min(FRAME_GAP_MS, nextFrameAtMs - clock.nowMs());
      // Aborted where the file is closed: what is left is written at once.
      if (waitMs > 0) await clock.sleep(waitMs, options).catch(() => {});
    },
    get length() {
      return length;
    },
    get fileBytes() {
      return frames.fileBytes;
    },
    integrity: () => frames.integrity(),
  };
}

function* splitLines(lines: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < lines.length; ) {
    const end = findPartEnd(lines, start);
    yield lines.subarray(start, end);
    start = end;
  }
}

function findPartEnd(lines: Uint8Array, start: number): number {
  if (lines.length - start <= FRAME_LINE_BYTES) return lines.length;
  const last = lines.lastIndexOf(LINE_END, start + FRAME_LINE_BYTES - 1);
  if (last >= start) return last + 1;
  const first = lines.indexOf(LINE_END, start + FRAME_LINE_BYTES);
  return Math.min(first < 0 ? lines.length : first + 1, start + MAX_LINE_BYTES);
}
