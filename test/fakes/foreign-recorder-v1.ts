import type { Socket } from 'node:net';
import type { ForeignSide } from './foreign-recorder.ts';

interface Head {
  readonly method: string;
  readonly path: string;
  readonly version: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One request of HTTP/1.1, read from bare TCP: v1 and events. The connection is closed after it. */
export async function serveHttp1(socket: Socket, side: ForeignSide): Promise<void> {
  const wire = createWire(socket);
  try {
    const head = await readHead(wire);
    side.note(`${head.method} ${head.path} ${head.version}`);
    if (side.behaviour.silentAt === 'probe') return;
    if (head.path === '/v2/event') await takeEvent(socket, wire, head, side);
    else if (head.path === '/record' && side.behaviour.speaks !== 'v2')
      await record(socket, wire, head, side);
    else answer(socket, 404, 'not found');
  } catch {
    // It broke off, or was no HTTP.
    socket.destroy();
  }
}

/** Strict: what is not sent as the protocol has it is refused. */
async function record(
  socket: Socket,
  wire: Wire,
  head: Head,
  { behaviour, open }: ForeignSide,
): Promise<void> {
  const { headers } = head;
  if (head.method !== 'POST') return answer(socket, 405, 'method not allowed');
  if (behaviour.silentAt === 'post') return;
  if (behaviour.refusal) return answer(socket, behaviour.refusal.status, behaviour.refusal.body ?? '');
  if (headers['expect']?.toLowerCase() !== '100-continue')
    return answer(socket, 417, 'no Expect: 100-continue');
  if (headers['transfer-encoding'] !== 'chunked') return answer(socket, 411, 'no Transfer-Encoding: chunked');
  if ('content-type' in headers) return answer(socket, 415, 'a Content-Type');
  if (wire.buffered() > 0) return answer(socket, 400, 'a body before 100 Continue');
  socket.write('HTTP/1.1 100 Continue\r\n\r\n');
  const intake = open('v1', headers);
  try {
    for await (const bytes of readChunks(wire)) {
      if (await intake.take(bytes)) continue;
      intake.close('broken');
      if (intake.end === 'full') return answer(socket, 500, 'disk full');
      if (intake.end === 'bad-header') return answer(socket, 400, 'the cast header is not valid');
      return answer(socket, 200, '');
    }
  } catch (error) {
    intake.close('broken');
    throw error;
  }
  const { finalStatus } = behaviour;
  intake.close(finalStatus === 200 ? 'whole' : 'broken');
  answer(socket, finalStatus, finalStatus === 200 ? '' : 'could not be stored');
}

async function takeEvent(socket: Socket, wire: Wire, head: Head, side: ForeignSide): Promise<void> {
  if (!side.behaviour.takesEvents) return answer(socket, 404, '');
  if (head.method === 'HEAD') return answer(socket, 200, '');
  if (head.headers['content-type'] !== 'application/json') return answer(socket, 415, 'no JSON');
  const length = head.headers['content-length'];
  const body =
    length === undefined
      ? Buffer.concat(await Array.fromAsync(readChunks(wire)))
      : await wire.take(Number(length));
  answer(socket, side.addEvent(body) ? 200 : 400, '');
}

function answer(socket: Socket, status: number, body: string): void {
  socket.end(
    `HTTP/1.1 ${status} Status\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

async function readHead(wire: Wire): Promise<Head> {
  const [method = '', path = '', version = ''] = (await wire.takeLine()).split(' ');
  const headers: Record<string, string> = {};
  while (true) {
    const line = await wire.takeLine();
    if (line === '') return { method, path, version, headers };
    const colon = line.indexOf(':');
    if (colon < 1) throw new Error(`no header: ${line}`);
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
}

/** RFC 9112, 7.1. */
async function* readChunks(wire: Wire): AsyncGenerator<Buffer> {
  while (true) {
    const line = await wire.takeLine();
    if (!/^[0-9a-fA-F]+$/.test(line)) throw new Error(`no chunk size: ${line}`);
    const size = Number.parseInt(line, 16);
    if (size > 0) yield await wire.take(size);
    if ((await wire.takeLine()) !== '') throw new Error('a chunk is longer than it says');
    if (size === 0) return;
  }
}

/** A connection, read by lines and counts. Nothing is read ahead of what is asked for but what came with it. */
interface Wire {
  takeLine(): Promise<string>;
  take(count: number): Promise<Buffer>;
  buffered(): number;
}

function createWire(socket: Socket): Wire {
  let buffer = Buffer.alloc(0);

  async function readMore(): Promise<void> {
    while (true) {
      const piece = socket.read() as Buffer | null;
      if (piece) {
        buffer = Buffer.concat([buffer, piece]);
        return;
      }
      if (socket.readableEnded || socket.destroyed) throw new Error('the connection ended');
      await new Promise<void>((resolve) => {
        const done = (): void => {
          for (const name of ['readable', 'end', 'close']) socket.off(name, done);
          resolve();
        };
        for (const name of ['readable', 'end', 'close']) socket.once(name, done);
      });
    }
  }

  async function take(count: number): Promise<Buffer> {
    while (buffer.length < count) await readMore();
    const taken = buffer.subarray(0, count);
    buffer = buffer.subarray(count);
    return taken;
  }

  return {
    async takeLine() {
      while (!buffer.includes('\r\n')) await readMore();
      const line = (await take(buffer.indexOf('\r\n'))).toString('latin1');
      await take(2);
      return line;
    },
    take,
    buffered: () => buffer.length + socket.readableLength,
  };
}
