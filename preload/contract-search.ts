/** Recordings found by what was on their screens. */

export interface SearchQuestion {
  /** Any part of a line, in capitals or not. */
  readonly text: string;
  /** Only recordings in what is known of which all of these words stand. */
  readonly words: readonly string[];
  /** Only recordings that this query names, as the library's filter has it: `context:prod exit:failed`. */
  readonly filter?: string;
  /** Goes on behind this recording. */
  readonly afterId?: string;
}

export interface SearchAnswer {
  /** Newest first. */
  readonly recordings: readonly FoundRecording[];
  /** There are others behind the last one. */
  readonly hasMore: boolean;
  /** Recordings that were not searched, and why: encrypted, still to be read, or not readable. */
  readonly unsearched: {
    readonly encrypted: number;
    readonly waiting: number;
    readonly unreadable: number;
  };
}

export interface FoundRecording {
  readonly recordingId: string;
  /** The first ones by time. */
  readonly lines: readonly FoundLine[];
  /** All in this recording, up to a thousand. */
  readonly lineCount: number;
}

export interface FoundLine {
  /** When all of it stood on the screen, since the recording's start. */
  readonly timeMicros: number;
  /** Long ones are cut around the place. */
  readonly text: string;
  /** Where it was found, in UTF-16 units. */
  readonly place: { readonly from: number; readonly to: number };
  /** The lines around it; absent at the ends. */
  readonly before?: string;
  readonly after?: string;
}
