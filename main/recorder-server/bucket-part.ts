import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import type { Bucket } from './bucket.ts';
import { createCastTally } from './cast-tally.ts';
import { STREAM_WINDOW_BYTES } from './recorder-limits.ts';
import type { IncomingCast, StoredOutcome } from './recording-store.ts';
import type { StoredRecording } from './stored-recording.ts';

/** A recording on its way into a bucket, part by part. */
export function createBucketPart(needs: {
  readonly bucket: Pick<Bucket, 'upload' | 'completeLeft' | 'get'>;
  readonly key: string;
  /** Gives it its id when the object is there. */
  keep(
    facts: Pick<StoredRecording, 'bytes' | 'sha256'> & Parameters<IncomingCast['finish']>[0],
  ): Promise<StoredOutcome>;
  /** Nothing came. */
  drop(): Promise<void>;
}): IncomingCast {
  const { bucket, key } = needs;
  const tally = createCastTally();
  const body = new PassThrough({ highWaterMark: STREAM_WINDOW_BYTES });
  /** Begun with the first byte; fulfilled with its error where it failed. */
  let uploaded: Promise<{ readonly error: unknown } | undefined> | undefined;
  const failed = new AbortController();
  let durableBytes = 0;

  function begin(): void {
    uploaded ??= bucket
      .upload(key, body, (bytes) => {
        durableBytes = bytes;
      })
      .then(
        () => undefined,
        (error: unknown) => {
          failed.abort(error);
          return { error };
        },
      );
  }

  async function end(): Promise<void> {
    body.end();
    const failure = await uploaded;
    if (failure) throw failure.error;
  }

  return {
    async write(bytes) {
      failed.signal.throwIfAborted();
      begin();
      tally.add(bytes);
      if (body.write(bytes)) return;
      await once(body, 'drain', { signal: failed.signal }).catch(() => failed.signal.throwIfAborted());
    },
    // S3 has what it has confirmed; a part that is not full cannot be hurried.
    sync: async () => {},
    get durableBytes() {
      return durableBytes;
    },
    async finish(ending) {
      if (!uploaded) {
        await needs.drop();
        return undefined;
      }
      try {
        await end();
      } catch (error) {
        if (ending.state === 'whole') throw error;
        // Of what was confirmed something is made, so that no ack has lied.
        if (!(await bucket.completeLeft(key))) {
          await needs.drop();
          return undefined;
        }
        return needs.keep({ ...ending, ...(await measureObject(bucket, key)) });
      }
      return needs.keep({ ...ending, bytes: tally.bytes, sha256: tally.sha256() });
    },
  };
}

/** Length and SHA-256 of what is there, by reading it. */
export async function measureObject(
  bucket: Pick<Bucket, 'get'>,
  key: string,
): Promise<Pick<StoredRecording, 'bytes' | 'sha256'>> {
  const tally = createCastTally();
  const object = await bucket.get(key);
  for await (const bytes of (object?.body ?? []) as Readable | []) tally.add(bytes as Uint8Array);
  return { bytes: tally.bytes, sha256: tally.sha256() };
}
