import type { WebSocket } from 'ws';
import type { TerminalSize } from '../base/terminal-size.ts';
import { encodeResize } from './channel-protocol.ts';

/**
 * Tells the server the terminal's size. The same one is told once, and of a burst the first and the last: while
 * one is on its way, those that follow replace each other, so that a window that is dragged while the peer does
 * not read costs one frame.
 */
export interface SizeSender {
  send(size: TerminalSize): void;
}

export function createSizeSender(socket: WebSocket): SizeSender {
  let sent: TerminalSize | undefined;
  let waiting: TerminalSize | undefined;
  let isSending = false;

  function send(size: TerminalSize): void {
    if (isSending) {
      waiting = size;
      return;
    }
    if (sent?.cols === size.cols && sent.rows === size.rows) return;
    sent = size;
    isSending = true;
    socket.send(encodeResize(size), onSent);
  }

  function onSent(error?: Error | null): void {
    isSending = false;
    const next = waiting;
    waiting = undefined;
    // A socket that has closed tells so here, and takes no more.
    if (next && !error) send(next);
  }

  return { send };
}
