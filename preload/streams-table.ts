import { createByteStream, type StreamEnd } from './byte-stream.ts';
import type { ProblemInfo } from './contract.ts';
import type { Frame } from './frame-codec.ts';

/** The open streams of one side of a connection. */
export interface StreamsTable {
  add(id: number): StreamEnd;
  has(id: number): boolean;
  readonly size: number;
  /** Frames of streams that have ended here already are late, not wrong, and ignored. */
  receive(frame: Extract<Frame, { kind: 'data' | 'credit' | 'end' }>): void;
  loseAll(problem: ProblemInfo): void;
}

export function createStreamsTable(send: (frame: Frame) => void): StreamsTable {
  const ends = new Map<number, StreamEnd>();
  return {
    add(id) {
      const end = createByteStream(id, send, () => ends.delete(id));
      ends.set(id, end);
      return end;
    },
    has: (id) => ends.has(id),
    get size() {
      return ends.size;
    },
    receive(frame) {
      ends.get(frame.id)?.receive(frame);
    },
    loseAll(problem) {
      for (const end of [...ends.values()]) end.lose(problem);
    },
  };
}
