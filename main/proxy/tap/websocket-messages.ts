import { createUnreadable } from './tap.ts';
import type { SideReader } from './tap-reading.ts';
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
    }
  /** The one that sent it sends no more: what comes after is not read. */
  | { readonly kind: 'close' };

export interface MessageStanding {
  readonly frame: FrameStanding;
  readonly isInMessage: boolean;
  readonly isClosed: boolean;
}

const NOTHING = new Uint8Array();

/** `wants` a channel whose bytes are to be had: the others are not unmasked. */
export function createMessageReader(
  wants: (channel: number) => boolean,
): SideReader<MessagePiece, MessageStanding> {
  const frames = createFrameReader();
  let message: { channel: number | undefined } | undefined;
  let isClosed = false;
  let gap: number | undefined;

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
    if (isLast) gap = piece.end;
    return { kind: 'data', channel: open.channel, bytes, continuedWith };
  }

  return {
    *read(bytes) {
      gap = !isClosed && message === undefined && frames.isBetweenFrames ? 0 : undefined;
      if (isClosed) return;
      for (const piece of frames.read(bytes)) {
        if (piece.opcode < CLOSE) yield readData(piece);
        else if (piece.opcode === CLOSE && piece.isLast) {
          isClosed = true;
          gap = undefined;
          yield { kind: 'close' };
          return;
        }
      }
    },
    get gap() {
      return gap;
    },
    standing: () => ({ frame: frames.standing(), isInMessage: message !== undefined, isClosed }),
  };
}
