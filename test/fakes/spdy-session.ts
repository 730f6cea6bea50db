import { Duplex } from 'node:stream';
import {
  controlFrame,
  createHeaderPacker,
  createHeaderUnpacker,
  dataFrame,
  FIN,
  GOAWAY,
  HEADERS,
  PING,
  RST_STREAM,
  SYN_STREAM,
  synReply,
  uint32,
} from './spdy-bytes.ts';

/** A server's end of SPDY/3.1 on a connection: agrees to every stream that its client opens. */
export interface SpdySession {
  /** Ends every stream with a reset, as kubelets do, and then the connection. */
  close(): void;
}

export interface SpdyStream {
  readonly headers: ReadonlyMap<string, string>;
  /** Ending it ends the server's half. */
  readonly duplex: Duplex;
}

const HEAD_BYTES = 8;
const CANCEL = 5;

export function serveSpdy(socket: Duplex, onStream: (stream: SpdyStream) => void): SpdySession {
  const packer = createHeaderPacker();
  const unpacker = createHeaderUnpacker();
  const streams = new Map<number, Duplex>();
  /** For the client's bytes to be taken by who reads a stream. */
  const drained = new Map<number, () => void>();

  function openStream(streamId: number): Duplex {
    return new Duplex({
      allowHalfOpen: true,
      read: () => drained.get(streamId)?.(),
      write: (bytes: Buffer, _encoding, done) => void socket.write(dataFrame(streamId, bytes), done),
      final: (done) => void socket.write(dataFrame(streamId, '', FIN), done),
    });
  }

  async function take(streamId: number, bytes: Buffer): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    drained.set(streamId, resolve);
    if (streams.get(streamId)?.push(bytes) === false) await promise;
    drained.delete(streamId);
  }

  async function readControl(type: number, body: Buffer): Promise<void> {
    const streamId = body.readUInt32BE();
    if (type === SYN_STREAM) {
      const headers = await unpacker.unpack(body.subarray(10));
      const duplex = openStream(streamId);
      duplex.on('error', () => {});
      streams.set(streamId, duplex);
      socket.write(await synReply(packer, streamId));
      onStream({ headers, duplex });
    } else if (type === HEADERS) await unpacker.unpack(body.subarray(4));
    else if (type === PING) socket.write(controlFrame(PING, body));
    else if (type === RST_STREAM) streams.get(streamId)?.push(null);
  }

  async function readFrame(frame: Buffer): Promise<void> {
    const body = frame.subarray(HEAD_BYTES);
    if (frame.readUInt8() & 0x80) await readControl(frame.readUInt16BE(2), body);
    else await take(frame.readUInt32BE(), body);
    const isData = (frame.readUInt8() & 0x80) === 0;
    if (isData && frame.readUInt8(4) & FIN) streams.get(frame.readUInt32BE())?.push(null);
  }

  async function readAll(): Promise<void> {
    let pending = Buffer.alloc(0);
    for await (const chunk of socket) {
      pending = Buffer.concat([pending, chunk]);
      while (pending.byteLength >= HEAD_BYTES) {
        const end = HEAD_BYTES + pending.readUIntBE(5, 3);
        if (pending.byteLength < end) break;
        const frame = pending.subarray(0, end);
        pending = pending.subarray(end);
        await readFrame(frame);
      }
    }
  }

  // That it broke is seen where it is read.
  socket.on('error', () => {});
  readAll()
    .catch(() => socket.destroy())
    .finally(() => {
      for (const duplex of streams.values()) duplex.push(null);
    });

  return {
    close() {
      for (const streamId of streams.keys()) socket.write(controlFrame(RST_STREAM, uint32(streamId, CANCEL)));
      socket.end(controlFrame(GOAWAY, uint32(Math.max(0, ...streams.keys()), 0)));
    },
  };
}
