/** What the recorder takes at most. */
export interface RecorderLimits {
  /** Recordings that come in at the same time. */
  readonly deliveries: number;
  /** Bytes of one recording. */
  readonly recordingBytes: number;
  /** Bytes of one event. */
  readonly eventBytes: number;
  /** Bytes of a recording's first line. */
  readonly castHeaderBytes: number;
  /** A delivery of which no byte comes for so long is ended. */
  readonly idleMs: number;
  /** A connection without a request under way is closed after it. */
  readonly quietConnectionMs: number;
  /** How often what came is synced, and acks are told while there is news. */
  readonly tickMs: number;
  /** An ack at least so often: clients take 30 s without one for the end. */
  readonly heartbeatMs: number;
  /** How long the end waits for clients to take their last words. */
  readonly farewellMs: number;
}

const MIB = 1024 * 1024;
const HOUR_MS = 60 * 60 * 1_000;

export const DEFAULT_LIMITS: RecorderLimits = {
  deliveries: 64,
  // Two days of a screen that is drawn anew each second; far below the 48 GiB that S3 takes in parts of 5 MiB.
  recordingBytes: 16 * 1024 * MIB,
  eventBytes: 2 * MIB,
  castHeaderBytes: 64 * 1024,
  idleMs: 24 * HOUR_MS,
  quietConnectionMs: 30_000,
  tickMs: 1_000,
  heartbeatMs: 5_000,
  farewellMs: 5_000,
};

/** Bytes of a request's headers together. */
export const MAX_HEAD_BYTES: number = 16 * 1024;
/** Each holds a file descriptor. */
export const MAX_CONNECTIONS: number = 512;
/** A stream's bytes under way before the store has taken them; the rest waits at the client. */
export const STREAM_WINDOW_BYTES: number = 256 * 1024;
