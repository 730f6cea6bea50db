/** What a page shows of a recording beside playing it. */
import type { TerminalSize } from './contract.ts';

export interface ReplayCalls {
  /**
   * A small picture of a recording's busiest moment, made when it is asked for the first time. Whoever does not want
   * it any more cancels the call.
   */
  'library.thumbnail': { input: { readonly recordingId: string }; output: RecordingThumbnail };
}

export type RecordingThumbnail =
  | ({ readonly kind: 'screen' } & ThumbnailScreen)
  /** Nothing was ever shown, it is encrypted for others, or it cannot be read. */
  | { readonly kind: 'none'; readonly why: 'empty' | 'locked' | 'unreadable' };

export interface ThumbnailScreen {
  /** Of the moment, since the recording's start. */
  readonly timeMicros: number;
  /** Of what is drawn: of a larger screen its left and lower part. */
  readonly size: TerminalSize;
  /** From the top; what is blank at their ends and below is left out. Bounded as a whole. */
  readonly rows: readonly (readonly ThumbnailRun[])[];
}

/** Characters of the same looks and width beside each other. */
export interface ThumbnailRun {
  /** Of its first cell, from 0 on. */
  readonly column: number;
  /** Cells that it takes. */
  readonly cols: number;
  readonly text: string;
  /** Absent: the theme's text. */
  readonly fg?: ThumbnailColour;
  /** Absent: the theme's ground. */
  readonly bg?: ThumbnailColour;
}

/** One of the palette's 256, one of the theme's two (where a program has swapped them), or any. */
export type ThumbnailColour = number | 'text' | 'ground' | `#${string}`;
