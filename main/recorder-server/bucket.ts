import type { Readable } from 'node:stream';
import type { CompletedPart, S3ClientConfig } from '@aws-sdk/client-s3';
import { Refusal } from './refusal.ts';

/** Where in S3, or in what speaks as S3 does. Credentials are found by the SDK's own chain. */
export interface BucketPlace {
  readonly bucket: string;
  /** Of another store than Amazon's. */
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  /** `ENDPOINT/BUCKET/KEY` and not `BUCKET.ENDPOINT/KEY`. */
  readonly hasPathStyle?: boolean | undefined;
}

/** The little that a recorder wants of a bucket. Rejections are `store-failed`, with S3's code and nothing else of its answer. */
export interface Bucket {
  put(key: string, text: string): Promise<void>;
  /** Undefined where there is none. */
  get(key: string): Promise<{ readonly body: Readable; readonly bytes: number } | undefined>;
  getText(key: string): Promise<string | undefined>;
  remove(key: string): Promise<void>;
  /** In the order of UTF-8, from behind `after` on. */
  list(prefix: string, range: { readonly after?: string; readonly limit: number }): Promise<KeyPage>;
  /**
   * Resolves when the object is there, whole. A longer one goes in parts, one after the other; `onStored` is told what S3 has
   * confirmed of them. Where it fails, confirmed parts stay for `completeLeft`.
   */
  upload(key: string, body: Readable, onStored: (bytes: number) => void): Promise<void>;
  /** Makes the object of the parts that an upload left; false where it left none. */
  completeLeft(key: string): Promise<boolean>;
  close(): void;
}

export interface KeyPage {
  readonly keys: readonly string[];
  readonly isLast: boolean;
}

/** The smallest that S3 takes for a part which is not the last one: a delivery holds two of them at most. */
const PART_BYTES = 5 * 1024 * 1024;
const CONNECT_MS = 5_000;
/** Of silence within a request. */
const SILENCE_MS = 30_000;
const MAX_ATTEMPTS = 5;

/** Loads the SDK, which nothing else pays for. */
export async function openBucket(place: BucketPlace): Promise<Bucket> {
  const [s3, { Upload }] = await Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/lib-storage')]);
  const Bucket = place.bucket;
  const client = new s3.S3Client(configure(place));

  async function findUpload(Key: string): Promise<string | undefined> {
    const { Uploads = [] } = await client.send(new s3.ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
    return Uploads.find((upload) => upload.Key === Key)?.UploadId;
  }

  async function listParts(Key: string, UploadId: string): Promise<CompletedPart[]> {
    const parts: CompletedPart[] = [];
    for await (const page of s3.paginateListParts({ client }, { Bucket, Key, UploadId })) {
      for (const { PartNumber, ETag, ChecksumCRC32 } of page.Parts ?? []) {
        parts.push({ PartNumber, ETag, ...(ChecksumCRC32 && { ChecksumCRC32 }) });
      }
    }
    return parts;
  }

  async function get(Key: string): ReturnType<Bucket['get']> {
    try {
      const { Body, ContentLength = 0 } = await client.send(new s3.GetObjectCommand({ Bucket, Key }));
      return { body: Body as Readable, bytes: ContentLength };
    } catch (error) {
      if (error instanceof s3.NoSuchKey) return undefined;
      throw error;
    }
  }

  return refuseFailures({
    async put(Key, text) {
      await client.send(
        new s3.PutObjectCommand({ Bucket, Key, Body: text, ContentType: 'application/json' }),
      );
    },
    get,
    async getText(key) {
      const object = await get(key);
      return (
        object && Buffer.concat(await Array.fromAsync(object.body as AsyncIterable<Buffer>)).toString('utf8')
      );
    },
    async remove(Key) {
      await client.send(new s3.DeleteObjectCommand({ Bucket, Key }));
    },
    async list(Prefix, { after, limit }) {
      const { Contents = [], IsTruncated } = await client.send(
        new s3.ListObjectsV2Command({ Bucket, Prefix, MaxKeys: limit, ...(after && { StartAfter: after }) }),
      );
      return { keys: Contents.map(({ Key = '' }) => Key), isLast: IsTruncated !== true };
    },
    async upload(Key, body, onStored) {
      const upload = new Upload({
        client,
        params: { Bucket, Key, Body: body, ContentType: 'application/x-asciicast' },
        // One at a time: what is confirmed is then what came first.
        queueSize: 1,
        partSize: PART_BYTES,
        leavePartsOnError: true,
      });
      upload.on('httpUploadProgress', ({ loaded = 0 }) => onStored(loaded));
      await upload.done();
    },
    async completeLeft(Key) {
      const UploadId = await findUpload(Key);
      if (UploadId === undefined) return false;
      const Parts = await listParts(Key, UploadId);
      if (Parts.length === 0) {
        await client.send(new s3.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
        return false;
      }
      const MultipartUpload = { Parts };
      await client.send(new s3.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
      return true;
    },
    close: () => client.destroy(),
  });
}

function configure({ endpoint, region, hasPathStyle }: BucketPlace): S3ClientConfig {
  return {
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: SILENCE_MS },
    ...(region && { region }),
    // Other stores have no region that we could know, and not all of them know Amazon's newer checksums.
    ...(endpoint && { endpoint, region: region ?? 'us-east-1', requestChecksumCalculation: 'WHEN_REQUIRED' }),
    ...(hasPathStyle && { forcePathStyle: true }),
  };
}

function refuseFailures(bucket: Bucket): Bucket {
  const refuse = (error: unknown): never => {
    if (error instanceof Refusal) throw error;
    const name = error instanceof Error ? error.name : 'unknown';
    throw new Refusal('store-failed', `the recorder's bucket failed: ${name}`, { cause: error });
  };
  return {
    put: (key, text) => bucket.put(key, text).catch(refuse),
    get: (key) => bucket.get(key).catch(refuse),
    getText: (key) => bucket.getText(key).catch(refuse),
    remove: (key) => bucket.remove(key).catch(refuse),
    list: (prefix, range) => bucket.list(prefix, range).catch(refuse),
    upload: (key, body, onStored) => bucket.upload(key, body, onStored).catch(refuse),
    completeLeft: (key) => bucket.completeLeft(key).catch(refuse),
    close: () => bucket.close(),
  };
}
