import type { ProblemInfo } from './contract.ts';
import { ContractError } from './contract-error.ts';
import { createCreditGate, WINDOW_BYTES } from './credit.ts';
import { type Frame, MAX_DATA_BYTES } from './frame-codec.ts';

/** One end of an open stream: bytes both ways, each writer waiting for its reader. */
export interface ByteStream {
  /**
   * What the other side writes. Iterated once. Asking for the next chunk says that the last one is done with,
   * and gives its credit back. Ends with the stream; throws a `ContractError` where it ended with a problem.
   */
  readonly input: AsyncIterable<Uint8Array>;
  /** Resolves when all of it is sent, which waits for the reader's credit. Rejects once the stream has ended. */
  write(bytes: Uint8Array, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Ends the stream for both sides. Ignored once it has ended. */
  end(problem?: ProblemInfo): void;
  /** Never rejects; resolves when either side has ended it. */
  readonly closed: Promise<{ readonly problem?: ProblemInfo }>;
}

/** The connection's handle on a stream of its own: frames go in here. */
export interface StreamEnd {
  readonly stream: ByteStream;
  /** Throws where the other side sends more than it was given credit for. */
  receive(frame: Extract<Frame, { kind: 'data' | 'credit' | 'end' }>): void;
  /** The connection is gone. */
  lose(problem: ProblemInfo): void;
}

const never = new AbortController().signal;

export function createByteStream(id: number, send: (frame: Frame) => void, onClosed: () => void): StreamEnd {
  const gate = createCreditGate();
  const chunks: Uint8Array[] = [];
  const closed = Promise.withResolvers<{ readonly problem?: ProblemInfo }>();
  let receivedBytes = 0;
  let isClosed = false;
  let problem: ProblemInfo | undefined;
  let wakeReader: (() => void) | undefined;

  function close(how: ProblemInfo | undefined): void {
    isClosed = true;
    problem = how;
    gate.close(new ContractError(how ?? { code: 'stream-ended', message: 'the stream has ended' }));
    closed.resolve(how ? { problem: how } : {});
    wakeReader?.();
    onClosed();
  }

  async function* read(): AsyncGenerator<Uint8Array> {
    while (true) {
      const chunk = chunks.shift();
      if (chunk) {
        yield chunk;
        receivedBytes -= chunk.byteLength;
        if (!isClosed) send({ kind: 'credit', id, bytes: chunk.byteLength });
      } else if (isClosed) {
        if (problem) throw new ContractError(problem);
        return;
      } else {
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
      }
    }
  }

  return {
    stream: {
      input: { [Symbol.asyncIterator]: read },
      async write(bytes, { signal = never } = {}) {
        for (let start = 0; start < bytes.byteLength; ) {
          const taken = await gate.take(Math.min(bytes.byteLength - start, MAX_DATA_BYTES), signal);
          send({ kind: 'data', id, bytes: bytes.subarray(start, start + taken) });
          start += taken;
        }
      },
      end(how) {
        if (isClosed) return;
        send(how ? { kind: 'end', id, problem: how } : { kind: 'end', id });
        close(how);
      },
      closed: closed.promise,
    },
    receive(frame) {
      if (isClosed) return;
      if (frame.kind === 'credit') {
        gate.give(frame.bytes);
        return;
      }
      if (frame.kind === 'end') {
        close(frame.problem);
        return;
      }
      receivedBytes += frame.bytes.byteLength;
      if (receivedBytes > WINDOW_BYTES) throw new Error(`stream ${id} was sent more than its window`);
      if (frame.bytes.byteLength > 0) chunks.push(frame.bytes);
      wakeReader?.();
    },
    lose(how) {
      if (!isClosed) close(how);
    },
  };
}
