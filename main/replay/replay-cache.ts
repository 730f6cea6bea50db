/**
 * Surveys on the disk, in a folder that may be deleted at any time. One file a recording: a line of JSON, then the
 * keyframes' states one after the other.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import * as v from 'valibot';
import { parseJson } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import { createCacheFiles } from './cache-files.ts';
import type { Keyframe } from './survey.ts';
import type { Timeline } from './timeline.ts';

export interface StoredSurvey {
  readonly keyframes: readonly Keyframe[];
  readonly timeline: Timeline;
}

export interface ReplayCache {
  /** Nothing where there is none, or it is of another cast than stands there now. Never rejects. */
  load(recordingId: string, castPath: string): Promise<StoredSurvey | undefined>;
  /** Never rejects: whatever goes wrong is logged and costs time only. */
  store(recordingId: string, castPath: string, survey: StoredSurvey): Promise<void>;
  remove(recordingId: string): Promise<void>;
  /** Deletes what the folder has of recordings that are none of these. Never rejects. */
  sweep(recordingIds: ReadonlySet<string>): Promise<void>;
}

/** Raised when what stands in it changes, as with another version of the terminal: older ones are dropped. */
const VERSION = 2;
/** Of the cast up to where it was surveyed: what is hashed to know it again. */
const TAIL_BYTES = 4 * 1024;

export function createReplayCache({
  log,
  folder,
}: {
  readonly log: Log;
  readonly folder: string;
}): ReplayCache {
  const files = createCacheFiles({ log, folder }, 'replay');
  return {
    load: (recordingId, castPath) =>
      files.read(recordingId, async (content) => {
        const parsed = parseFile(content);
        if (!parsed) return undefined;
        const now = await markCast(castPath, parsed.survey.timeline.offset);
        return isSameCast(parsed.cast, now) ? parsed.survey : undefined;
      }),
    store: (recordingId, castPath, survey) =>
      files.write(recordingId, castPath, async () => {
        const cast = await markCast(castPath, survey.timeline.offset);
        return formatFile({ cast, survey });
      }),
    remove: files.remove,
    sweep: files.sweep,
  };
}

interface CastMark {
  /** SHA-256 of what stands before where it was surveyed up to. */
  readonly tail: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

async function markCast(path: string, offset: number): Promise<CastMark> {
  const file = await open(path, 'r');
  try {
    const from = Math.max(0, offset - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(offset - from), 0, offset - from, from);
    const { size: bytes, mtimeMs: modifiedMs } = await file.stat();
    const tail = createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex');
    return { tail, bytes, modifiedMs };
  } finally {
    await file.close();
  }
}

/** A live cast only grows; one that is as long as it was, and was written to, is another. */
function isSameCast(known: CastMark, now: CastMark): boolean {
  const isUntouched = now.bytes === known.bytes && now.modifiedMs === known.modifiedMs;
  return now.tail === known.tail && (isUntouched || now.bytes > known.bytes);
}

const count = v.pipe(v.number(), v.minValue(0));
const span = v.object({ fromMicros: count, toMicros: count });
const size = v.object({ cols: count, rows: count });
const headSchema = v.object({
  version: v.literal(VERSION),
  cast: v.object({ tail: v.string(), bytes: count, modifiedMs: v.number() }),
  timeline: v.object({
    offset: count,
    lastMicros: count,
    bucketMicros: count,
    activity: v.array(count),
    markers: v.array(v.object({ timeMicros: count, label: v.string() })),
    resizes: v.array(v.object({ timeMicros: count, size })),
    silences: v.array(span),
    damages: v.array(span),
  }),
  keyframes: v.array(v.object({ timeMicros: count, offset: count, size, bytes: count })),
});

interface StoredFile {
  readonly cast: CastMark;
  readonly survey: StoredSurvey;
}

function formatFile({ cast, survey: { keyframes, timeline } }: StoredFile): Buffer {
  const places = keyframes.map(({ state, ...place }) => ({ ...place, bytes: state.length }));
  const head = JSON.stringify({ version: VERSION, cast, timeline, keyframes: places });
  return Buffer.concat([Buffer.from(`${head}\n`), ...keyframes.map(({ state }) => state)]);
}

/** Nothing where it is of another version or not whole. */
function parseFile(bytes: Buffer): StoredFile | undefined {
  const end = bytes.indexOf(0x0a);
  const head = v.safeParse(headSchema, end < 0 ? undefined : parseJson(bytes.toString('utf8', 0, end)));
  if (!head.success) return undefined;
  const { cast, timeline, keyframes: places } = head.output;
  let start = end + 1;
  const keyframes = places.map(({ bytes: length, ...place }) => {
    const state = bytes.subarray(start, start + length);
    start += length;
    return { ...place, state };
  });
  return start === bytes.length ? { cast, survey: { keyframes, timeline } } : undefined;
}
