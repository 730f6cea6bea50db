/** What a user typed and pasted, on its way up: in order, one write at a time, with a limit. */
export interface InputQueue {
  /** False when there is no room or nobody to send it to: nothing of it is sent, and the caller says so. */
  push(bytes: Uint8Array): boolean;
  /** Sends to a stream from now on. What waited for the old one is dropped: its shell did not ask again. */
  connect(write: (bytes: Uint8Array) => Promise<void>): void;
  disconnect(): void;
}

/** Room for a large paste while the shell does not read. Typing never comes near it. */
export const INPUT_QUEUE_BYTES: number = 8 * 1024 * 1024;

/** One write: small beside the stream's window of 256 KiB, so that credit flows evenly. */
const WRITE_BYTES = 32 * 1024;

interface Connection {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly pieces: Uint8Array[];
  queuedBytes: number;
  isWriting: boolean;
}

export function createInputQueue(onWriteError: (error: unknown) => void): InputQueue {
  let connection: Connection | undefined;

  async function drain(to: Connection): Promise<void> {
    to.isWriting = true;
    try {
      while (to === connection && to.pieces.length > 0) await to.write(takePiece(to));
    } catch (error) {
      if (to === connection) {
        connection = undefined;
        onWriteError(error);
      }
    }
    to.isWriting = false;
  }

  return {
    push(bytes) {
      if (!connection || connection.queuedBytes + bytes.length > INPUT_QUEUE_BYTES) return false;
      if (bytes.length === 0) return true;
      connection.pieces.push(bytes);
      connection.queuedBytes += bytes.length;
      // Not awaited: drain reports its failure itself and never rejects.
      if (!connection.isWriting) void drain(connection);
      return true;
    },
    connect(write) {
      connection = { write, pieces: [], queuedBytes: 0, isWriting: false };
    },
    disconnect() {
      connection = undefined;
    },
  };
}

/** The next write's bytes: keys that wait together go together, a long paste in parts. */
function takePiece(from: Connection): Uint8Array {
  const piece = new Uint8Array(Math.min(from.queuedBytes, WRITE_BYTES));
  let filled = 0;
  while (filled < piece.length) {
    const next = from.pieces[0] as Uint8Array;
    const part = next.subarray(0, piece.length - filled);
    piece.set(part, filled);
    filled += part.length;
    if (part.length === next.length) from.pieces.shift();
    else from.pieces[0] = next.subarray(part.length);
  }
  from.queuedBytes -= piece.length;
  return piece;
}
