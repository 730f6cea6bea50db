import type { WebSocket } from 'ws';
import type { Wire } from '../../../preload/wire.ts';
import { createWireEnd } from '../../../preload/wire-end.ts';

/**
 * What may wait in a socket whose page does not read. Streams wait for credit long before; answers and events have
 * none, and a page that is this far behind is not coming back for them.
 */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** A page behind a WebSocket that is open. What comes before there is a listener waits in TCP. */
export function createSocketWire(socket: WebSocket, maxWaitingBytes: number = MAX_WAITING_BYTES): Wire {
  const end = createWireEnd();
  socket.pause();
  socket.once('close', end.tell);
  // The close that follows tells the rest.
  socket.on('error', () => {});
  return {
    send(message) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > maxWaitingBytes) socket.terminate();
      else socket.send(message);
    },
    onMessage(listener) {
      const receive = (data: Buffer, isBinary: boolean): void =>
        listener(isBinary ? data : data.toString('utf8'));
      socket.on('message', receive);
      socket.resume();
      return () => socket.off('message', receive);
    },
    onClosed: end.onClosed,
    close() {
      // ws drops a page that never answers the closing handshake; nobody here waits for that.
      socket.close(1000);
      end.tell();
    },
  };
}
