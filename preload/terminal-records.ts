/**
 * What a terminal is shown, as bytes in order: used by the streams `sessions.view` and `library.play`.
 * A record: kind (1 byte), time in microseconds since the session's start (8 bytes, big-endian double),
 * payload length (4 bytes, big-endian), payload.
 */
import type { TerminalSize } from './contract.ts';

export type TerminalRecord =
  /** Bytes as the pod sent them; a character may be cut between two records. */
  | { readonly kind: 'output'; readonly timeMicros: number; readonly bytes: Uint8Array }
  | { readonly kind: 'resize'; readonly timeMicros: number; readonly size: TerminalSize }
  | { readonly kind: 'marker'; readonly timeMicros: number; readonly label: string }
  /** The last one of a session that exited. */
  | { readonly kind: 'exit'; readonly timeMicros: number; readonly exitCode: number }
  /** All that was recorded up to now has been sent: what follows is live. */
  | { readonly kind: 'caught-up'; readonly timeMicros: number };
