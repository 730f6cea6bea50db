import { randomBytes } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import type { Lifetime } from '../base/lifetime.ts';
import { type BucketPlace, openBucket } from './bucket.ts';
import { mendBucket } from './bucket-mending.ts';
import { createBucketPart } from './bucket-part.ts';
import { placeBucket } from './bucket-places.ts';
import { createBucketShelf } from './bucket-shelf.ts';
import type { RecordingStore } from './recording-store.ts';
import { toRefusal } from './refusal.ts';
import { formatNote } from './stored-recording.ts';

export interface BucketStoreOptions extends BucketPlace {
  /** What every key begins with, of this recorder alone. */
  readonly prefix: string;
}

/** Recordings and events in an S3 bucket. Rejects with `bad-input` where the bucket cannot be listed. */
export async function openBucketStore(options: BucketStoreOptions, life: Lifetime): Promise<RecordingStore> {
  const bucket = await openBucket(options);
  life.own(() => bucket.close());
  const places = placeBucket(options.prefix);
  const shelf = createBucketShelf(bucket, places);
  const place = `s3://${options.bucket}${options.prefix === '' ? '' : `/${options.prefix}`}`;
  await bucket.list(places.notes, { limit: 1 }).catch((cause: unknown) => {
    throw new AppError('bad-input', `${place} cannot be used: ${toRefusal(cause).message}`, {
      cause,
      hint: 'Look at its name, --s3-region, --s3-endpoint, and the credentials: AWS_PROFILE, AWS_ACCESS_KEY_ID and what else the SDK finds.',
    });
  });
  const random = (): string => randomBytes(8).toString('hex');

  return {
    place,
    mend: () => mendBucket({ bucket, shelf }, places),
    async open(note) {
      const name = `${note.recordingId}~${random()}`;
      await bucket.put(places.note(name), formatNote(note));
      return createBucketPart({
        bucket,
        key: places.cast(name),
        keep: (facts) => shelf.keep(name, { ...note, ...facts }),
        drop: () => bucket.remove(places.note(name)),
      });
    },
    list: (range) => shelf.list(range),
    async read(id) {
      const key = await shelf.find(id);
      return key === undefined ? undefined : bucket.get(key);
    },
    addEvent: (event, atMs) => bucket.put(places.event(atMs, random()), `${event}\n`),
    freeBytes: async () => undefined,
  };
}
