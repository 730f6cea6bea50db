/** What is owed to recorders, and how it stands. */
import type { Empty, ProblemInfo } from './contract.ts';

export interface UploadCalls {
  'uploads.list': { input: Empty; output: UploadList };
  /** Of one recording. */
  'uploads.get': { input: { readonly recordingId: string }; output: UploadState };
  /** Tries them now; all that are owed where none is named. Rejects with `not-found` where one is not owed. */
  'uploads.retry': { input: { readonly recordingIds?: readonly string[] }; output: Empty };
  /** They are owed no longer, though no recorder has them. The recordings stay. */
  'uploads.drop': { input: { readonly recordingIds: readonly string[] }; output: Empty };
  /** Sends a tiny recording that says that it is a test. A recorder that fails is an answer, no rejection. */
  'uploads.test': { input: { readonly recorder: RecorderChoice }; output: UploadTrial };
}

export interface UploadEvents {
  /** Also while one is on its way, about once a second. */
  'uploads.changed': UploadChange;
}

/** One that the policy names, by its name or address, or any other of that kind. */
export interface RecorderChoice {
  readonly nameOrUrl: string;
  readonly kind?: RecorderName['kind'];
}

export interface RecorderName {
  readonly kind: 'tsrecorder' | 'asciinema' | 'alis';
  readonly url: string;
  readonly name?: string;
}

export interface UploadList {
  /** The longest owed first. */
  readonly jobs: readonly UploadJobInfo[];
  /** Owed too; what was known of it cannot be read, and was moved aside. A retry begins anew. */
  readonly unreadable: readonly {
    readonly recordingId: string;
    readonly path: string;
    readonly reason: string;
  }[];
}

export interface UploadJobInfo {
  readonly recordingId: string;
  /** Unix milliseconds; so are all times here. */
  readonly owedSinceMs: number;
  readonly recorders: readonly RecorderName[];
  readonly state: /** It is being made, and delivered meanwhile or after its end by who makes it. */
    | { readonly kind: 'recording' }
    | {
        readonly kind: 'delivering';
        readonly recorder: RecorderName;
        readonly sentBytes: number;
        readonly totalBytes: number;
      }
    /** Tried again by itself. */
    | { readonly kind: 'waiting'; readonly nextTryAtMs: number }
    /** Somebody has to change something: a token, an address, the policy. A change of the policy or a retry tries again. */
    | { readonly kind: 'stopped' };
  /** Tries in a row that came to nothing. */
  readonly failures: number;
  /** What each recorder said at the last try. */
  readonly answers: readonly UploadAnswer[];
  /** Addresses that may have some or all of it: what is delivered next says that it is a second delivery. */
  readonly mayHaveArrivedAt: readonly string[];
}

export interface UploadAnswer extends ProblemInfo {
  /** Absent where it never got to one. */
  readonly recorder?: RecorderName;
  readonly atMs: number;
}

export type UploadState =
  | { readonly kind: 'none' }
  | { readonly kind: 'owed'; readonly job: UploadJobInfo }
  /** Owed, and what was known of it cannot be read. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  | {
      readonly kind: 'delivered';
      readonly recorder: RecorderName;
      readonly atMs: number;
      readonly bytes: number;
      /** Where it can be seen. */
      readonly url?: string;
      /** The recorder's own words. */
      readonly message?: string;
      /** It was labelled as a second delivery. */
      readonly isRepeated?: true;
    };

export interface UploadTrial {
  readonly recorder: RecorderName;
  /** In their order, up to the first one that failed. */
  readonly steps: readonly UploadTrialStep[];
  /** Absent where a step failed. */
  readonly receipt?: {
    readonly recordingId: string;
    readonly bytes: number;
    readonly url?: string;
    readonly message?: string;
  };
}

export interface UploadTrialStep {
  readonly step: 'check' | 'open' | 'send' | 'confirm';
  readonly elapsedMs: number;
  /** Absent where it went well. */
  readonly problem?: ProblemInfo;
}

/** What is owed of a recording is different, or no longer owed. */
export type UploadChange =
  | { readonly kind: 'put'; readonly job: UploadJobInfo }
  | { readonly kind: 'removed'; readonly recordingId: string };
