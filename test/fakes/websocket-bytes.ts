/** Frames as a peer of RFC 6455 writes them, also such as none of ours would. */
export interface FrameShape {
  readonly opcode: number;
  readonly isFinal?: boolean;
  readonly mask?: Uint8Array | undefined;
}

export function frameBytes(payload: Uint8Array, { opcode, isFinal = true, mask }: FrameShape): Uint8Array {
  const length = payload.byteLength;
  const long = length < 126 ? [] : length < 65_536 ? [length >> 8, length & 0xff] : longLength(length);
  const short = long.length === 0 ? length : long.length === 2 ? 126 : 127;
  const bodyAt = 2 + long.length + (mask?.byteLength ?? 0);
  // One piece of memory: millions of these are made.
  const frame = Buffer.allocUnsafe(bodyAt + length);
  frame[0] = (isFinal ? 0x80 : 0) | opcode;
  frame[1] = (mask ? 0x80 : 0) | short;
  frame.set(long, 2);
  frame.set(payload, bodyAt);
  if (mask) {
    frame.set(mask, 2 + long.length);
    for (let at = 0; at < length; at += 1) frame[bodyAt + at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0);
  }
  return frame;
}

function longLength(length: number): number[] {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return [...bytes];
}

/** One message in as many frames as it has parts. */
export function messageBytes(parts: readonly Uint8Array[], mask?: Uint8Array): Uint8Array {
  const frames = parts.map((part, index) =>
    frameBytes(part, { opcode: index === 0 ? 2 : 0, isFinal: index === parts.length - 1, mask }),
  );
  const [only] = frames;
  return frames.length === 1 && only ? only : Buffer.concat(frames);
}

/** One whole message of a channel. */
export function channelMessage(channel: number, payload: string | Uint8Array, mask?: Uint8Array): Uint8Array {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const message = Buffer.allocUnsafe(1 + bytes.byteLength);
  message[0] = channel;
  message.set(bytes, 1);
  return messageBytes([message], mask);
}
