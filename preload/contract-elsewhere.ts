/** Shells whose terminal is in another program on this machine: the user's own kubectl, a page in a browser. */
import type { Empty, ProblemInfo } from './contract.ts';
import type { RecordingState } from './contract-recordings.ts';

export interface ElsewhereCalls {
  /** What is open now, in order of its opening. */
  'elsewhere.list': { input: Empty; output: readonly ElsewhereSession[] };
  /** Ends it, and tells its client why; resolves when its recording is closed. Rejects with `session-not-found`. */
  'elsewhere.end': { input: { readonly sessionId: string }; output: Empty };
  'proxy.state': { input: Empty; output: ProxyInfo };
  /** From now on kubectl reaches these contexts through us, where it uses our kubeconfig. Rejects with `context-unknown`. */
  'proxy.enable': { input: { readonly contexts: readonly string[] }; output: Empty };
  /** No longer; what is open to them through the proxy ends. */
  'proxy.disable': { input: { readonly contexts: readonly string[] }; output: Empty };
  'origins.state': { input: Empty; output: OriginsInfo };
  /**
   * Lets the page at this address open shells by `kubereel serve`, with a token that is told this once; the one that it had is
   * none any more. Rejects with `bad-input`.
   */
  'origins.allow': { input: { readonly address: string }; output: AllowedNow };
  /** What it has open ends. Rejects with `not-found`. */
  'origins.remove': { input: { readonly origin: string }; output: Empty };
}

export interface ElsewhereEvents {
  /** All of them, each time one comes, goes or stands otherwise; about once a second while recordings grow. */
  'elsewhere.changed': readonly ElsewhereSession[];
  'proxy.changed': ProxyInfo;
  'origins.changed': OriginsInfo;
}

export interface ElsewhereSession {
  readonly sessionId: string;
  readonly door: 'kubectl' | 'browser';
  /** The program as it names itself, or the page's origin. */
  readonly client: string;
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  /** Empty where the client left it to the server. */
  readonly container: string;
  /** Empty of what is attached to. */
  readonly command: readonly string[];
  readonly kind: 'exec' | 'attach';
  /** Unix milliseconds. */
  readonly startedAtMs: number;
  readonly recording: RecordingState;
}

/** Pages of a browser that may open shells, and those that tried. */
export interface OriginsInfo {
  readonly allowed: readonly {
    readonly origin: string;
    /** Unix milliseconds. */
    readonly allowedAtMs: number;
  }[];
  /** Since the start, the newest last. Absent where this program answers no such pages. */
  readonly refused?: readonly RefusedOrigin[];
}

export interface RefusedOrigin {
  readonly origin: string;
  readonly why: 'not-allowed' | 'wrong-token';
  /** Of the last, Unix milliseconds. */
  readonly atMs: number;
  readonly tries: number;
}

export interface AllowedNow {
  readonly origin: string;
  readonly token: string;
}

/** The proxy for kubectl. */
export interface ProxyInfo {
  /** Those that are enabled; they may be gone from the kubeconfig. */
  readonly contexts: readonly string[];
  readonly run: ProxyRun;
  /** Derived from the user's own, which stays as it is. */
  readonly kubeconfigPath: string;
  /** For a terminal: what is started in it from then on uses that kubeconfig. */
  readonly shellLine: string;
}

export type ProxyRun =
  /** Not looked at yet. */
  | { readonly kind: 'starting' }
  /** No context is enabled. */
  | { readonly kind: 'off' }
  | { readonly kind: 'running'; readonly port: number }
  /** Another process of this user runs it; when that ends, this one does. */
  | { readonly kind: 'elsewhere'; readonly port: number; readonly processId?: number }
  /** Tried again by itself. */
  | { readonly kind: 'failed'; readonly problem: ProblemInfo };
