import type { TerminalSize } from '../base/terminal-size.ts';

/**
 * Frames of Kubernetes' remote command over WebSocket: the first byte of a message is the channel
 * (apimachinery, util/remotecommand/constants.go). One message is one frame: it is never fragmented.
 */
export const PROTOCOL_V5 = 'v5.channel.k8s.io';
const PROTOCOL_V4 = 'v4.channel.k8s.io';
/** In the order in which we like them; the server takes the first that it knows. */
export const PROTOCOLS: readonly string[] = [PROTOCOL_V5, PROTOCOL_V4];

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const RESIZE = 4;
const CLOSE = 255;

/** kubectl's: a larger frame may be more than a server takes at once. */
export const MAX_STDIN_BYTES: number = 32 * 1024;
const MAX_SIDE = 65_535;

export type ServerMessage =
  | { readonly kind: 'output'; readonly channel: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly kind: 'status'; readonly text: string }
  /** A channel that we do not know, or a message without one: to be left alone, as kubectl does. */
  | { readonly kind: 'ignored'; readonly channel: number | undefined };

/** One whole binary message from the server. Never throws. */
export function decodeMessage(message: Uint8Array): ServerMessage {
  const channel = message[0];
  const payload = message.subarray(1);
  switch (channel) {
    case STDOUT:
      return { kind: 'output', channel: 'stdout', bytes: payload };
    case STDERR:
      return { kind: 'output', channel: 'stderr', bytes: payload };
    case STATUS:
      return { kind: 'status', text: new TextDecoder().decode(payload) };
    default:
      return { kind: 'ignored', channel };
  }
}

/** For all of stdin: a frame is copied as it is sent. */
const stdinFrame = new Uint8Array(1 + MAX_STDIN_BYTES);

/**
 * Stdin in frames of at most 32 KiB each, in order. A frame holds until the next is asked for, of any command: ws
 * masks into a buffer of its own before `send` returns (lib/sender.js, frame). One of ours for each as well would
 * be garbage faster than it is collected: 30 pastes cost 50 MB of resident memory.
 */
export function* encodeStdin(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += MAX_STDIN_BYTES) {
    const part = bytes.subarray(start, start + MAX_STDIN_BYTES);
    stdinFrame[0] = STDIN;
    stdinFrame.set(part, 1);
    yield stdinFrame.subarray(0, 1 + part.byteLength);
  }
}

/** The server decodes into uint16 and ignores a side below 1 (remotecommand, TerminalSize). */
export function encodeResize({ cols, rows }: TerminalSize): Uint8Array {
  const json = JSON.stringify({ Width: clampSide(cols), Height: clampSide(rows) });
  return Buffer.concat([Buffer.from([RESIZE]), Buffer.from(`${json}\n`)]);
}

/** v5 only: no more stdin. */
export function encodeStdinEnd(): Uint8Array {
  return new Uint8Array([CLOSE, STDIN]);
}

function clampSide(side: number): number {
  return Math.min(MAX_SIDE, Math.max(1, Math.trunc(side) || 1));
}
