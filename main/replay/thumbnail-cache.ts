/** Thumbnails on the disk, beside the keyframes, in a folder that may be deleted at any time. One file a recording. */
import { stat } from 'node:fs/promises';
import * as v from 'valibot';
import type { RecordingThumbnail, ThumbnailColour } from '../../preload/contract-replay.ts';
import { parseJson } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import { createCacheFiles } from './cache-files.ts';

export interface ThumbnailCache {
  /** Nothing where there is none, or its cast was written to since. Never rejects. */
  load(recordingId: string, castPath: string): Promise<RecordingThumbnail | undefined>;
  /** Never rejects: whatever goes wrong is logged and costs time only. */
  store(recordingId: string, castPath: string, thumbnail: RecordingThumbnail): Promise<void>;
  remove(recordingId: string): Promise<void>;
}

/** Raised when what stands in it changes, or is to be drawn anew: older ones are dropped. */
const VERSION = 1;

const count = v.pipe(v.number(), v.minValue(0));
const colour = v.custom<ThumbnailColour>(
  (value) =>
    typeof value === 'number' || (typeof value === 'string' && /^(text|ground|#[0-9a-f]{6})$/.test(value)),
);
const run = v.object({
  column: count,
  cols: count,
  text: v.string(),
  fg: v.exactOptional(colour),
  bg: v.exactOptional(colour),
});
const fileSchema = v.object({
  version: v.literal(VERSION),
  cast: v.object({ bytes: count, modifiedMs: v.number() }),
  thumbnail: v.variant('kind', [
    v.object({
      kind: v.literal('screen'),
      timeMicros: count,
      size: v.object({ cols: count, rows: count }),
      rows: v.array(v.array(run)),
    }),
    v.object({ kind: v.literal('none'), why: v.picklist(['empty', 'locked', 'unreadable']) }),
  ]),
});

type CastMark = v.InferOutput<typeof fileSchema>['cast'];

export function createThumbnailCache({
  log,
  folder,
}: {
  readonly log: Log;
  readonly folder: string;
}): ThumbnailCache {
  const files = createCacheFiles({ log, folder }, 'thumbnail');
  return {
    load: (recordingId, castPath) =>
      files.read(recordingId, async (content) => {
        const parsed = v.safeParse(fileSchema, parseJson(content.toString('utf8')));
        if (!parsed.success) return undefined;
        const { cast, thumbnail } = parsed.output;
        const now = await markCast(castPath);
        const isSame = cast.bytes === now.bytes && cast.modifiedMs === now.modifiedMs;
        return isSame ? thumbnail : undefined;
      }),
    store: (recordingId, castPath, thumbnail) =>
      files.write(recordingId, castPath, async () =>
        JSON.stringify({ version: VERSION, cast: await markCast(castPath), thumbnail }),
      ),
    remove: files.remove,
  };
}

async function markCast(path: string): Promise<CastMark> {
  const { size: bytes, mtimeMs: modifiedMs } = await stat(path);
  return { bytes, modifiedMs };
}
