import { decodeFrame, encodeFrame, type Frame } from '../../preload/frame-codec.ts';
import type { Wire } from '../../preload/wire.ts';

/** A wire whose other end the test plays by hand, at once and without copies. */
export interface HandWire {
  readonly wire: Wire;
  readonly sent: readonly Frame[];
  /** How often it was closed, and how much was sent afterwards. */
  readonly closings: number;
  readonly sentAfterClosing: number;
  /** The other side sends a frame, or a message as it is. */
  hear(message: Frame): void;
  hearRaw(message: unknown): void;
}

export function createHandWire(): HandWire {
  const sent: Frame[] = [];
  let listener: (message: unknown) => void = () => {};
  let closings = 0;
  let sentAfterClosing = 0;
  return {
    wire: {
      send(message) {
        if (closings > 0) sentAfterClosing += 1;
        sent.push(decodeFrame(message));
      },
      onMessage(next) {
        listener = next;
        return () => {};
      },
      onClosed: () => () => {},
      close() {
        closings += 1;
      },
    },
    sent,
    get closings() {
      return closings;
    },
    get sentAfterClosing() {
      return sentAfterClosing;
    },
    hear: (message) => listener(encodeFrame(message)),
    hearRaw: (message) => listener(message),
  };
}
