/** Records of sessions: of one that may be live, and of those at rest. */
import type { ProblemInfo, TerminalSize } from './contract.ts';
import type { DeliveryState } from './contract-delivery.ts';

export type RecordingState =
  | { readonly kind: 'none' }
  /** The policy has it so: nothing is recorded. */
  | { readonly kind: 'off'; readonly reason: string }
  | {
      readonly kind: 'recording';
      readonly recordingId: string;
      readonly startedAtMs: number;
      readonly bytes: number;
      /** Bytes of output that are missing in it, because the disk did not take them; their places are marked. */
      readonly lostBytes: number;
      /** Why the disk takes nothing now; it is tried again. */
      readonly trouble?: ProblemInfo;
      /** What is typed is recorded too, as far as the shell echoes it. */
      readonly inputOn?: true;
      /** Since when nothing is recorded, as the user has it; Unix milliseconds. */
      readonly pausedAtMs?: number;
      readonly delivery?: DeliveryState;
    }
  | {
      readonly kind: 'stored';
      readonly recordingId: string;
      readonly bytes: number;
      readonly lostBytes: number;
      readonly delivery?: DeliveryState;
    }
  | {
      readonly kind: 'failed';
      readonly recordingId?: string;
      readonly problem: ProblemInfo;
      readonly delivery?: DeliveryState;
    };

/** Whether a recording is what was recorded; `intact` alone is all well. */
export interface RecordingVerification {
  readonly recordingId: string;
  readonly verdict: 'intact' | 'recovered' | 'live' | 'damaged' | 'altered' | 'foreign' | 'unsealed';
  readonly reason: string;
  /** The first block that is not what was written. */
  readonly badBlock?: { readonly index: number; readonly fromByte: number; readonly toByte: number };
  readonly keyId?: string;
  /** Unix milliseconds. */
  readonly signedAtMs?: number;
}

/** What was known of a session; whatever was not is absent. */
export interface RecordingFacts {
  /** As the kubeconfig calls it, and its address without a login. */
  readonly cluster?: { readonly name: string; readonly server: string };
  readonly podUid?: string;
  /** As the pod's specification names it. */
  readonly image?: string;
  /** What really ran, by digest where the runtime knows it. */
  readonly imageId?: string;
  /** Where the pod ran. */
  readonly node?: string;
  /** Whom the API server took us for. */
  readonly user?: string;
  /** Of the Kubereel that recorded it. */
  readonly appVersion?: string;
  readonly sessionId?: string;
  /** Whether the command had a terminal there. */
  readonly hasTty?: boolean;
  /** What was made for it to run in: a debug container, which looks at `target`, or a pod for a shell of its node. */
  readonly origin?: { readonly kind: 'debug'; readonly target: string } | { readonly kind: 'node' };
  /** It was not recorded here but taken in from a file: all else is what that file says. */
  readonly imported?: {
    readonly fileName: string;
    readonly format: string;
    /** Of the file, in hex. */
    readonly sha256?: string;
    readonly title?: string;
  };
  /** Why it was opened, in the user's words. */
  readonly reason?: string;
  /** Its terminal was in another program: how that names itself, or a page's origin. */
  readonly door?: { readonly kind: 'kubectl' | 'browser'; readonly client: string };
}

export interface RecordingInfo extends RecordingFacts {
  readonly recordingId: string;
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  /** Unix milliseconds. */
  readonly startedAtMs: number;
  /** Up to the last event written. */
  readonly durationMicros: number;
  /** Of the cast file. */
  readonly bytes: number;
  readonly size: TerminalSize;
  /**
   * `cut`: its writer died, and nobody has mended it yet. `recovered`: it was mended. `damaged`: lines within it
   * cannot be read. `unreadable`: a row that says so.
   */
  readonly state: 'live' | 'closed' | 'cut' | 'recovered' | 'damaged' | 'unreadable';
  readonly exitCode?: number;
  /** Bytes of output that the disk did not take; absent where there are none. */
  readonly lostBytes?: number;
  /** Bytes of output that are no UTF-8, and U+FFFD in the cast; absent where there are none or nobody counted. */
  readonly invalidBytes?: number;
  /** Bytes of output that came while recording was paused; absent where none did. */
  readonly pausedBytes?: number;
  /** How it ended where that was not an exit; for `unreadable`, why. */
  readonly note?: string;
  /** The age recipients that can read it; absent where everybody can. */
  readonly encryptedTo?: readonly string[];
  /** It is encrypted, and none of the keys of this home opens it. */
  readonly isLocked?: true;
  /** What the user calls it; absent where there are none, or where no key opens them. So is the next. */
  readonly tags?: readonly string[];
  /** The user's words about it. */
  readonly comment?: string;
  /** It is kept, whatever the rules of retention say. */
  readonly isPinned?: true;
  /** Why its tags, comment and pin are not known though there may be some: the file with them is none of ours. */
  readonly annotationProblem?: string;
  /** It has not been delivered to a recorder yet. */
  readonly isOwed?: true;
  /** A recorder has confirmed it. */
  readonly isDelivered?: true;
  /** Absolute path of the cast. */
  readonly path: string;
}

/** What happened when in a recording. All lists are in order and bounded. */
export interface RecordingTimeline {
  readonly recordingId: string;
  /** Time of the last event that has been surveyed; `isComplete` where that is all of it, as it is now. */
  readonly lastMicros: number;
  readonly isComplete: boolean;
  /** Output in each stretch of this length, from the start, in characters. */
  readonly bucketMicros: number;
  readonly activity: readonly number[];
  readonly markers: readonly { readonly timeMicros: number; readonly label: string }[];
  readonly resizes: readonly { readonly timeMicros: number; readonly size: TerminalSize }[];
  /** Half a second and longer without any event; the longest where there are many. */
  readonly silences: readonly { readonly fromMicros: number; readonly toMicros: number }[];
  /** Where lines of the cast are damaged. */
  readonly damages: readonly { readonly fromMicros: number; readonly toMicros: number }[];
  /** Moments at which a replay can begin at once. */
  readonly keyframesMicros: readonly number[];
}
