import { createResizeReader } from './resize-reader.ts';
import {
  completeSpdyFrame,
  createSpdyReader,
  formatData,
  HEADERS,
  RST_STREAM,
  type SpdyPiece,
  SYN_REPLY,
  SYN_STREAM,
} from './spdy-frames.ts';
import { createHeaderReader } from './spdy-headers.ts';
import {
  type CommandStream,
  createCommandStreams,
  type OutputStream,
  type StreamType,
} from './spdy-streams.ts';
import { createStatusText } from './status-text.ts';
import { createUnreadable, type Farewell, type Tap, type TapEvent, type TapOptions } from './tap.ts';
import { createTapReading } from './tap-reading.ts';

/**
 * What a server may have agreed to: kubectl offers v5 here, too, from 1.30 on, and reads it as v4. It offers others behind
 * them, which say nothing of a command that went well (apimachinery, util/remotecommand/constants.go).
 */
export const READABLE_PROTOCOL_VERSIONS: readonly string[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** In the order in which a server ends them. */
const OUTPUTS: readonly StreamType[] = ['stdout', 'stderr', 'error'];

/** In a SYN_STREAM, between the stream's number and its headers: the stream it belongs to, priority, slot. */
const BEFORE_HEADERS_BYTES = 6;

/**
 * A tap on exec or attach over SPDY/3.1, in one of `READABLE_PROTOCOL_VERSIONS`. Only its client opens streams, and names
 * them; a server's headers say nothing that is read here, so that they are not unpacked.
 */
export function createSpdyTap({ hasTty, readsInput }: TapOptions): Tap {
  const server = createSpdyReader();
  const client = createSpdyReader();
  const clientHeaders = createHeaderReader();
  const streams = createCommandStreams();
  const sizes = createResizeReader();
  const status = createStatusText();
  let isInputEnded = false;
  let isOver = false;

  function endOutput(stream: CommandStream | undefined, events: TapEvent[]): void {
    if (stream === undefined) return;
    stream.isEnded = true;
    if (stream.type !== 'error') return;
    isOver = true;
    events.push(...status.end());
  }

  function endInput(stream: CommandStream | undefined, events: TapEvent[]): void {
    if (stream?.type !== 'stdin' || isInputEnded) return;
    isInputEnded = true;
    events.push({ kind: 'input-ended' });
  }

  function readServerPiece(piece: SpdyPiece, events: TapEvent[]): void {
    const stream = streams.get(piece.streamId);
    if (piece.kind === 'control') {
      if (piece.type === SYN_STREAM) throw createUnreadable('a stream that the server opens');
      if (piece.type === SYN_REPLY && stream !== undefined) stream.isReplied = true;
      if (piece.type === RST_STREAM) endOutput(stream, events);
    } else if (stream?.type === 'error') status.add(piece.bytes);
    else if ((stream?.type === 'stdout' || stream?.type === 'stderr') && piece.bytes.byteLength > 0) {
      events.push({ kind: 'output', bytes: piece.bytes, isStderr: stream.type === 'stderr' });
    }
    if (piece.isFin) endOutput(stream, events);
  }

  function readClientPiece(piece: SpdyPiece, events: TapEvent[]): void {
    const stream = piece.kind === 'control' ? readClientControl(piece) : streams.get(piece.streamId);
    if (piece.kind === 'data' && stream?.type === 'stdin' && readsInput && piece.bytes.byteLength > 0) {
      events.push({ kind: 'input', bytes: piece.bytes });
    }
    if (piece.kind === 'data' && stream?.type === 'resize') {
      for (const size of sizes.read(piece.bytes)) events.push({ kind: 'resize', size });
    }
    if (piece.isFin || (piece.kind === 'control' && piece.type === RST_STREAM)) endInput(stream, events);
  }

  function readClientControl({
    type,
    streamId,
    body,
  }: SpdyPiece & { kind: 'control' }): CommandStream | undefined {
    if (type === SYN_STREAM) {
      return streams.open(streamId, clientHeaders.read(body.subarray(BEFORE_HEADERS_BYTES)));
    }
    // All header blocks of a direction are one stream of zlib: none may be left out.
    if (type === HEADERS || type === SYN_REPLY) clientHeaders.read(body);
    const stream = streams.get(streamId);
    if (type === RST_STREAM && stream !== undefined) stream.isEnded = true;
    return stream;
  }

  const reading = createTapReading({
    server: {
      read: server.read,
      get gap() {
        return server.gap;
      },
      standing: () => ({ frame: server.standing(), outputs: streams.writable() }),
    },
    client,
    readServerPiece,
    readClientPiece,
  });

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
      return findShown(streams.writable(), hasTty) === undefined ? undefined : reading.gap;
    },
    say: (text) => formatWords(text, streams.writable(), hasTty),
    farewell({ text, status: words, isLastPassed }: Farewell) {
      const standing = reading.standing(isLastPassed);
      if (standing === undefined) return new Uint8Array();
      const rest = completeSpdyFrame(standing.frame);
      if (rest === undefined) return new Uint8Array();
      const outputs = standing.outputs.filter(({ id }) => id !== rest.endedStreamId);
      const ends = OUTPUTS.flatMap((wanted) => outputs.filter(({ type }) => type === wanted)).map(
        ({ id, type }) => formatData(id, Buffer.from(type === 'error' ? words : ''), { isFin: true }),
      );
      return Buffer.concat([rest.bytes, formatWords(text, outputs, hasTty), ...ends]);
    },
  };
}

/** Where the client shows words, if it has agreed with the server on such a stream. */
function findShown(outputs: readonly OutputStream[], hasTty: boolean): OutputStream | undefined {
  return outputs.find(({ type }) => type === (hasTty ? 'stdout' : 'stderr'));
}

function formatWords(text: string, outputs: readonly OutputStream[], hasTty: boolean): Uint8Array {
  const shown = findShown(outputs, hasTty);
  if (shown === undefined || text === '') return new Uint8Array();
  return formatData(shown.id, Buffer.from(text), { isFin: false });
}
