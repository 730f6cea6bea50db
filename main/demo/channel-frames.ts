import * as v from 'valibot';
import type { TerminalSize } from './container-process.ts';

/** The frames of `v4.channel.k8s.io` and `v5.channel.k8s.io`: the first byte of a message is its channel. */

export type Subprotocol = 'v5.channel.k8s.io' | 'v4.channel.k8s.io';
/** In the server's order of liking; the client's order decides. */
const SUBPROTOCOLS: readonly Subprotocol[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;
export const ERROR = 3;
const RESIZE = 4;
const CLOSE = 255;

export type ClientFrame =
  | { readonly kind: 'input'; readonly bytes: Uint8Array }
  | { readonly kind: 'input-ended' }
  | { readonly kind: 'resize'; readonly size: TerminalSize }
  /** Unknown channels, broken sizes and empty messages: a real server passes over them. */
  | { readonly kind: 'ignored' };

/** The first of the client's names that this server knows. */
export function chooseSubprotocol(header: string | undefined): Subprotocol | undefined {
  const offered = (header ?? '').split(',').map((name) => name.trim());
  for (const name of offered) {
    const known = SUBPROTOCOLS.find((subprotocol) => subprotocol === name);
    if (known) return known;
  }
  return undefined;
}

export function formatFrame(channel: number, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(bytes.length + 1);
  frame[0] = channel;
  frame.set(bytes, 1);
  return frame;
}

export function parseClientFrame(message: Uint8Array, subprotocol: Subprotocol): ClientFrame {
  const [channel] = message;
  const payload = message.subarray(1);
  switch (channel) {
    case STDIN:
      return { kind: 'input', bytes: payload };
    case RESIZE:
      return parseResize(payload);
    case CLOSE:
      return subprotocol === 'v5.channel.k8s.io' && payload.length === 1 && payload[0] === STDIN
        ? { kind: 'input-ended' }
        : { kind: 'ignored' };
    default:
      return { kind: 'ignored' };
  }
}

/** Sides are uint16 in the server; a side of 0 is ignored by container runtimes. */
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const Resize = v.object({ width: side, height: side });

/** Go's decoder takes the names in any case. */
function parseResize(payload: Uint8Array): ClientFrame {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(payload));
    const entries = Object.entries(value ?? {}).map(([name, item]) => [name.toLowerCase(), item]);
    const { width, height } = v.parse(Resize, Object.fromEntries(entries));
    return { kind: 'resize', size: { columns: width, rows: height } };
  } catch {
    return { kind: 'ignored' };
  }
}
