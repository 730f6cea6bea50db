import type { ProblemInfo } from './contract.ts';
import { ContractError } from './contract-error.ts';
import { createCreditGate, WINDOW_BYTES } from './credit.ts';
import { type Frame, MAX_DATA_BYTES } from './frame-codec.ts';

/** One end of an open stream: bytes both ways, each writer waiting for its reader. */
export interface ByteStream {
  /**
   * What the other side writes. Asking for the next chunk says that the last one is done with, and gives its credit
   * back. Ends with the stream; throws a `ContractError` where it ended with a problem. Iterated once: who leaves early
   * gets nothing more, and the other side is stopped by its credit until the stream is ended.
   */
  readonly input: AsyncIterable<Uint8Array>;
  /**
   * Resolves when all of it is sent, which waits for the reader's credit. Rejects once the stream has ended, and while
   * the last write is under way, since their bytes would mix. After an abort a part may have been sent.
   */
  write(bytes: Uint8Array, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Ends the stream for both sides. Ignored once it has ended. */
  end(problem?: ProblemInfo): void;
  /** Never rejects; resolves when either side has ended it. */
  readonly closed: Promise<{ readonly problem?: ProblemInfo }>;
}

/** The connection's handle on a stream of its own: frames go in here. */
export interface StreamEnd {
  readonly stream: ByteStream;
  /** Throws where the other side sends more than it was given credit for, or gives back more than it was sent. */
  receive(frame: Extract<Frame, { kind: 'data' | 'credit' | 'end' }>): void;
  /** The connection is gone. */
  lose(problem: ProblemInfo): void;
}

/** Credit goes back in steps of this many bytes: few frames, and the writer has three quarters of its window left. */
const CREDIT_STEP_BYTES = WINDOW_BYTES / 4;

/** What waits is joined up to this size: a window of single bytes must not cost a hundred times its size to hold. */
const JOINED_BYTES = 4 * 1024;

const never = new AbortController().signal;

export function createByteStream(id: number, send: (frame: Frame) => void, onClosed: () => void): StreamEnd {
  const gate = createCreditGate();
  const chunks: Uint8Array[] = [];
  const closed = Promise.withResolvers<{ readonly problem?: ProblemInfo }>();
  /** Sent to us and not given back yet: waiting here, in the reader's hands, or done with. */
  let owedBytes = 0;
  let doneBytes = 0;
  let isTaken = false;
  let hasReaderLeft = false;
  let isWriting = false;
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

  function keep(bytes: Uint8Array): void {
    const last = chunks.at(-1);
    if (last && last.byteLength + bytes.byteLength <= JOINED_BYTES) {
      const joined = new Uint8Array(last.byteLength + bytes.byteLength);
      joined.set(last);
      joined.set(bytes, last.byteLength);
      chunks[chunks.length - 1] = joined;
    } else if (bytes.byteLength > 0) chunks.push(bytes);
  }

  function giveBack(bytes: number): void {
    doneBytes += bytes;
    if (doneBytes < CREDIT_STEP_BYTES || isClosed) return;
    send({ kind: 'credit', id, bytes: doneBytes });
    owedBytes -= doneBytes;
    doneBytes = 0;
  }

  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      while (true) {
        const chunk = chunks.shift();
        if (chunk) {
          yield chunk;
          giveBack(chunk.byteLength);
        } else if (isClosed) {
          if (problem) throw new ContractError(problem);
          return;
        } else {
          await new Promise<void>((resolve) => {
            wakeReader = resolve;
          });
        }
      }
    } finally {
      hasReaderLeft = true;
      chunks.length = 0;
    }
  }

  return {
    stream: {
      input: {
        [Symbol.asyncIterator]() {
          if (isTaken) throw new Error('the input of a stream is iterated once');
          isTaken = true;
          return read();
        },
      },
      async write(bytes, { signal = never } = {}) {
        if (isWriting) throw new Error('the last write to this stream is still under way');
        isWriting = true;
        try {
          for (let start = 0; start < bytes.byteLength; ) {
            const taken = await gate.take(Math.min(bytes.byteLength - start, MAX_DATA_BYTES), signal);
            send({ kind: 'data', id, bytes: bytes.subarray(start, start + taken) });
            start += taken;
          }
        } finally {
          isWriting = false;
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
      owedBytes += frame.bytes.byteLength;
      if (owedBytes > WINDOW_BYTES) throw new Error(`stream ${id} was sent more than its window`);
      if (!hasReaderLeft) keep(frame.bytes);
      wakeReader?.();
    },
    lose(how) {
      if (!isClosed) close(how);
    },
  };
}
