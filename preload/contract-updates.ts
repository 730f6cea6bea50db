/** Updates of the app: how they stand, who has decided about them, and what a person can do. */
import type { Empty, ProblemInfo } from './contract.ts';

export interface UpdateCalls {
  'updates.state': { input: Empty; output: UpdatesInfo };
  /** Asks the feed now, and downloads what is new where that happens by itself. What fails is in the answer. */
  'updates.check': { input: Empty; output: UpdatesInfo };
  /** Downloads what is `available`; resolves when it is ready, or with why not. */
  'updates.download': { input: Empty; output: UpdatesInfo };
  /**
   * Ends the app, installs what is `ready` and starts it. Rejects with `update-refused` while a shell of this home is
   * live, wherever it was opened.
   */
  'updates.install': { input: Empty; output: Empty };
}

export interface UpdateEvents {
  'updates.changed': UpdatesInfo;
}

export interface UpdatesInfo {
  /** What runs now. */
  readonly version: string;
  readonly stage: UpdateStage;
  readonly choice: UpdateChoice;
  /** Shells of this app that would have to end first. */
  readonly liveShells: number;
}

export interface UpdateChoice {
  readonly channel: 'stable' | 'beta';
  readonly check: 'automatic' | 'by-hand' | 'off';
  /** Who decided, where it was not the user. */
  readonly channelBy?: UpdateDecider;
  readonly checkBy?: UpdateDecider;
}

/** A file of the policy; a locked one is the administrator's. */
export interface UpdateDecider {
  readonly file: string;
  readonly isLocked: boolean;
}

export type UpdateStage =
  /** This installation does not update itself. */
  | { readonly kind: 'elsewhere'; readonly why: NoUpdatesReason }
  /** Switched off by the policy; with a problem: it cannot be followed. */
  | { readonly kind: 'off'; readonly problem?: ProblemInfo }
  /** Unix milliseconds of the last answer, where one came. */
  | { readonly kind: 'idle'; readonly checkedAtMs?: number }
  | { readonly kind: 'checking' }
  | { readonly kind: 'available'; readonly version: string }
  /** 0 to 100. */
  | { readonly kind: 'downloading'; readonly version: string; readonly percent: number }
  /** Downloaded and found to be what the feed promised. `atQuit`: installed when the app ends. */
  | { readonly kind: 'ready'; readonly version: string; readonly atQuit: boolean }
  | { readonly kind: 'installing'; readonly version: string }
  | {
      readonly kind: 'failed';
      readonly during: 'check' | 'download' | 'install';
      readonly problem: ProblemInfo;
    };

/**
 * `browser`: served to a browser. `source`: started from its source. `package-manager`: the system's packages bring
 * updates. `unpacked`: an archive that somebody unpacked. `no-feed`: built without a place to get updates from.
 */
export type NoUpdatesReason = 'browser' | 'source' | 'package-manager' | 'unpacked' | 'no-feed';
