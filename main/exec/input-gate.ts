import type { WebSocket } from 'ws';
import { createTurns } from '../base/turns.ts';

/** Sends input no faster than the peer takes it. */
export interface InputGate {
  /**
   * Sends the frames in one piece: those of another call come before or after. Waits while the peer does not
   * read; rejects once stopped.
   */
  send(frames: Iterable<Uint8Array>): Promise<void>;
  /** All that wait reject, and everything later does. */
  stop(): void;
}

/**
 * What the socket may hold before senders wait: enough for the kernel never to run dry, and more than a paste of
 * many lines.
 */
const MAX_BUFFERED_BYTES = 256 * 1024;

export function createInputGate(socket: WebSocket, createStopped: () => Error): InputGate {
  const turns = createTurns();
  let isStopped = false;
  let wake: (() => void) | undefined;

  /** The only sign that a socket has sent something is the callback of a frame. */
  function onSent(): void {
    if (socket.bufferedAmount < MAX_BUFFERED_BYTES || isStopped) wake?.();
  }

  async function waitForRoom(): Promise<void> {
    while (socket.bufferedAmount >= MAX_BUFFERED_BYTES && !isStopped) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (isStopped) throw createStopped();
  }

  return {
    send: (frames) =>
      turns.take(async () => {
        if (isStopped) throw createStopped();
        for (const frame of frames) {
          socket.send(frame, onSent);
          await waitForRoom();
        }
      }),
    stop() {
      isStopped = true;
      wake?.();
    },
  };
}
