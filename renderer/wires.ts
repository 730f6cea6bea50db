import type { Wire } from '../preload/wire.ts';

/** A wire over the browser host's WebSocket, already open. */
export function createSocketWire(socket: WebSocket): Wire {
  socket.binaryType = 'arraybuffer';
  return {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(message as string | Uint8Array<ArrayBuffer>);
    },
    onMessage(listener) {
      const receive = ({ data }: MessageEvent<string | ArrayBuffer>): void =>
        listener(typeof data === 'string' ? data : new Uint8Array(data));
      socket.addEventListener('message', receive);
      return () => socket.removeEventListener('message', receive);
    },
    onClosed(listener) {
      if (socket.readyState === WebSocket.CLOSED) listener();
      else socket.addEventListener('close', listener, { once: true });
      return () => socket.removeEventListener('close', listener);
    },
    close: () => socket.close(),
  };
}

/** A wire over the one port that Electron's preload script hands to the page. */
export function createPortWire(port: MessagePort): Wire {
  let isClosed = false;
  const closedListeners = new Set<() => void>();
  // Chromium tells the other side's end by this event since 122; the type definitions do not know it yet.
  port.addEventListener('close', lose);

  function lose(): void {
    if (isClosed) return;
    isClosed = true;
    for (const listener of closedListeners) listener();
  }

  return {
    send: (message) => port.postMessage(message),
    onMessage(listener) {
      const receive = ({ data }: MessageEvent<unknown>): void => listener(data);
      port.addEventListener('message', receive);
      port.start();
      return () => port.removeEventListener('message', receive);
    },
    onClosed(listener) {
      closedListeners.add(listener);
      if (isClosed) listener();
      return () => closedListeners.delete(listener);
    },
    close() {
      port.close();
      lose();
    },
  };
}
