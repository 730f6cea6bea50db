/** The streams of a core of canned state: each shows a screen and then waits, as a shell at its prompt does. */
import type { ByteStream } from '../../preload/byte-stream.ts';
import { encodeRecord, type TerminalRecord } from '../../preload/terminal-records.ts';

export interface PageStream extends ByteStream {
  /** One more record, once the first ones are shown. */
  push(record: TerminalRecord): void;
  /** The core's end of it. */
  finish(): void;
}

export function createPageStream(
  first: readonly TerminalRecord[],
  { isOver, onTyped }: { readonly isOver: boolean; readonly onTyped: (text: string) => void },
): PageStream {
  const closed = Promise.withResolvers<Awaited<ByteStream['closed']>>();
  const queue = [...first];
  let hasEnded = isOver;
  let wake = (): void => {};

  async function* chunks(): AsyncGenerator<Uint8Array> {
    while (true) {
      const record = queue.shift();
      if (record) yield encodeRecord(record);
      else if (hasEnded) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }

  function finish(): void {
    hasEnded = true;
    wake();
    closed.resolve({});
  }

  return {
    input: chunks(),
    write: async (bytes) => onTyped(new TextDecoder().decode(bytes)),
    end: finish,
    closed: closed.promise,
    push(record) {
      queue.push(record);
      wake();
    },
    finish,
  };
}

/** Text on a screen, as one record. */
export function shown(text: string, timeMicros = 0): TerminalRecord {
  return { kind: 'output', timeMicros, bytes: new TextEncoder().encode(text) };
}
