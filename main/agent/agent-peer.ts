import type { WebSocket } from 'ws';
import { createBoundedQueue } from '../base/bounded-queue.ts';
import { AppError } from '../base/errors.ts';
import { type AgentFrame, formatFrame } from './frames.ts';
import { type PeerTimes, watchPeer } from './peer-watch.ts';

/** One page behind its socket: frames both ways, each way waiting for the slower end. */
export interface AgentPeer {
  /**
   * What it sends, in order; iterated once. While its reader waits, the socket is read no further. Ends when the page has
   * gone or was said goodbye to; fails with `bad-input` at what is no text.
   */
  readonly messages: AsyncIterable<string>;
  /** Resolves when its machine has taken the frame, or will not any more. After `close` nothing is sent. */
  send(frame: AgentFrame): Promise<void>;
  /** Behind all that was sent. Resolves when the socket is gone. */
  close(code: 1000 | 1008 | 1011): Promise<void>;
  /** At once, without a word. */
  cut(): void;
  /** Aborted once the socket is gone, whoever ended it. */
  readonly gone: AbortSignal;
}

/** Of what came and nobody has read; a frame on its way comes on top. */
const QUEUE_HIGH_BYTES = 256 * 1024;
const QUEUE_LOW_BYTES = 64 * 1024;
/** What a queued frame costs beside its text: many small ones fill the queue too. */
const FRAME_COST_BYTES = 128;
/** How long a page may take to answer our goodbye. */
const CLOSE_GRACE_MS = 1_000;

export function createAgentPeer(socket: WebSocket, times?: PeerTimes): AgentPeer {
  const gone = new AbortController();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const watch = watchPeer(
    () => {
      if (socket.readyState === socket.OPEN) socket.ping();
    },
    () => socket.terminate(),
    times,
  );
  let isClosing = false;
  const queue = createBoundedQueue<string>({
    highBytes: QUEUE_HIGH_BYTES,
    lowBytes: QUEUE_LOW_BYTES,
    onFull() {
      socket.pause();
      watch.pause();
    },
    onDrained() {
      socket.resume();
      watch.resume();
    },
  });

  socket.on('message', (data: Buffer, isBinary: boolean) => {
    watch.heard();
    if (isBinary) queue.fail(new AppError('bad-input', 'frames are text, and this one is not'));
    else queue.push(data.toString('utf8'), data.byteLength + FRAME_COST_BYTES);
  });
  socket.on('pong', watch.heard);
  // The close that follows tells the rest.
  socket.on('error', () => {});
  socket.once('close', () => {
    watch.stop();
    queue.end();
    gone.abort(new AppError('cancelled', 'the page has gone'));
  });

  return {
    messages: queue.items,
    send(frame) {
      if (isClosing || socket.readyState !== socket.OPEN) return Promise.resolve();
      return new Promise((resolve) => {
        socket.send(formatFrame(frame), () => {
          watch.heard();
          resolve();
        });
      });
    },
    async close(code) {
      isClosing = true;
      queue.end();
      // Its answer comes behind what it has sent.
      socket.resume();
      socket.close(code);
      const timer = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS);
      await closed;
      clearTimeout(timer);
    },
    cut: () => socket.terminate(),
    gone: gone.signal,
  };
}
