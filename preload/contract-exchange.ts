/** Recordings that are handed on in other forms, and taken in. */

/** `cast` and `cast3`: asciicast v2 and v3; `html` plays by itself; `svg` is the screen at the end of the range. */
export type ExportFormat = 'cast' | 'cast3' | 'text' | 'html' | 'svg' | 'gif';

/** How a recording becomes an animation. */
export interface GifOptions {
  /** 2 is twice as fast. */
  readonly speed: number;
  /** Longer pauses are cut to this. */
  readonly idleLimitSeconds: number;
  /** Pixels. */
  readonly fontSize: number;
  /** Ends after as many pictures: for a preview. */
  readonly mostFrames?: number;
}

export interface ExportRequest {
  readonly recordingId: string;
  readonly format: ExportFormat;
  /** Times of the recording. */
  readonly fromMicros: number;
  /** Absent: its end. */
  readonly toMicros?: number;
  readonly isMasked: boolean;
  /** For `gif`; absent: as usual. */
  readonly gif?: GifOptions;
}

/** What masking would do to an export. */
export interface ExportReview {
  readonly maskedSpans: number;
  readonly maskedRules: readonly { readonly rule: string; readonly name: string; readonly spans: number }[];
  /** The first thousand, by the recording's time. */
  readonly maskedPlaces: readonly { readonly rule: string; readonly timeMicros: number }[];
  /** Events of typed input that are left out. */
  readonly leftOutInputs: number;
  /** Damaged lines, each with a marker in its place. */
  readonly gaps: number;
}
