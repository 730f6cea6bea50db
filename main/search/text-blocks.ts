import { foldText } from './folded-text.ts';
import type { ShownLine } from './shown-lines.ts';
import { signText } from './text-signature.ts';

/** Some lines of one recording, as they are stored. The same lines always make the same blocks. */
export interface TextBlock {
  /** 0 is the first. */
  readonly number: number;
  /** The lines as UTF-8, a line feed between them. */
  readonly text: Uint8Array;
  /** The same as it is compared with what is searched for (folded-text.ts), with as many lines. */
  readonly folded: Uint8Array;
  /** Microseconds since the recording's start, one a line. */
  readonly times: Float64Array;
  readonly signature: Uint8Array;
}

export interface TextBlocks {
  add(line: ShownLine): void;
  /** Those that are full, once; then the last one as it is, with lines that may still change. */
  take(pending: readonly ShownLine[]): readonly TextBlock[];
}

/** Characters in a full block. Less would be more signatures to look at, more would be more text to read for each hit. */
const BLOCK_CHARS = 64 * 1024;

export function createTextBlocks(): TextBlocks {
  let full: TextBlock[] = [];
  let lines: ShownLine[] = [];
  let chars = 0;
  let number = 0;

  return {
    add(line) {
      lines.push(line);
      chars += line.text.length + 1;
      if (chars < BLOCK_CHARS) return;
      full.push(toBlock(number, lines));
      number += 1;
      lines = [];
      chars = 0;
    },
    take(pending) {
      const taken = full;
      full = [];
      const rest = [...lines, ...pending];
      return rest.length > 0 ? [...taken, toBlock(number, rest)] : taken;
    },
  };
}

function toBlock(number: number, lines: readonly ShownLine[]): TextBlock {
  const text = lines.map((line) => line.text).join('\n');
  const folded = encoder.encode(foldText(text));
  return {
    number,
    text: encoder.encode(text),
    folded,
    times: new Float64Array(lines.map(({ timeMicros }) => timeMicros)),
    signature: signText(folded),
  };
}

const encoder = new TextEncoder();
