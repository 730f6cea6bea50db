/** What the policy says: for one shell, and as a whole. */
import type { Empty } from './contract.ts';
import type { RecorderName } from './contract-uploads.ts';

export interface PolicyCalls {
  /**
   * What would hold for a shell that is opened now; on a node `node/NAME` stands for the pod. Rejects with
   * `policy-invalid` where a file cannot be followed.
   */
  'policy.explain': {
    input: {
      readonly context: string;
      readonly namespace: string;
      readonly pod: string;
      /** Without it rules that name one are taken to apply. */
      readonly container?: string;
    };
    output: PolicyAnswer;
  };
  'policy.state': { input: Empty; output: PolicyState };
  /** Since the app was started; one a context. */
  'policy.untold': { input: Empty; output: readonly UntoldRequests[] };
}

export interface PolicyAnswer {
  readonly recording: 'required' | 'best-effort' | 'off';
  /** Tried in this order. */
  readonly recorders: readonly RecorderName[];
  readonly atStart: 'open' | 'closed';
  readonly midway: 'open' | 'closed';
  readonly graceSeconds: number;
  readonly apiRequests: 'untold' | 'told' | 'required';
  readonly reason: 'not-asked' | 'asked' | 'required';
  readonly confirm: 'none' | 'typed';
  readonly colour?: PolicyColour;
  readonly input: 'never' | 'allowed' | 'always';
  readonly redaction: 'user' | 'always';
  readonly retentionDays?: number;
  readonly pause: 'allowed' | 'never';
  /** Which rule decided; settings that no rule speaks of are not among them. */
  readonly because: readonly PolicyReason[];
}

export type PolicyColour = 'red' | 'orange' | 'yellow' | 'pink' | 'violet' | 'blue' | 'cyan' | 'green';

export interface PolicyReason {
  readonly setting: string;
  readonly value: string;
  readonly file: string;
  /** From 1. Absent for what was chosen in the settings. */
  readonly line?: number;
  readonly rule: string;
}

export interface PolicyState {
  /** The administrator's first. */
  readonly files: readonly PolicyFileInfo[];
}

/** Requests to an API server of which no recorder was told, and which were sent, as the policy has it. */
export interface UntoldRequests {
  readonly context: string;
  readonly count: number;
  /** The first of them. Unix milliseconds. */
  readonly sinceMs: number;
  /** Why no recorder took the last of them, one line each. */
  readonly reasons: readonly string[];
}

export interface PolicyFileInfo {
  readonly path: string;
  /** The administrator's, which holds for everybody on this machine. */
  readonly isLocked: boolean;
  readonly state: 'absent' | 'followed' | 'failed';
  readonly rules: readonly PolicyRuleInfo[];
  /** What it says of updates of the app; absent where it says nothing. */
  readonly updates?: {
    readonly channel?: 'stable' | 'beta';
    readonly check?: 'automatic' | 'by-hand' | 'off';
  };
  /** With any of them no shell is opened. */
  readonly problems: readonly {
    readonly line?: number;
    readonly column?: number;
    readonly message: string;
    readonly hint?: string;
  }[];
}

/** Globs and values as they stand in the file. */
export interface PolicyRuleInfo {
  readonly name: string;
  readonly line?: number;
  readonly match: Readonly<Record<string, readonly string[]>>;
  readonly except?: Readonly<Record<string, readonly string[]>>;
  readonly says: readonly { readonly setting: string; readonly value: string }[];
  /** Those that it says, in full; absent where it says none. */
  readonly recorders?: readonly RecorderName[];
}
