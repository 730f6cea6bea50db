import type { WebSocket } from 'ws';
import type { Wire } from '../../../preload/wire.ts';

/** A page behind a WebSocket. What waits in the socket is bounded by the streams' credit. */
export function createSocketWire(socket: WebSocket): Wire {
  let isClosed = false;
  socket.once('close', () => {
    isClosed = true;
  });
  // The close that follows tells the rest.
  socket.on('error', () => {});
  return {
    send(message) {
      if (socket.readyState === socket.OPEN) socket.send(message);
    },
    onMessage(listener) {
      const receive = (data: Buffer, isBinary: boolean): void =>
        listener(isBinary ? data : data.toString('utf8'));
      socket.on('message', receive);
      socket.resume();
      return () => socket.off('message', receive);
    },
    onClosed(listener) {
      if (isClosed) listener();
      else socket.once('close', listener);
      return () => socket.off('close', listener);
    },
    close: () => socket.close(1000),
  };
}
