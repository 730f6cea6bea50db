/** What a page shows of a recording beside playing it. */
import type { TerminalSize } from './contract.ts';

export interface ReplayCalls {
  /**
   * A small picture of a recording's busiest moment, made when it is asked for the first time. Whoever does not want
   * it any more cancels the call.
   */
  'library.thumbnail': { input: { readonly recordingId: string }; output: RecordingThumbnail };
  /** What was on its screen as text, around a line (from 0 on) or a time. */
  'library.transcript': {
    input: {
      readonly recordingId: string;
      readonly at: { readonly line: number } | { readonly timeMicros: number };
    };
    output: TranscriptPage;
  };
  /** Where a text was on its screen: any part of a line, in capitals or not. */
  'library.find': {
    input: { readonly recordingId: string; readonly text: string };
    output: RecordingHits;
  };
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

/** How far a recording's text is known. Of an encrypted one none is kept. */
export type TextReading = 'whole' | 'under-way' | 'encrypted' | 'unreadable';

/** Lines that were on the screen, beside each other. */
export interface TranscriptPage {
  readonly reading: TextReading;
  /** Of the whole recording, as far as it is known. */
  readonly lineCount: number;
  /** The first of these, from 0 on. */
  readonly fromLine: number;
  /** In the order of time. */
  readonly lines: readonly TranscriptLine[];
  /** When the line after these was shown; absent where they are the last. */
  readonly nextMicros?: number;
}

export interface TranscriptLine {
  /** When all of it stood on the screen, since the recording's start. */
  readonly timeMicros: number;
  readonly text: string;
}

export interface RecordingHits {
  readonly reading: TextReading;
  /** In the order of time; the first thousand. */
  readonly hits: readonly RecordingHit[];
  /** There are others behind the last one. */
  readonly hasMore: boolean;
}

/** A line in which it was found; long ones are cut around the place, which is told in UTF-16 units. */
export interface RecordingHit extends TranscriptLine {
  readonly place: { readonly from: number; readonly to: number };
}
