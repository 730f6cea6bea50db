import { createUnreadable } from './tap.ts';
import {
  CLOSE,
  CONTINUATION,
  createFrameReader,
  type FramePiece,
  type FrameStanding,
  unmask,
} from './websocket-frames.ts';

/**
 * Messages of Kubernetes' remote command over WebSocket: the first byte is the channel, once a message and not once a
 * frame (client-go, tools/remotecommand/websocket.go, readDemuxLoop). Text frames are read as binary ones: there are
 * clients that do not tell them apart.
 */
export type MessagePiece =
  | {
      readonly kind: 'data';
      /** Undefined while the message is empty. */
      readonly channel: number | undefined;
      /** Without the channel and the mask. Empty where nobody wants it. */
      readonly bytes: Uint8Array;
      /** Whether a frame that carries a message on begins with it, and with which byte. */
      readonly continuedWith: number | undefined;
      readonly isLast: boolean;
      /** Where it ends in the given bytes. */
      readonly end: number;
    }
  /** The one that sent it sends no more: what comes after is not read. */
  | { readonly kind: 'close' };

export interface MessageReader {
  /** Throws `protocol-error`; after that it is of no use. */
  read(bytes: Uint8Array): Generator<MessagePiece>;
  /** Where a message of ours could stand. */
  readonly isBetweenMessages: boolean;
  standing(): MessageStanding;
}

export interface MessageStanding {
  readonly frame: FrameStanding;
  readonly isInMessage: boolean;
  readonly isClosed: boolean;
}

const NOTHING = new Uint8Array();

/** `wants` a channel whose bytes are to be had: the others are not unmasked. */
export function createMessageReader(wants: (channel: number) => boolean): MessageReader {
  const frames = createFrameReader();
  let message: { channel: number | undefined } | undefined;
  let isClosed = false;

  function openMessage(opcode: number): { channel: number | undefined } {
    if (opcode === CONTINUATION) {
      if (message === undefined) throw createUnreadable('a message goes on that has not begun');
      return message;
    }
    if (message !== undefined) throw createUnreadable('a message begins in another');
    return { channel: undefined };
  }

  function readData(piece: FramePiece): MessagePiece {
    const isFirst = piece.offset === 0;
    const open = isFirst ? openMessage(piece.opcode) : (message ?? { channel: undefined });
    const [byte] = piece.payload;
    const firstByte = byte === undefined ? undefined : byte ^ (piece.mask?.[piece.offset & 3] ?? 0);
    const hasChannel = open.channel === undefined && firstByte !== undefined;
    if (hasChannel) open.channel = firstByte;
    const isLast = piece.isLast && piece.isFinal;
    message = isLast ? undefined : open;
    const isWanted = open.channel !== undefined && wants(open.channel);
    const bytes = isWanted ? unmask(piece).subarray(hasChannel ? 1 : 0) : NOTHING;
    const continuedWith = isFirst && piece.opcode === CONTINUATION ? firstByte : undefined;
    return { kind: 'data', channel: open.channel, bytes, continuedWith, isLast, end: piece.end };
  }

  return {
    *read(bytes) {
      if (isClosed) return;
      for (const piece of frames.read(bytes)) {
        if (piece.opcode < CLOSE) yield readData(piece);
        else if (piece.opcode === CLOSE && piece.isLast) {
          isClosed = true;
          yield { kind: 'close' };
          return;
        }
      }
    },
    get isBetweenMessages() {
      return !isClosed && message === undefined && frames.isBetweenFrames;
    },
    standing: () => ({ frame: frames.standing(), isInMessage: message !== undefined, isClosed }),
  };
}
