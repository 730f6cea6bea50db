import { open } from 'node:fs/promises';
import { AppError } from '../../base/errors.ts';
import { MAX_FRAME_BYTES } from './frame-codec.ts';
import { type FramePart, readAt, readFrameFileStart, walkFrames } from './frame-reader.ts';

/** How far the file of an encrypted cast is whole; for that nobody needs a key. */
export interface FrameSurvey {
  /** The end of its last whole frame; 0 where it does not even have a start. */
  readonly goodBytes: number;
  /** What the lines within are long up to there. */
  readonly goodLineBytes: number;
  readonly damagedFrames: number;
}

/** Of an age file's last chunk: zeros there were never written (C2SP age.md, "Payload"). */
const TAG_BYTES = 16;

export async function surveyFrames(path: string, { signal }: { signal: AbortSignal }): Promise<FrameSurvey> {
  const file = await open(path, 'r');
  try {
    const { framesOffset } = await readFrameFileStart(file);
    let goodBytes = framesOffset;
    let damagedFrames = 0;
    let last: FramePart | undefined;
    for await (const part of walkFrames(file, framesOffset, { signal })) {
      if (part.kind === 'torn') {
        // More than a frame can be has not been torn off: it was changed.
        if (part.nextOffset - part.offset <= MAX_FRAME_BYTES) break;
        damagedFrames += 1;
      }
      if (part.kind === 'damaged') damagedFrames += 1;
      goodBytes = part.nextOffset;
      last = part;
    }
    // Not even the header went in.
    if (!last) return { goodBytes, goodLineBytes: 0, damagedFrames: 1 };
    // A power cut may have stored the size of what it did not store.
    const tag = await readAt(file, last.nextOffset - TAG_BYTES, TAG_BYTES);
    if (last.kind === 'frame' && tag.every((byte) => byte === 0)) {
      return { goodBytes: last.offset, goodLineBytes: last.plainOffset, damagedFrames };
    }
    return { goodBytes, goodLineBytes: last.plainOffset + last.plainBytes, damagedFrames };
  } catch (error) {
    if (error instanceof AppError && error.code === 'recording-unreadable') {
      return { goodBytes: 0, goodLineBytes: 0, damagedFrames: 1 };
    }
    throw error;
  } finally {
    await file.close();
  }
}
