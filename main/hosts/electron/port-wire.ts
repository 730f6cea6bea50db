import type { Wire } from '../../../preload/wire.ts';
import { createWireEnd } from '../../../preload/wire-end.ts';

/** The part of Electron's MessagePortMain that a wire needs; node:worker_threads' ports differ in the event only. */
export interface MainPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  off(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  start(): void;
  close(): void;
}

/** A page behind a MessagePort. Bytes are cloned, never transferred: a transfer to or from main loses them. */
export function createPortWire(port: MainPort): Wire {
  const end = createWireEnd();
  port.on('close', end.tell);
  return {
    send(message) {
      if (!end.hasCome) port.postMessage(message);
    },
    onMessage(listener) {
      const receive = ({ data }: { readonly data: unknown }): void => listener(data);
      port.on('message', receive);
      port.start();
      return () => port.off('message', receive);
    },
    onClosed: end.onClosed,
    close() {
      port.close();
      end.tell();
    },
  };
}
