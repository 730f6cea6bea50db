import type { AppError } from '../../base/errors.ts';
import { createResizeReader } from './resize-reader.ts';
import { createStatusText } from './status-text.ts';
import { createUnreadable, type Farewell, type Tap, type TapEvent, type TapOptions } from './tap.ts';
import { createTapReading } from './tap-reading.ts';
import { BINARY, CLOSE, CONTINUATION, completeFrame, formatFrame } from './websocket-frames.ts';
import { createMessageReader, type MessagePiece, type MessageStanding } from './websocket-messages.ts';

const PROTOCOL_V5 = 'v5.channel.k8s.io';
/**
 * What a server may have agreed to. `channel.k8s.io` says nothing of a command that went well, `base64.channel.k8s.io` and
 * its kin carry text; no kubectl asks for any of them.
 */
export const READABLE_SUBPROTOCOLS: readonly string[] = [PROTOCOL_V5, 'v4.channel.k8s.io'];

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const RESIZE = 4;
const CHANNEL_CLOSE = 255;

const NORMAL_CLOSURE: Uint8Array = new Uint8Array([1000 >> 8, 1000 & 0xff]);

export interface WebSocketTapOptions extends TapOptions {
  /** What the server agreed to: one of `READABLE_SUBPROTOCOLS`. */
  readonly subprotocol: string;
}

export function createWebSocketTap({ subprotocol, hasTty, readsInput }: WebSocketTapOptions): Tap {
  const server = createMessageReader(isServerChannel);
  const client = createMessageReader(
    (channel) => readsInput || channel === RESIZE || channel === CHANNEL_CLOSE,
  );
  const sizes = createResizeReader();
  const status = createStatusText();
  let isOver = false;

  function readServerPiece(piece: MessagePiece, events: TapEvent[]): void {
    if (piece.kind === 'close') {
      isOver = true;
      events.push(...status.end());
      return;
    }
    const { channel, bytes } = piece;
    if (channel === STATUS) status.add(bytes);
    else if (bytes.byteLength > 0) events.push({ kind: 'output', bytes, isStderr: channel === STDERR });
  }

  function readClientPiece(piece: MessagePiece, events: TapEvent[]): void {
    if (piece.kind === 'close') return;
    const { channel, bytes, continuedWith } = piece;
    if (readsInput && channel !== STDIN && continuedWith === STDIN) throw createHiddenInput();
    if (channel === STDIN && bytes.byteLength > 0) events.push({ kind: 'input', bytes });
    if (channel === RESIZE) {
      for (const size of sizes.read(bytes)) events.push({ kind: 'resize', size });
    }
    if (channel === CHANNEL_CLOSE && subprotocol === PROTOCOL_V5 && bytes[0] === STDIN) {
      events.push({ kind: 'input-ended' });
    }
  }

  const reading = createTapReading({ server, client, readServerPiece, readClientPiece });

  return {
    fromServer: reading.fromServer,
    fromClient: reading.fromClient,
    ended: () => status.end(),
    get problem() {
      return reading.problem;
    },
    get isOver() {
      return isOver;
    },
    get gap() {
      return reading.gap;
    },
    say: (text) => formatWords(text, hasTty),
    farewell({ text, status: words, isLastPassed }: Farewell) {
      const standing = reading.standing(isLastPassed);
      const rest = standing && completeMessage(standing);
      if (rest === undefined) return new Uint8Array();
      return Buffer.concat([
        rest,
        formatWords(text, hasTty),
        formatMessage(STATUS, words),
        formatFrame(CLOSE, NORMAL_CLOSURE),
      ]);
    },
  };
}

function isServerChannel(channel: number): boolean {
  return channel === STDOUT || channel === STDERR || channel === STATUS;
}

/**
 * The servers of Kubernetes take each frame for a message (golang.org/x/net/websocket), RFC 6455 does not. What is typed
 * by one reading only would be missing from the recording by the other.
 */
function createHiddenInput(): AppError {
  return createUnreadable('a message in parts may or may not be typed input');
}

function formatWords(text: string, hasTty: boolean): Uint8Array {
  return text === '' ? new Uint8Array() : formatMessage(hasTty ? STDOUT : STDERR, text);
}

function formatMessage(channel: number, text: string): Uint8Array {
  return formatFrame(BINARY, Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
}

/** What is missing of the message that a client stands in. Undefined where nothing can follow. */
function completeMessage({ frame, isInMessage, isClosed }: MessageStanding): Uint8Array | undefined {
  if (isClosed) return undefined;
  const rest = completeFrame(frame, STDOUT);
  if (rest === undefined) return undefined;
  const isOpen = rest.isFinal === undefined ? isInMessage : !rest.isFinal;
  return isOpen ? Buffer.concat([rest.bytes, formatFrame(CONTINUATION, new Uint8Array())]) : rest.bytes;
}
