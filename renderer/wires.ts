import type { Wire } from '../preload/wire.ts';
import { createWireEnd } from '../preload/wire-end.ts';

/** A wire over the browser host's WebSocket, already open. */
export function createSocketWire(socket: WebSocket): Wire {
  const end = createWireEnd();
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('close', end.tell);
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
    onClosed: end.onClosed,
    close() {
      socket.close();
      end.tell();
    },
  };
}

/** A wire over the one port that Electron's preload script hands to the page. */
export function createPortWire(port: MessagePort): Wire {
  const end = createWireEnd();
  // Chromium tells the other side's end by this event since 122; the type definitions do not know it yet.
  port.addEventListener('close', end.tell);
  return {
    send: (message) => port.postMessage(message),
    onMessage(listener) {
      const receive = ({ data }: MessageEvent<unknown>): void => listener(data);
      port.addEventListener('message', receive);
      port.start();
      return () => port.removeEventListener('message', receive);
    },
    onClosed: end.onClosed,
    close() {
      port.close();
      end.tell();
    },
  };
}
