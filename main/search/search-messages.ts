/** What the search worker and the one who runs it say to each other. */
import type { TextAnswer, TextQuery } from './find-text.ts';
import type { ReadingJob, ReadingPace } from './text-reader.ts';
import type { PageQuery, TranscriptPage } from './transcript-page.ts';

export interface SearchWorkerData {
  readonly storePath: string;
  readonly pace: ReadingPace;
}

/** A job by a number, so that an answer to an older one is known as such. */
export interface NumberedJob extends ReadingJob {
  readonly jobId: number;
}

export type ToSearchWorker =
  /** All recordings that there are, the one to be read first in front; what others have left is removed. */
  | { readonly kind: 'sync'; readonly jobs: readonly NumberedJob[] }
  /** A recording is new, or has grown or ended. */
  | { readonly kind: 'read'; readonly job: NumberedJob }
  | { readonly kind: 'remove'; readonly recordingId: string }
  | { readonly kind: 'find'; readonly questionId: number; readonly query: TextQuery }
  | { readonly kind: 'page'; readonly questionId: number; readonly query: PageQuery }
  /** Nobody waits for the answer any more. */
  | { readonly kind: 'cancel'; readonly questionId: number }
  /** Somebody waits for something else. */
  | { readonly kind: 'give-way' }
  | { readonly kind: 'end' };

export type FromSearchWorker =
  | { readonly kind: 'found'; readonly questionId: number; readonly answer: TextAnswer }
  | { readonly kind: 'paged'; readonly questionId: number; readonly answer: TranscriptPage }
  | { readonly kind: 'failed'; readonly questionId: number; readonly reason: string }
  /** Is reading this one now. */
  | { readonly kind: 'reading'; readonly jobId: number; readonly recordingId: string }
  /** Has read it, as far as it goes; with a reason where that was not possible. */
  | { readonly kind: 'read'; readonly jobId: number; readonly recordingId: string; readonly problem?: string }
  | { readonly kind: 'warning'; readonly message: string; readonly error: string };
