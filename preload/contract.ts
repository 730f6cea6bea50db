/**
 * Everything that the page and the core say to each other: calls, events and byte streams.
 * Both sides are typed by these maps; a host only carries them.
 */

import type { ContextList } from './contract-contexts.ts';
import type { CredentialRequest } from './contract-credentials.ts';
import type { DesktopCalls, DesktopEvents } from './contract-desktop.ts';
import type { DoctorReport } from './contract-doctor.ts';
import type { ElsewhereCalls, ElsewhereEvents } from './contract-elsewhere.ts';
import type { ExportRequest, ExportReview } from './contract-exchange.ts';
import type { PodInfo } from './contract-pods.ts';
import type { PolicyCalls } from './contract-policy.ts';
import type { RecordingInfo, RecordingTimeline, RecordingVerification } from './contract-recordings.ts';
import type { RecoveryCalls, RecoveryEvents } from './contract-recovery.ts';
import type { RedactionPattern, RedactionTrial } from './contract-redaction.ts';
import type { ReplayCalls } from './contract-replay.ts';
import type { RetentionCalls } from './contract-retention.ts';
import type { SearchAnswer, SearchQuestion } from './contract-search.ts';
import type { SessionInfo } from './contract-sessions.ts';
import type { Settings, SettingsState } from './contract-settings.ts';
import type { UpdateCalls, UpdateEvents } from './contract-updates.ts';
import type { UploadCalls, UploadEvents } from './contract-uploads.ts';

export type { ContextInfo, ContextList, KubeconfigSource } from './contract-contexts.ts';
export type { CredentialRequest } from './contract-credentials.ts';
export type { DoctorCheck, DoctorReport } from './contract-doctor.ts';
export type { ExportFormat, ExportRequest, ExportReview, GifOptions } from './contract-exchange.ts';
export type { ContainerInfo, PodInfo } from './contract-pods.ts';
export type { PolicyAnswer, PolicyState, UntoldRequests } from './contract-policy.ts';
export type {
  RecordingInfo,
  RecordingState,
  RecordingTimeline,
  RecordingVerification,
} from './contract-recordings.ts';
export type { RedactionSettings, RedactionTrial } from './contract-redaction.ts';
export type {
  RecordingHit,
  RecordingHits,
  RecordingThumbnail,
  TranscriptLine,
  TranscriptPage,
} from './contract-replay.ts';
export type { AnnotationChange, RetentionRules } from './contract-retention.ts';
export type { SessionEnd, SessionInfo, SessionState } from './contract-sessions.ts';
export type { Settings, SettingsState } from './contract-settings.ts';

/** Raised with every change that an older side could not understand; both say theirs in the hello frame. */
export const CONTRACT_VERSION = 2;

