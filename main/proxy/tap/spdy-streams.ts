import type { Headers } from './spdy-headers.ts';
import { createUnreadable } from './tap.ts';

export type StreamType = 'error' | 'stdin' | 'stdout' | 'stderr' | 'resize' | 'unknown';
const TYPES: ReadonlySet<string> = new Set<StreamType>(['error', 'stdin', 'stdout', 'stderr', 'resize']);

/** One stream of a command, by what its client has named it. */
export interface CommandStream {
  readonly id: number;
  readonly type: StreamType;
  /** The server has agreed to it: before that its client drops what comes. */
  isReplied: boolean;
  /** The server sends nothing more on it, or may not. */
  isEnded: boolean;
}

export type OutputStream = Pick<CommandStream, 'id' | 'type'>;

export interface CommandStreams {
  /** Throws `protocol-error` for a stream that there is already. */
  open(id: number, headers: Headers): CommandStream;
  /** Undefined for a stream that nobody has opened: its receiver drops what comes. */
  get(id: number): CommandStream | undefined;
  /** Those that a server may send on now. */
  writable(): readonly OutputStream[];
}

/** Names as the framer of both ends writes them, in small letters (moby/spdystream, spdy/write.go). */
const STREAM_TYPE_HEADER = 'streamtype';

export function createCommandStreams(): CommandStreams {
  const streams = new Map<number, CommandStream>();

  return {
    open(id, headers) {
      if (streams.has(id)) throw createUnreadable('a SPDY stream that is opened twice');
      const stream = {
        id,
        type: parseType(headers.get(STREAM_TYPE_HEADER)),
        isReplied: false,
        isEnded: false,
      };
      streams.set(id, stream);
      return stream;
    },
    get: (id) => streams.get(id),
    writable: () =>
      [...streams.values()].flatMap(({ id, type, isReplied, isEnded }) =>
        isReplied && !isEnded ? [{ id, type }] : [],
      ),
  };
}

function parseType(value: string | undefined): StreamType {
  return isStreamType(value) ? value : 'unknown';
}

function isStreamType(value: string | undefined): value is StreamType {
  return value !== undefined && TYPES.has(value);
}
