import { encodeRecord, type TerminalRecord } from '../../preload/terminal-records.ts';

/** A stream of records in memory that counts what is taken from it. */
export interface RecordSource {
  readonly input: AsyncIterable<Uint8Array>;
  readonly taken: number;
  readonly isClosed: boolean;
  /** Adds a chunk to a source that was made open. */
  push(...records: readonly TerminalRecord[]): void;
  /** The core's end of it: in order, or with an error. */
  finish(error?: Error): void;
  /** The page's: it wants no more. */
  end(): void;
}

/** One record a chunk. `open: true` waits for more after those given. */
export function createRecordSource(
  records: readonly TerminalRecord[] = [],
  { open = false }: { open?: boolean } = {},
): RecordSource {
  const queue = records.map(encodeRecord);
  let ending: { readonly error?: Error } | undefined = open ? undefined : {};
  let taken = 0;
  let isClosed = false;
  let wake: (() => void) | undefined;

  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      while (!isClosed) {
        const chunk = queue.shift();
        if (chunk) {
          taken += 1;
          yield chunk;
        } else if (ending) {
          if (ending.error) throw ending.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      isClosed = true;
    }
  }

  return {
    input: { [Symbol.asyncIterator]: read },
    get taken() {
      return taken;
    },
    get isClosed() {
      return isClosed;
    },
    push(...more) {
      queue.push(...more.map(encodeRecord));
      wake?.();
    },
    finish(error) {
      ending = error ? { error } : {};
      wake?.();
    },
    end() {
      isClosed = true;
      wake?.();
    },
  };
}

const encoder = new TextEncoder();

/** Output at a time in seconds. */
export function output(seconds: number, text: string): TerminalRecord {
  return { kind: 'output', timeMicros: seconds * 1e6, bytes: encoder.encode(text) };
}

export function resize(seconds: number, cols: number, rows: number): TerminalRecord {
  return { kind: 'resize', timeMicros: seconds * 1e6, size: { cols, rows } };
}
