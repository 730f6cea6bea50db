import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionOptions,
  connect,
  type SecureClientSessionOptions,
} from 'node:http2';
import { onTestFinished } from 'vitest';

/** A client of recorders made of Node's own parts, for what they answer. */
export type Frame = Readonly<Record<string, unknown>>;

export interface Post {
  readonly session: ClientHttp2Session;
  readonly stream: ClientHttp2Stream;
  /** Those that came so far. */
  readonly frames: readonly Frame[];
  /** What is no frame: the text of a refusal. */
  readonly text: string;
  readonly status: Promise<number>;
  readonly headers: Promise<IncomingHttpHeaders>;
  /** The answer is over, in order or not. */
  readonly ended: Promise<void>;
}

/** As Go writes it for a shell in a pod. */
export const CAST_HEADER =
  '{"version":2,"width":120,"height":40,"timestamp":1700000000,"command":"sh","srcNode":"laptop.tail1.ts.net","srcNodeID":"nXYZ","srcNodeUserID":7,"srcNodeUser":"a@b.c","env":null,"sshUser":"","localUser":"","connectionID":"","kubernetes":{"PodName":"web-0","Namespace":"prod","Container":"app","SessionType":"exec"}}';

/** A cast of at least so many bytes. */
export function makeCast(bytes = 0): Buffer {
  const line = `[1.000000,"o","${'0123456789'.repeat(10)}\\r\\n"]\n`;
  return Buffer.from(`${CAST_HEADER}\n${line.repeat(Math.ceil(bytes / line.length) || 1)}`);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

type ConnectOptions = ClientSessionOptions | SecureClientSessionOptions;

export function connectHttp2(url: string, options: ConnectOptions = {}): ClientHttp2Session {
  const session = connect(url, options);
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return session;
}

/** Opens `POST /v2/record`; the body is the caller's to write and end. */
export function postV2(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  options: ConnectOptions = {},
): Post {
  const session = connectHttp2(url, options);
  const stream = session.request(
    { ':method': 'POST', ':path': '/v2/record', ...headers },
    { endStream: false },
  );
  stream.on('error', () => {});
  const frames: Frame[] = [];
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (piece: string) => {
    text += piece;
    const lines = text.split('\n');
    if (!text.startsWith('{')) return;
    text = lines.pop() ?? '';
    frames.push(...lines.map((line) => JSON.parse(line) as Frame));
  });
  const answered = once(stream, 'response') as Promise<[IncomingHttpHeaders & { ':status': number }]>;
  const status = answered.then(([fields]) => fields[':status']);
  const answerHeaders = answered.then(([fields]) => fields);
  // Who expects an answer waits for it; nobody else has to hear that there is none.
  for (const promise of [status, answerHeaders]) promise.catch(() => {});
  return {
    session,
    stream,
    frames,
    get text() {
      return text;
    },
    status,
    headers: answerHeaders,
    ended: new Promise((resolve) => stream.once('close', () => resolve())),
  };
}

const PIECE_BYTES = 64 * 1024;

/**
 * Writes as fast as it is taken, and stops where it is taken no more. In pieces: a session of Node's that holds more than
 * 10 MB refuses what the server answers.
 */
export async function send(stream: ClientHttp2Stream, body: Buffer): Promise<void> {
  for (let start = 0; start < body.length && stream.writable; start += PIECE_BYTES) {
    if (stream.write(body.subarray(start, start + PIECE_BYTES))) continue;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stream.off('drain', done).off('close', done);
        resolve();
      };
      stream.on('drain', done).on('close', done);
    });
  }
}

/** Sends a whole body by v2 and resolves with the last frame. */
export async function deliverV2(
  url: string,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Frame | undefined> {
  const post = postV2(url, headers);
  await send(post.stream, body);
  post.stream.end();
  await post.ended;
  post.session.close();
  return post.frames.at(-1);
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Whether the server said `100 Continue`. */
  readonly wasContinued: boolean;
}

/** One request of HTTP/1.1; with `Expect`, the body only after `100 Continue`. */
export function askHttp1(
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: Uint8Array } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let wasContinued = false;
    const asked = request(url, { method, headers, agent: false });
    asked.on('error', reject);
    asked.on('continue', () => {
      wasContinued = true;
      asked.end(body);
    });
    asked.on('response', async (response) => {
      const pieces = await Array.fromAsync(response as AsyncIterable<Buffer>);
      const { statusCode = 0 } = response;
      resolve({ status: statusCode, headers: response.headers, body: Buffer.concat(pieces), wasContinued });
    });
    if (!('Expect' in headers)) asked.end(body);
  });
}

export function deliverV1(url: string, body: Uint8Array): Promise<Answer> {
  const headers = { Expect: '100-continue', 'Transfer-Encoding': 'chunked' };
  return askHttp1(`${url}/record`, { method: 'POST', headers, body });
}
