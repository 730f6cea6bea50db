/** How the recording of a session stands with the recorders that the policy names for it. */
import type { ProblemInfo } from './contract.ts';
import type { RecorderName } from './contract-uploads.ts';

/** Absent where no recorder is named. Times are Unix milliseconds. */
export type DeliveryState =
  /** A recorder takes it as it grows. */
  | {
      readonly kind: 'live';
      readonly recorder: RecorderName;
      /** Bytes of the recording that the recorder says it has; absent where its protocol does not tell. */
      readonly ackedBytes?: number;
    }
  /** The recorder is there, and takes it whole when the session has ended. */
  | { readonly kind: 'waiting'; readonly recorder: RecorderName }
  /** No recorder has it: it is not on record at any of them since then. */
  | {
      readonly kind: 'owed';
      readonly sinceMs: number;
      /** In the order in which they were tried; the last one may be a recorder that took it up to then. */
      readonly attempts: readonly DeliveryAttempt[];
      /** The session ends then, since the policy does not let it go on without. */
      readonly endsAtMs?: number;
    }
  | {
      readonly kind: 'delivered';
      readonly recorder: RecorderName;
      readonly atMs: number;
      /** Where it can be seen. */
      readonly url?: string;
    };

export interface DeliveryAttempt {
  readonly recorder: RecorderName;
  readonly problem: ProblemInfo;
}