export interface Calls
  extends DesktopCalls,
    ElsewhereCalls,
    PolicyCalls,
    RecoveryCalls,
    ReplayCalls,
    RetentionCalls,
    UpdateCalls,
    UploadCalls {
  'app.info': { input: Empty; output: AppInfo };
  /** In a browser: an address with a fresh one-time secret. In Electron the window opens and there is none. */
  'app.newWindow': { input: Empty; output: { readonly url?: string } };

  'contexts.list': { input: Empty; output: ContextList };
  /** Starts the demo cluster (again) and adds its contexts to the list. */
  'demo.start': { input: Empty; output: { readonly context: string } };

  'namespaces.list': { input: { readonly context: string }; output: NamespaceList };
  /**
   * Follows the pods of a context, one namespace or (null) all. Nothing is contacted before this call.
   * Returns at once; all else comes as `pods.changed` with this watch id, the first time with `reset: true`.
   */
  'pods.watch': {
    input: { readonly context: string; readonly namespace: string | null };
    output: { readonly watchId: string };
  };
  'pods.unwatch': { input: { readonly watchId: string }; output: Empty };

  /** Opens a shell. Resolves with the session while it is still `opening`; failures are the session's end. */
  'sessions.open': {
    input: {
      readonly target: ShellTarget;
      readonly size: TerminalSize;
      /** The context's or the namespace's name as it was typed, where the policy asks for that. */
      readonly confirmation?: string;
    };
    output: SessionInfo;
  };
  'sessions.list': { input: Empty; output: readonly SessionInfo[] };
  /** The size of the viewer that was used last is the session's size for all viewers. */
  'sessions.resize': { input: { readonly sessionId: string; readonly size: TerminalSize }; output: Empty };
  /** Tries now instead of at `nextTryAtMs`. Ignored unless the session is `reconnecting`. */
  'sessions.reconnect': { input: { readonly sessionId: string }; output: Empty };
  /** Writes a marker into the session's recording, here and now. */
  'sessions.mark': { input: { readonly sessionId: string; readonly label: string }; output: Empty };
  /** From now on what is typed is recorded too, or no longer: lines that the shell echoes, and no others. */
  'sessions.recordInput': { input: SessionSwitch; output: Empty };
  /** From now on nothing is recorded, until it is switched off again. Rejects where the settings forbid it. */
  'sessions.pauseRecording': { input: SessionSwitch; output: Empty };
  /** Ends the remote shell; resolves when it has ended. */
  'sessions.close': { input: { readonly sessionId: string }; output: Empty };
  /** Forgets an ended session: it leaves the list. Its recording stays. */
  'sessions.forget': { input: { readonly sessionId: string }; output: Empty };

  /** Checks all that a shell there needs. Returns at once; all else comes as `doctor.changed` with this run id. */
  'doctor.run': {
    input: { readonly context: string; readonly namespace?: string; readonly pod?: string };
    output: { readonly runId: string };
  };
  'doctor.stop': { input: { readonly runId: string }; output: Empty };
  /** What credential plugins need from the user now. */
  'credentials.requests': { input: Empty; output: readonly CredentialRequest[] };
  /** `allow` a consent: the plugin runs, now and later. `refuse` a consent, or gives a login up. */
  'credentials.answer': {
    input: { readonly requestId: string; readonly answer: 'allow' | 'refuse' };
    output: Empty;
  };
  'credentials.resize': {
    input: { readonly requestId: string; readonly size: TerminalSize };
    output: Empty;
  };

  'library.list': { input: Empty; output: readonly RecordingInfo[] };
  'library.get': { input: { readonly recordingId: string }; output: RecordingInfo };
  /** Reads all of its cast and compares it with its seal. */
  'library.verify': { input: { readonly recordingId: string }; output: RecordingVerification };
  /** As far as it is known; the rest comes as `library.timeline`, while the recording is read in the background. */
  'library.timeline': { input: { readonly recordingId: string }; output: RecordingTimeline };
  /** What `library.export` would mask; reads the range as that would. */
  'library.review': { input: ExportRequest; output: ExportReview };
  'library.remove': { input: { readonly recordingId: string }; output: Empty };
  'library.search': { input: SearchQuestion; output: SearchAnswer };

  /** What is masked without patterns of one's own, in words. */
  'redaction.builtIn': { input: Empty; output: readonly string[] };
  /** What a recording would hold of a text, were it output. Kept nowhere. */
  'redaction.try': {
    input: { readonly text: string; readonly patterns: readonly RedactionPattern[] };
    output: RedactionTrial;
  };

  /** The public keys whose secret ones are here: recordings for them can be read. */
  'encryption.keys': { input: Empty; output: readonly string[] };
  /** Makes a key and keeps it here; its secret half is told this once, for a copy elsewhere. */
  'encryption.newKey': { input: Empty; output: { readonly recipient: string; readonly secret: string } };
  /** Keeps secret keys, one a line, as `age-keygen` writes them; the public halves of those that are new here. */
  'encryption.addKeys': { input: { readonly text: string }; output: { readonly added: readonly string[] } };

  'settings.get': { input: Empty; output: SettingsState };
  /**
   * Changes the given keys, keeps the others. Rejects with `settings-invalid` for a pattern that cannot be used,
   * with `bad-input` for a recipient that is none.
   */
  'settings.set': { input: { readonly changes: Partial<Settings> }; output: SettingsState };
}

export interface Events extends DesktopEvents, ElsewhereEvents, RecoveryEvents, UpdateEvents, UploadEvents {
  'contexts.changed': ContextList;
  'pods.changed': PodsChange;
  'sessions.changed': SessionInfo;
  'sessions.forgotten': { readonly sessionId: string };
  /** The whole report, each time a check has changed. */
  'doctor.changed': DoctorReport;
  /** All open requests, each time one comes or goes. */
  'credentials.changed': readonly CredentialRequest[];
  /** A recording began, grew, ended or was removed. */
  'library.changed':
    | { readonly kind: 'put'; readonly recording: RecordingInfo }
    | { readonly kind: 'removed'; readonly recordingId: string };
  /** More is known of a recording whose timeline was asked for. */
  'library.timeline': RecordingTimeline;
  'settings.changed': SettingsState;
  /** A file of the policy has changed. */
  'policy.changed': Empty;
}

