import type { TerminalSize } from './recording.ts';

/** One event of a cast, any version, with absolute time. */
export type CastEvent =
  | { readonly kind: 'output'; readonly timeMicros: number; readonly text: string }
  | { readonly kind: 'input'; readonly timeMicros: number; readonly text: string }
  | { readonly kind: 'resize'; readonly timeMicros: number; readonly size: TerminalSize }
  | { readonly kind: 'marker'; readonly timeMicros: number; readonly label: string }
  | { readonly kind: 'exit'; readonly timeMicros: number; readonly exitCode: number }
  /** A code that we do not know; kept, not shown. */
  | { readonly kind: 'other'; readonly timeMicros: number; readonly code: string; readonly data: unknown };
