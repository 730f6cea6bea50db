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
  const first = (isFinal ? 0x80 : 0) | opcode;
  const body = mask === undefined ? payload : payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return Buffer.concat([
    Buffer.from([first, (mask ? 0x80 : 0) | short, ...long]),
    mask ?? Buffer.alloc(0),
    body,
  ]);
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
  return Buffer.concat(frames);
}

/** One whole message of a channel. */
export function channelMessage(channel: number, payload: string | Uint8Array, mask?: Uint8Array): Uint8Array {
  return messageBytes([Buffer.concat([Buffer.from([channel]), Buffer.from(payload)])], mask);
}
