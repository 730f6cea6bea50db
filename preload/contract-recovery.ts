/** Recordings whose writer had died, and what became of them. */
import type { Empty } from './contract.ts';

export interface RecoveryCalls {
  /** Since the app was started. */
  'library.recoveries': { input: Empty; output: readonly RecoveryInfo[] };
}

export interface RecoveryEvents {
  'library.recovered': RecoveryInfo;
}

export interface RecoveryInfo {
  readonly recordingId: string;
  /** `damaged`: lines within it cannot be read; readers show gaps there. */
  readonly kind: 'recovered' | 'damaged';
}
