import type { Readable } from 'node:stream';
import type { Bucket } from './bucket.ts';
import { measureObject } from './bucket-part.ts';
import type { BucketPlaces } from './bucket-places.ts';
import type { BucketShelf } from './bucket-shelf.ts';
import { DEFAULT_LIMITS } from './recorder-limits.ts';
import { type CastFacts, parseNote, readCastFacts } from './stored-recording.ts';

const REASON = 'the recorder stopped while it took it';
const NOTES_AT_ONCE = 100;
const LINE_END = 0x0a;

/**
 * What a recorder that died left behind: of the parts that S3 had confirmed an object is made, a partial recording. Resolves with how
 * many. Only what has a note is touched.
 */
export async function mendBucket(
  { bucket, shelf }: { readonly bucket: Bucket; readonly shelf: BucketShelf },
  places: BucketPlaces,
): Promise<number> {
  let mended = 0;
  let after: string | undefined;
  while (true) {
    const page = await bucket.list(places.notes, {
      limit: NOTES_AT_ONCE,
      ...(after !== undefined && { after }),
    });
    for (const key of page.keys) mended += (await mendOne(key)) ? 1 : 0;
    after = page.keys.at(-1);
    if (page.isLast || after === undefined) return mended;
  }

  async function mendOne(noteKey: string): Promise<boolean> {
    const note = parseNote((await bucket.getText(noteKey)) ?? '');
    // Not ours, or torn by somebody's hand: left as it is.
    if (!note) return false;
    const name = noteKey.slice(places.notes.length);
    const cast = places.cast(name);
    await bucket.completeLeft(cast);
    const header = await readHeader(cast);
    if (header === 'none' || (await shelf.isKept(name, note.recordingId))) {
      await bucket.remove(noteKey);
      return false;
    }
    const size = await measureObject(bucket, cast);
    const ending = { state: 'partial', reason: REASON, endedAtMs: note.startedAtMs } as const;
    await shelf.keep(name, { ...note, ...ending, ...size, header });
    return true;
  }

  /** `none` where there is no such object. */
  async function readHeader(key: string): Promise<CastFacts | undefined | 'none'> {
    const object = await bucket.get(key);
    if (!object) return 'none';
    let start = Buffer.alloc(0);
    for await (const bytes of object.body as Readable as AsyncIterable<Buffer>) {
      start = Buffer.concat([start, bytes]);
      if (start.includes(LINE_END) || start.length > DEFAULT_LIMITS.castHeaderBytes) break;
    }
    return readCastFacts(start.toString('utf8', 0, Math.max(0, start.indexOf(LINE_END))));
  }
}