/** `params` opens the stream; bytes flow both ways until one side ends it. */
export interface Streams {
  /**
   * One viewer of a session. Down: terminal records (terminal-records.ts), from the session's first byte,
   * then live; the stream ends when the session has ended and all of it was sent. Up: raw input bytes.
   */
  'sessions.view': { params: { readonly sessionId: string } };
  /**
   * A login's terminal. Down: terminal records, as `sessions.view`; up: raw input bytes. Ends when the plugin has
   * ended.
   */
  'credentials.login': { params: { readonly requestId: string } };
  /**
   * A recording as terminal records with their times. Nothing goes up. From its start, or from the last keyframe up to
   * `fromMicros`: then the first records bring an empty terminal to that moment. Ends at the recording's end; where it
   * is live and followed, what is written later comes after `caught-up`.
   */
  'library.play': {
    params: { readonly recordingId: string; readonly fromMicros?: number; readonly follows?: boolean };
  };
  /** A recording as a file: its bytes. Nothing goes up. Ends at the file's end. */
  'library.export': { params: ExportRequest };
  /** A file to become a recording: its bytes go up, nothing comes down. Ends when it is in the library, or with why not. */
  'library.import': { params: { readonly fileName: string; readonly bytes: number } };
}

export type CallName = keyof Calls;
export type EventName = keyof Events;
export type StreamName = keyof Streams;

export type Empty = Readonly<Record<string, never>>;

export interface SessionSwitch {
  readonly sessionId: string;
  readonly on: boolean;
}

export interface AppInfo {
  readonly version: string;
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly host: 'electron' | 'browser';
  /** Folder with everything that Kubereel writes. */
  readonly home: string;
  readonly recordingsFolder: string;
  /** What keeps secret keys; `files`: nothing but that only this user can read them. */
  readonly keyPlace: 'files' | 'macos-keychain' | 'windows-dpapi' | 'gnome-keyring' | 'kwallet' | 'keyring';
}

/** A failure as the page shows it. `code` is stable; the texts are for people. */
export interface ProblemInfo {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly detail?: string;
}

export interface NamespaceList {
  readonly namespaces: readonly string[];
  /** Set where the list was refused: the user may still type a name. */
  readonly problem?: ProblemInfo;
}

export interface PodsChange {
  readonly watchId: string;
  readonly state:
    | { readonly kind: 'connecting' }
    | { readonly kind: 'live' }
    /** Tried again by itself after a wait. */
    | { readonly kind: 'retrying'; readonly problem: ProblemInfo }
    /** Not tried again: the user must change something and watch anew. */
    | { readonly kind: 'failed'; readonly problem: ProblemInfo };
  /** True: `upserted` is all there is. */
  readonly reset: boolean;
  readonly upserted: readonly PodInfo[];
  /** uids */
  readonly removed: readonly string[];
}

export interface TerminalSize {
  /** 1 to 65535 each; columns first, as everywhere in Kubereel. */
  readonly cols: number;
  readonly rows: number;
}

export interface ShellTarget {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  /** Absent: the pod's default container. */
  readonly container?: string;
  /** Absent: the best shell that the image has. */
  readonly command?: readonly string[];
  /** The shell is one of a debug container of this image, which is added to the pod and looks at `container`. */
  readonly debug?: DebugWish;
  /**
   * The shell is root of this node, by a pod of this image in `namespace` that is deleted with the session. Once it
   * is open, `pod` is that one's name; before, anything.
   */
  readonly node?: { readonly name: string; readonly image: string };
  /** Why it is opened, in the user's words; stands in the recording. */
  readonly reason?: string;
}

/** A debug container to be added. */
export interface DebugWish {
  readonly image: string;
  /** What it may do, as kubectl names it; absent: `general`. */
  readonly profile?: 'general' | 'baseline' | 'restricted' | 'netadmin' | 'sysadmin';
}
