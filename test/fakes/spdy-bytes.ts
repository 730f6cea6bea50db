import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';
import { SPDY_DICTIONARY } from '../../main/proxy/tap/spdy-headers.ts';

/** Frames of SPDY/3.1 as its ends write them: the foreign side of the tap, with the streams of Node's own zlib. */
export const SYN_STREAM = 1;
export const SYN_REPLY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;
export const HEADERS = 8;
export const WINDOW_UPDATE = 9;
export const FIN = 1;

export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

export function dataFrame(streamId: number, payload: string | Uint8Array, flags = 0): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const frame = Buffer.allocUnsafe(8 + body.byteLength);
  frame.writeUInt32BE(streamId, 0);
  frame.writeUInt32BE(((flags << 24) | body.byteLength) >>> 0, 4);
  frame.set(body, 8);
  return frame;
}

export function controlFrame(type: number, body: Uint8Array, flags = 0): Buffer {
  return Buffer.concat([
    Buffer.from([0x80, 3, 0, type]),
    uint32(((flags << 24) >>> 0) + body.byteLength),
    body,
  ]);
}

/** One direction's headers: every block goes on with the zlib stream of those before. */
export interface HeaderPacker {
  pack(headers: Readonly<Record<string, string>>): Promise<Buffer>;
}

export function createHeaderPacker(): HeaderPacker {
  const deflate = createDeflate({ dictionary: SPDY_DICTIONARY });
  return { pack: (headers) => pass(deflate, headerBlock(headers)) };
}

export function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(headers);
  const texts = entries.flat().flatMap((text) => [uint32(Buffer.byteLength(text)), Buffer.from(text)]);
  return Buffer.concat([uint32(entries.length), ...texts]);
}

export interface HeaderUnpacker {
  unpack(block: Uint8Array): Promise<Map<string, string>>;
}

export function createHeaderUnpacker(): HeaderUnpacker {
  const inflate = createInflate({ dictionary: SPDY_DICTIONARY });
  return {
    async unpack(block) {
      const plain = await pass(inflate, block);
      const headers = new Map<string, string>();
      let at = 4;
      for (let left = plain.readUInt32BE(); left > 0; left -= 1) {
        const [name, value] = [0, 1].map(() => {
          const end = at + 4 + plain.readUInt32BE(at);
          const text = plain.toString('latin1', at + 4, end);
          at = end;
          return text;
        });
        headers.set(name ?? '', value ?? '');
      }
      return headers;
    },
  };
}

/** All that comes out of a zlib stream for what is put into it. */
function pass(zlib: Deflate | Inflate, bytes: Uint8Array): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  zlib.once('error', reject);
  zlib.write(bytes);
  zlib.flush(constants.Z_SYNC_FLUSH, () => {
    zlib.off('error', reject);
    const parts: Buffer[] = [];
    for (let part: Buffer | null = zlib.read(); part !== null; part = zlib.read()) parts.push(part);
    resolve(Buffer.concat(parts));
  });
  return promise;
}

/** A client's SYN_STREAM for a stream of this type. */
export async function synStream(
  packer: HeaderPacker,
  streamId: number,
  headers: Readonly<Record<string, string>>,
  flags = 0,
): Promise<Buffer> {
  const block = await packer.pack(headers);
  return controlFrame(SYN_STREAM, Buffer.concat([uint32(streamId, 0), Buffer.from([0, 0]), block]), flags);
}

export async function synReply(packer: HeaderPacker, streamId: number): Promise<Buffer> {
  return controlFrame(SYN_REPLY, Buffer.concat([uint32(streamId), await packer.pack({})]));
}
