import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { findSignatureFault, type S3Credentials } from './s3-signature.ts';

/** A store in memory that speaks as much of S3 as a recorder needs, and is as strict about it. */
export interface FakeS3 {
  readonly url: string;
  readonly bucket: string;
  readonly credentials: S3Credentials;
  /** What is there, by key: of uploads in parts only those that were completed. */
  readonly objects: ReadonlyMap<string, Buffer>;
  /** Uploads in parts that were neither completed nor aborted, with the parts confirmed. */
  readonly uploads: ReadonlyMap<string, FakeUpload>;
  /** Each request: `PUT key?query`. */
  readonly requests: readonly string[];
  /** The answer in place of the true one; undefined for that. May be waited for. */
  interfere: (request: string) => Promise<FakeFailure | undefined> | FakeFailure | undefined;
}

export interface FakeUpload {
  readonly key: string;
  readonly parts: ReadonlyMap<number, Buffer>;
}

export interface FakeFailure {
  readonly status: number;
  readonly code: string;
}

interface Asked {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Buffer | string;
}

class S3Failure extends Error {
  readonly failure: FakeFailure;
  constructor(status: number, code: string) {
    super(code);
    this.failure = { status, code };
  }
}

const BUCKET = 'recordings';
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** Paths are `/BUCKET/KEY`. Ends with the test. */
export async function startFakeS3(): Promise<FakeS3> {
  const objects = new Map<string, Buffer>();
  const uploads = new Map<string, { key: string; parts: Map<number, Buffer> }>();
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'not/a+secret' };
  let lastUpload = 0;

  const server = createServer((request, response) => void answer(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });

  const fake: FakeS3 = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bucket: BUCKET,
    credentials,
    objects,
    uploads,
    requests,
    interfere: () => undefined,
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
      const url = new URL(`http://s3.invalid${request.url}`);
      const [, bucket, ...path] = decodeURIComponent(url.pathname).split('/');
      const asked: Asked = {
        method: request.method ?? '',
        key: path.join('/'),
        query: url.searchParams,
        body,
      };
      const told = `${asked.method} ${asked.key}${url.search}`;
      requests.push(told);
      const fault = findSignatureFault(request, body, credentials);
      if (fault) throw new S3Failure(403, fault);
      if (bucket !== BUCKET) throw new S3Failure(404, 'NoSuchBucket');
      const failure = await fake.interfere(told);
      if (failure) throw new S3Failure(failure.status, failure.code);
      const { status, headers = {}, body: answered } = reply(asked);
      response.writeHead(status, headers);
      response.end(answered);
    } catch (error) {
      const { status, code } =
        error instanceof S3Failure ? error.failure : { status: 500, code: 'InternalError' };
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(
        request.method === 'HEAD' ? '' : `<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
      );
    }
  }

  function reply(asked: Asked): Reply {
    const { method, key, query, body } = asked;
    if (key === '' && method === 'GET') {
      return answerXml(query.has('uploads') ? listUploads(query) : listObjects(query));
    }
    if (method === 'POST' && query.has('uploads')) return answerXml(beginUpload(key));
    if (query.has('uploadId')) return replyUpload(asked);
    if (method === 'PUT') {
      objects.set(key, body);
      return { status: 200, headers: { etag: tagOf(body) } };
    }
    if (method === 'DELETE') {
      objects.delete(key);
      return { status: 204 };
    }
    const object = objects.get(key);
    if (!object) throw new S3Failure(404, 'NoSuchKey');
    const headers = { etag: tagOf(object), 'content-length': object.length };
    return { status: 200, headers, ...(method === 'GET' && { body: object }) };
  }

  function replyUpload({ method, key, query, body }: Asked): Reply {
    const uploadId = query.get('uploadId') ?? '';
    const upload = uploads.get(uploadId);
    if (upload?.key !== key) throw new S3Failure(404, 'NoSuchUpload');
    if (method === 'PUT') {
      upload.parts.set(Number(query.get('partNumber')), body);
      return { status: 200, headers: { etag: tagOf(body) } };
    }
    if (method === 'GET') return answerXml(listParts(upload.parts));
    if (method === 'POST') objects.set(key, join(upload.parts, body.toString('utf8')));
    uploads.delete(uploadId);
    if (method === 'DELETE') return { status: 204 };
    return answerXml(
      `<CompleteMultipartUploadResult><Key>${escapeXml(key)}</Key><ETag>"x-1"</ETag></CompleteMultipartUploadResult>`,
    );
  }

  function beginUpload(key: string): string {
    lastUpload += 1;
    uploads.set(`upload-${lastUpload}`, { key, parts: new Map() });
    return `<InitiateMultipartUploadResult><Key>${escapeXml(key)}</Key><UploadId>upload-${lastUpload}</UploadId></InitiateMultipartUploadResult>`;
  }

  function listUploads(query: URLSearchParams): string {
    const prefix = query.get('prefix') ?? '';
    const found = [...uploads].filter(([, { key }]) => key.startsWith(prefix));
    const items = found.map(
      ([id, { key }]) => `<Upload><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId></Upload>`,
    );
    return `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${items.join('')}</ListMultipartUploadsResult>`;
  }

  function listObjects(query: URLSearchParams): string {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('start-after') ?? '';
    const limit = Number(query.get('max-keys') ?? 1_000);
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const items = keys.slice(0, limit).map((key) => `<Contents><Key>${escapeXml(key)}</Key></Contents>`);
    return `<ListBucketResult><IsTruncated>${keys.length > limit}</IsTruncated>${items.join('')}</ListBucketResult>`;
  }

  return fake;
}

function answerXml(text: string): Reply {
  const headers = { 'content-type': 'application/xml' };
  return { status: 200, headers, body: `<?xml version="1.0" encoding="UTF-8"?>\n${text}` };
}

function listParts(parts: ReadonlyMap<number, Buffer>): string {
  const items = [...parts].map(
    ([number, bytes]) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(tagOf(bytes))}</ETag><Size>${bytes.length}</Size></Part>`,
  );
  return `<ListPartsResult><IsTruncated>false</IsTruncated>${items.join('')}</ListPartsResult>`;
}

/** The object of a list of parts, by the rules for such lists. */
function join(parts: ReadonlyMap<number, Buffer>, list: string): Buffer {
  const named = [...list.matchAll(/<Part>.*?<\/Part>/gs)].map(([part]) => ({
    number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
    tag: (/<ETag>(.*?)</.exec(part)?.[1] ?? '').replaceAll('&quot;', '"'),
  }));
  if (named.length === 0) throw new S3Failure(400, 'MalformedXML');
  return Buffer.concat(
    named.map(({ number, tag }, index) => {
      const bytes = parts.get(number);
      if (!bytes || tagOf(bytes) !== tag) throw new S3Failure(400, 'InvalidPart');
      if (index > 0 && number <= (named[index - 1]?.number ?? 0))
        throw new S3Failure(400, 'InvalidPartOrder');
      if (index < named.length - 1 && bytes.length < MIN_PART_BYTES)
        throw new S3Failure(400, 'EntityTooSmall');
      return bytes;
    }),
  );
}

function tagOf(bytes: Uint8Array): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
