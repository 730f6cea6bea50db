import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { ForeignSide, Intake } from './foreign-recorder.ts';

/** Theirs come every few seconds; tests wait for them. */
const FRAME_MS = 20;

/** v2 and events over HTTP/2. A frame is an object on a line of its own, as Go's `json.Encoder` writes it. */
export function createHttp2Side(side: ForeignSide): { welcome(socket: Socket): void } {
  const { behaviour } = side;
  const server = createServer();

  server.on('stream', (stream, headers) => {
    // Told where the body is read.
    stream.on('error', () => {});
    const method = headers[':method'];
    const path = headers[':path'];
    side.note(`${method} ${path} HTTP/2.0`);
    if (behaviour.silentAt === 'probe') return;
    if (path === '/v2/event') return void takeEvent(stream, method);
    if (path !== '/v2/record') return answer(stream, 404);
    if (method === 'HEAD') return answer(stream, 200);
    if (method !== 'POST') return answer(stream, 405);
    if (behaviour.silentAt === 'post') return;
    if (behaviour.refusal) return answer(stream, behaviour.refusal.status, behaviour.refusal.body);
    void record(stream, side.open('v2', readHeaders(headers)));
  });

  async function record(stream: ServerHttp2Stream, intake: Intake): Promise<void> {
    stream.respond({ ':status': 200 });
    const frames = setInterval(tellAck, FRAME_MS);
    try {
      tellAck();
      for await (const bytes of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        if (await intake.take(bytes)) continue;
        if (intake.end === 'full') tell({ error: 'disk full' });
        if (intake.end === 'bad-header') tell({ error: 'the cast header is not valid' });
        intake.close('broken');
        // In all order, as if it were done; what the client still sends is refused with NO_ERROR (RFC 9113, 8.1).
        stream.end(() => stream.close());
        return;
      }
      // A reset ends the body first, and is known as one a turn later.
      await new Promise((resolve) => setImmediate(resolve));
      if (stream.aborted) return intake.close('broken');
      tellAck();
      intake.close('whole');
      stream.end();
    } catch {
      intake.close('broken');
    } finally {
      clearInterval(frames);
    }

    function tellAck(): void {
      if (behaviour.acks === 'none' || intake.isStalled || stream.writableEnded) return;
      const ack = claim(intake.receivedBytes);
      tell(ack === 0 ? {} : { ack });
    }

    function tell(frame: object): void {
      if (!stream.destroyed) stream.write(`${JSON.stringify(frame)}\n`);
    }
  }

  function claim(receivedBytes: number): number {
    if (behaviour.acks === 'ahead') return receivedBytes + 1_000_000;
    return behaviour.acks === 'behind' ? Math.floor(receivedBytes / 2) : receivedBytes;
  }

  async function takeEvent(stream: ServerHttp2Stream, method: string | undefined): Promise<void> {
    if (!behaviour.takesEvents) return answer(stream, 404);
    if (method === 'HEAD') return answer(stream, 200);
    try {
      const pieces = await Array.fromAsync(stream as AsyncIterable<Buffer>);
      answer(stream, side.addEvent(Buffer.concat(pieces)) ? 200 : 400);
    } catch {
      // The client broke off.
    }
  }

  return { welcome: (socket) => void server.emit('connection', socket) };
}

function answer(stream: ServerHttp2Stream, status: number, body = ''): void {
  stream.respond({ ':status': status });
  stream.end(body);
}

function readHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
