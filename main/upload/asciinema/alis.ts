import type { TerminalSize } from '../../base/terminal-size.ts';

/** A message of a live stream; times in whole microseconds since the message before. */
export type AlisMessage =
  /** The first one, and the first after a lost connection. */
  | {
      readonly kind: 'reset';
      /** Of the last event before it; 0 where there was none. */
      readonly lastId: number;
      /** Since the start of the stream. */
      readonly timeMicros: number;
      readonly size: TerminalSize;
      /** What brings an empty terminal to where this one is. */
      readonly screen: string;
    }
  | {
      readonly kind: 'output' | 'input' | 'marker';
      readonly id: number;
      readonly afterMicros: number;
      readonly text: string;
    }
  | {
      readonly kind: 'resize';
      readonly id: number;
      readonly afterMicros: number;
      readonly size: TerminalSize;
    }
  | { readonly kind: 'exit'; readonly id: number; readonly afterMicros: number; readonly exitCode: number };

/** What a connection begins with: the name and the version. */
export const ALIS_MAGIC: Uint8Array = Buffer.from('ALiS\x01', 'latin1');

const TYPES = { reset: 0x01, output: 0x6f, input: 0x69, marker: 0x6d, resize: 0x72, exit: 0x78 };
const NO_THEME = 0x00;

/**
 * One binary message of ALiS version 1 (docs.asciinema.org/manual/alis). Each is decoded by itself: its text has to hold
 * whole characters.
 */
export function encodeAlis(message: AlisMessage): Uint8Array {
  const type = TYPES[message.kind];
  switch (message.kind) {
    case 'reset': {
      const { lastId, timeMicros, size, screen } = message;
      const numbers = [lastId, timeMicros, size.cols, size.rows].flatMap(encodeVarint);
      return Buffer.concat([Buffer.of(type, ...numbers, NO_THEME), encodeText(screen)]);
    }
    case 'output':
    case 'input':
    case 'marker':
      return Buffer.concat([encodeHead(type, message), encodeText(message.text)]);
    case 'resize': {
      const { cols, rows } = message.size;
      return Buffer.concat([encodeHead(type, message), Buffer.from([cols, rows].flatMap(encodeVarint))]);
    }
    case 'exit':
      // A status is unsigned there; asciinema 3 sends 0 for a negative one.
      return Buffer.concat([
        encodeHead(type, message),
        Buffer.from(encodeVarint(Math.max(0, message.exitCode))),
      ]);
  }
}

function encodeHead(
  type: number,
  { id, afterMicros }: { readonly id: number; readonly afterMicros: number },
): Buffer {
  return Buffer.of(type, ...encodeVarint(id), ...encodeVarint(afterMicros));
}

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.from(encodeVarint(bytes.length)), bytes]);
}

/** LEB128 of a whole number up to 2^53, beyond which shifts do not reach. */
function encodeVarint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}
