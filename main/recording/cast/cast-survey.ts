import { open, stat } from 'node:fs/promises';
import { toAppError } from '../../base/errors.ts';
import { isEncryptedName } from '../cast-path.ts';
import { surveyFrames } from '../encryption/frame-survey.ts';
import type { RecordingEnd, Sidecar } from '../recording.ts';
import { type CastItem, type ReadingOptions, readCast } from './cast-reader.ts';

/** How far a cast whose writer died is whole, and what it says up to there. */
export interface Survey {
  /** Up to where it is whole: the end of a line, of an event that lacks only its line end, or of a frame. */
  readonly goodBytes: number;
  /** Up to the zeros at its end. */
  readonly textBytes: number;
  readonly lacksLineEnd: boolean;
  readonly hasHeader: boolean;
  /** Or frames. */
  readonly damagedLines: number;
  readonly durationMicros: number;
  readonly end: RecordingEnd;
  /** It is encrypted, and the key for it is not here. */
  readonly isUnread: boolean;
}

const LINE_END = 0x0a;
const CHUNK_BYTES = 64 * 1024;
const NOTE = 'the program that recorded it stopped before it was closed';

export async function surveyRecording(
  path: string,
  sidecar: Pick<Sidecar, 'startedAtMs'>,
  options: ReadingOptions,
): Promise<Survey> {
  return isEncryptedName(path) ? surveyEncrypted(path, sidecar, options) : surveyCast(path, options);
}

/** A frame that is whole can be told without its key; what stands in it only with it. */
async function surveyEncrypted(
  path: string,
  { startedAtMs }: Pick<Sidecar, 'startedAtMs'>,
  options: ReadingOptions,
): Promise<Survey> {
  const { size, mtimeMs } = await stat(path);
  const { goodBytes, goodLineBytes, damagedFrames } = await surveyFrames(path, options);
  const whole = {
    goodBytes,
    textBytes: Math.max(goodBytes, await findTextEnd(path, size)),
    lacksLineEnd: false,
    hasHeader: true,
  };
  try {
    const said = await surveyItems(readCast(path, { ...options, toOffset: goodLineBytes }));
    return { ...whole, ...said, isUnread: false };
  } catch (error) {
    options.signal.throwIfAborted();
    const { code } = toAppError(error);
    if (code !== 'recording-locked' && code !== 'recording-unreadable') throw error;
    const isUnread = code === 'recording-locked';
    return {
      ...whole,
      damagedLines: isUnread ? damagedFrames : Math.max(1, damagedFrames),
      // Of its last write: the nearest to the last event that can be seen from outside.
      durationMicros: Math.max(0, Math.round((mtimeMs - startedAtMs) * 1_000)),
      end: { kind: 'failed', note: NOTE },
      isUnread,
    };
  }
}

async function surveyItems(
  items: AsyncIterable<CastItem>,
  onWhole: (item: CastItem) => void = () => {},
): Promise<Pick<Survey, 'damagedLines' | 'durationMicros' | 'end'>> {
  let damagedLines = 0;
  let durationMicros = 0;
  let end: RecordingEnd = { kind: 'failed', note: NOTE };
  for await (const item of items) {
    if (item.kind === 'gap') damagedLines += 1;
    if (item.kind === 'torn') continue;
    onWhole(item);
    if (item.kind !== 'event') continue;
    durationMicros = Math.max(durationMicros, item.event.timeMicros);
    if (item.event.kind === 'exit') end = { kind: 'exited', exitCode: item.event.exitCode };
  }
  return { damagedLines, durationMicros, end };
}

async function surveyCast(path: string, { signal }: ReadingOptions): Promise<Survey> {
  const textBytes = await findTextEnd(path, (await stat(path)).size);
  let goodBytes = 0;
  let said: Pick<Survey, 'damagedLines' | 'durationMicros' | 'end'>;
  try {
    said = await surveyItems(readCast(path, { toOffset: textBytes, signal }), ({ nextOffset }) => {
      goodBytes = nextOffset;
    });
  } catch (error) {
    signal.throwIfAborted();
    if (toAppError(error).code !== 'recording-unreadable') throw error;
    // Its first line: torn where it is the only one, else damage within.
    const damagedLines = (await hasLineEnd(path, textBytes)) ? 1 : 0;
    said = { damagedLines, durationMicros: 0, end: { kind: 'failed', note: NOTE } };
  }
  const hasHeader = goodBytes > 0;
  const lacksLineEnd = hasHeader && !(await endsLine(path, goodBytes));
  return { goodBytes, textBytes, lacksLineEnd, hasHeader, ...said, isUnread: false };
}

/** A power cut may leave zeros where the last write would have been: the size was stored, the data was not. */
async function findTextEnd(path: string, size: number): Promise<number> {
  const file = await open(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let end = size; end > 0; ) {
      const start = Math.max(0, end - CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, end - start, start);
      const last = chunk.subarray(0, bytesRead).findLastIndex((byte) => byte !== 0);
      if (last >= 0) return start + last + 1;
      end = start;
    }
    return 0;
  } finally {
    await file.close();
  }
}

async function hasLineEnd(path: string, textBytes: number): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let position = 0; position < textBytes; position += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, textBytes - position);
      const { bytesRead } = await file.read(chunk, 0, length, position);
      if (chunk.subarray(0, bytesRead).includes(LINE_END)) return true;
    }
    return false;
  } finally {
    await file.close();
  }
}

async function endsLine(path: string, goodBytes: number): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, goodBytes - 1);
    return buffer[0] === LINE_END;
  } finally {
    await file.close();
  }
}
