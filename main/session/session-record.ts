import type { TerminalSize } from '../base/terminal-size.ts';

/** What a viewer is shown, in order. Times are microseconds since the session went live. */
export type SessionRecord =
  /** Bytes as the pod sent them; a character may be cut between two records. */
  | {
      readonly kind: 'output';
      readonly timeMicros: number;
      readonly bytes: Uint8Array;
      /** Without a terminal there are two streams. */
      readonly isStderr?: boolean;
    }
  | { readonly kind: 'resize'; readonly timeMicros: number; readonly size: TerminalSize }
  | { readonly kind: 'marker'; readonly timeMicros: number; readonly label: string }
  | { readonly kind: 'exit'; readonly timeMicros: number; readonly exitCode: number }
  /** Everything up to now has been sent: what follows is live. */
  | { readonly kind: 'caught-up'; readonly timeMicros: number };

/** What a record counts against limits in bytes. */
export function weighRecord(record: SessionRecord): number {
  return RECORD_OVERHEAD_BYTES + (record.kind === 'output' ? record.bytes.byteLength : 0);
}

const RECORD_OVERHEAD_BYTES = 16;
