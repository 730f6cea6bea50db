/** What is said about recordings, and which of them are let go. */
import type { Empty } from './contract.ts';

export interface RetentionCalls {
  /** Changes the user's words about recordings. Rejects at the first one that cannot be changed. */
  'library.annotate': {
    input: { readonly recordingIds: readonly string[]; readonly change: AnnotationChange };
    output: Empty;
  };
  'library.storage': { input: Empty; output: StorageUse };
  /** By these rules, else by those of the settings. A dry run tells what would go, and deletes nothing. */
  'library.prune': {
    input: { readonly isDryRun: boolean; readonly rules?: RetentionRules };
    output: PruneReport;
  };
}

export interface AnnotationChange {
  /** Each one word; those that it has already are passed over. */
  readonly addTags?: readonly string[];
  readonly removeTags?: readonly string[];
  /** In place of the one that there was; empty for none. */
  readonly comment?: string;
  /** It is kept, whatever the rules of retention say. */
  readonly isPinned?: boolean;
}

/** What lets recordings go by itself. */
export interface RetentionRules {
  /** Since it was last written to, at most 36,500; 0 for any age. */
  readonly days: number;
  /** Of all recordings with all that stands beside them; 0 for any. */
  readonly quotaBytes: number;
}

export interface StorageUse {
  readonly recordings: number;
  /** With all that stands beside their casts. */
  readonly recordingBytes: number;
  /** What was made of them and can be made again. */
  readonly cacheBytes: number;
  /** Of the disk. */
  readonly freeBytes: number;
  /** Absent where there is none. */
  readonly quotaBytes?: number;
}

export type RetentionRule = 'age' | 'quota';

/** What went, or would go, by which rules. */
export interface PruneReport {
  readonly rules: RetentionRules;
  /** The oldest first. */
  readonly drops: readonly {
    readonly recordingId: string;
    readonly rule: RetentionRule;
    readonly totalBytes: number;
  }[];
  readonly freedBytes: number;
  /**
   * What stays though a rule names it. `unfinished`: its writer may be alive on another machine; `unknown`: its tags,
   * comment and pin cannot be read.
   */
  readonly kept: readonly {
    readonly recordingId: string;
    readonly rule: RetentionRule;
    readonly protection: 'live' | 'unfinished' | 'pinned' | 'owed' | 'unreadable' | 'unknown' | 'policy';
  }[];
  /** What was to go and could not, and why. */
  readonly failures: readonly { readonly recordingId: string; readonly message: string }[];
  /** By which the quota is exceeded nevertheless. */
  readonly excessBytes: number;
}
