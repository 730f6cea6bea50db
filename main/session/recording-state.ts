import type { AppError } from '../base/errors.ts';
import type { WatchedDelivery } from './delivery-watch.ts';

/** How a session's record stands. */
export type RecordingState =
  | { readonly kind: 'none' }
  /** The policy has it so: nothing is recorded. */
  | { readonly kind: 'off'; readonly reason: string }
  | {
      readonly kind: 'recording';
      readonly recordingId: string;
      readonly startedAtMs: number;
      readonly bytes: number;
      /** Bytes of output that are missing in it; their places are marked. */
      readonly lostBytes: number;
      /** Why the disk takes nothing now; it is tried again. */
      readonly trouble?: AppError;
      /** What is typed is recorded too, as far as the shell echoes it. */
      readonly inputOn?: true;
      /** Since when nothing is recorded, as the user has it; Unix milliseconds. */
      readonly pausedAtMs?: number;
      /** Absent where the policy names no recorder. */
      readonly delivery?: WatchedDelivery;
    }
  | {
      readonly kind: 'stored';
      readonly recordingId: string;
      readonly bytes: number;
      readonly lostBytes: number;
      readonly delivery?: WatchedDelivery;
    }
  | {
      readonly kind: 'failed';
      readonly recordingId?: string;
      readonly error: AppError;
      readonly delivery?: WatchedDelivery;
    };
