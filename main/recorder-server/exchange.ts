import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream, IncomingHttpHeaders as StreamHeaders } from 'node:http2';
import type { Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Refusal } from './refusal.ts';

/** One request and its answer, whichever HTTP carried it. */
export interface Exchange {
  readonly httpVersion: 1 | 2;
  readonly method: string;
  /** Its path and query; the rest of it means nothing. Undefined for a target that is no path. */
  readonly url: URL | undefined;
  readonly headers: IncomingHttpHeaders;
  /** What the client calls this server. */
  readonly host: string | undefined;
  /** The client's address, and the name in its certificate where it had to show one. */
  readonly from: string;
  /**
   * Bytes until the client has ended them; throws `broken-off` where it went instead. Who stops reading early leaves the connection
   * as it is, so that an answer still gets through.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets a client go on that asked first, as HTTP/1.1's may. */
  sendContinue(): void;
  respond(status: number, headers: Readonly<Record<string, string | number>>): void;
  /** More of an answer that goes on. Left out while the client has not taken what came before. */
  tell(text: string): void;
  /** The rest of the answer. What the client still sends goes nowhere. Resolves when it is out, or the client is gone. */
  end(text?: string): Promise<void>;
  /** The same with what is read, as fast as the client takes it. */
  endWith(body: Readable): Promise<void>;
}

/** How long a client that is refused may go on sending, so that it gets to read why: closing at once would reset it. */
const LINGER_MS = 2_000;

export function exchangeHttp2(stream: ServerHttp2Stream, headers: StreamHeaders, from: string): Exchange {
  // Told where the body is read, or to nobody.
  stream.on('error', () => {});

  async function* readBody(): AsyncGenerator<Uint8Array> {
    try {
      yield* stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw createBrokenOff(error);
    }
    await waitForEnd(stream);
  }

  return {
    httpVersion: 2,
    method: headers[':method'] ?? '',
    url: parseTarget(headers[':path']),
    headers,
    host: headers[':authority'] ?? headers.host,
    from,
    body: readBody(),
    sendContinue() {},
    respond(status, fields) {
      if (!stream.destroyed && !stream.headersSent) stream.respond({ ':status': status, ...fields });
    },
    tell: (text) => tellIfTaken(stream, text),
    async end(text) {
      await endQuietly(stream, text);
      // NO_ERROR: the answer is whole, the rest of the request is not wanted (RFC 9113, 8.1).
      stream.close();
    },
    endWith: (body) => pipeQuietly(body, stream),
  };
}

/** `expectsContinue`: it waits for leave to send its body. */
export function exchangeHttp1(
  request: IncomingMessage,
  response: ServerResponse,
  { from, expectsContinue }: { readonly from: string; readonly expectsContinue: boolean },
): Exchange {
  response.on('error', () => {});

  async function* readBody(): AsyncGenerator<Uint8Array> {
    try {
      yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw createBrokenOff(error);
    }
    if (!request.complete) throw createBrokenOff();
  }

  return {
    httpVersion: 1,
    method: request.method ?? '',
    url: parseTarget(request.url),
    headers: request.headers,
    host: request.headers.host,
    from,
    body: readBody(),
    sendContinue() {
      if (expectsContinue) response.writeContinue();
    },
    respond(status, fields) {
      if (!response.headersSent) response.writeHead(status, fields);
    },
    tell: (text) => tellIfTaken(response, text),
    async end(text) {
      await endQuietly(response, text);
      if (request.complete || request.destroyed) return;
      request.resume();
      const linger = setTimeout(() => request.destroy(), LINGER_MS);
      request.once('close', () => clearTimeout(linger));
    },
    endWith: (body) => pipeQuietly(body, response),
  };
}

/**
 * A stream that the client resets ends for its reader just as one that it ended, and only a turn later is it known which: by
 * the half-closed state after END_STREAM, or as aborted. Throws `broken-off`.
 */
async function waitForEnd(stream: ServerHttp2Stream): Promise<void> {
  while (!stream.state.remoteClose) {
    if (stream.aborted || stream.destroyed) throw createBrokenOff();
    await nextTurn();
  }
}

function tellIfTaken(out: Writable, text: string): void {
  if (!out.destroyed && !out.writableEnded && !out.writableNeedDrain) out.write(text);
}

async function endQuietly(out: Writable, text = ''): Promise<void> {
  if (out.destroyed) return;
  out.end(text);
  await finished(out, { readable: false }).catch(() => {});
}

async function pipeQuietly(body: Readable, out: Writable): Promise<void> {
  // A client that stops reading its download is no failure of ours.
  await pipeline(body, out).catch(() => {});
}

function parseTarget(target: string | undefined): URL | undefined {
  if (!target?.startsWith('/')) return undefined;
  return URL.parse(`http://recorder.invalid${target}`) ?? undefined;
}

function createBrokenOff(cause?: unknown): Refusal {
  return new Refusal('broken-off', 'the client broke off', { cause });
}
