/** What is asked of the policy: one shell, as the kubeconfig and the user name it. */
export interface PolicyTarget {
  readonly context: string;
  /** Its name in the kubeconfig. */
  readonly cluster?: string;
  /** The cluster's address as `host` or `host:port`, which a kubeconfig cannot rename. */
  readonly server?: string;
  readonly namespace: string;
  readonly pod: string;
  /** Absent while nobody knows which it will be: rules that name one are taken to apply. */
  readonly container?: string;
  /** Whom the kubeconfig says we are: the name of its user entry, or whom it impersonates. */
  readonly user?: string;
}

/** What a file says of updates of the app. */
export interface PolicyUpdates {
  readonly channel?: 'stable' | 'beta';
  /** `off`: nothing is asked for, downloaded or installed. */
  readonly check?: 'automatic' | 'by-hand' | 'off';
}

export type RecordingDuty = 'required' | 'best-effort' | 'off';
export type ApiRequestDuty = 'untold' | 'told' | 'required';
export type RecorderKind = 'tsrecorder' | 'asciinema' | 'alis';
export type PolicyColour = 'red' | 'orange' | 'yellow' | 'pink' | 'violet' | 'blue' | 'cyan' | 'green';

/** Where a recording is delivered to. */
export interface RecorderAddress {
  readonly kind: RecorderKind;
  readonly url: string;
  readonly name?: string;
  /** Absolute paths, as the others. */
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** A user of a cluster, as API servers take one who acts as another (`Impersonate-User`, …). */
export interface PolicyImpersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What holds for one shell. */
export interface PolicyAnswer {
  readonly recording: RecordingDuty;
  /** Tried in this order; empty: none. */
  readonly recorders: readonly RecorderAddress[];
  /** Whether a shell opens that no recorder takes, and goes on where the last one stops taking it. */
  readonly atStart: 'open' | 'closed';
  readonly midway: 'open' | 'closed';
  /** How long such a shell goes on. */
  readonly graceSeconds: number;
  /** Whether recorders are told of each request to an API server before it is sent, and whether one has to be. */
  readonly apiRequests: ApiRequestDuty;
  readonly reason: 'not-asked' | 'asked' | 'required';
  readonly confirm: 'none' | 'typed';
  readonly colour?: PolicyColour;
  /** Whether lines that are typed are recorded as such; `allowed`: as the user has it. */
  readonly input: 'never' | 'allowed' | 'always';
  /** Whether secrets in the output are masked; `user`: as the user has it. */
  readonly redaction: 'user' | 'always';
  readonly retentionDays?: number;
  readonly pause: 'allowed' | 'never';
  /** Whom requests of other programs that go through us are made as, in place of whom the kubeconfig says. */
  readonly impersonate?: PolicyImpersonation;
  /** Which rule decided; settings that no rule speaks of are not among them. */
  readonly because: readonly PolicyReason[];
}

export interface PolicyReason {
  readonly setting: PolicySetting;
  readonly value: string;
  readonly file: string;
  /** From 1. Absent for what was chosen in the app. */
  readonly line?: number;
  readonly rule: string;
}

export type PolicySetting = Exclude<keyof PolicyAnswer, 'because'>;

/** Names of a target that a rule is for, as globs. Each key that is given has to match, by any of its globs. */
export interface RuleMatch {
  readonly context?: readonly string[];
  readonly cluster?: readonly string[];
  readonly namespace?: readonly string[];
  readonly pod?: readonly string[];
  readonly container?: readonly string[];
  readonly user?: readonly string[];
}

/** What a rule may say; what it does not speak of it leaves to others. */
export type RuleSayings = Partial<Omit<PolicyAnswer, 'because'>>;

export interface PolicyRule {
  readonly name: string;
  readonly file: string;
  readonly match: RuleMatch;
  /** What is taken out of that. */
  readonly except?: RuleMatch;
  readonly says: RuleSayings;
  /** Of each setting, from 1. */
  readonly lines: Readonly<Partial<Record<PolicySetting, number>>>;
}

/** Why a file cannot be followed. Line and column from 1, where one place is to blame. */
export interface PolicyProblem {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  readonly hint?: string;
}

/** `FILE:LINE:COLUMN`, as editors and compilers write it. */
export function formatPlace({ file, line, column }: Pick<PolicyProblem, 'file' | 'line' | 'column'>): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

/** `auditor (uid 7; groups a, b; reason x)`, as kubectl's own flags name them. */
export function formatImpersonation({ user, uid, groups = [], extra = {} }: PolicyImpersonation): string {
  const details = [
    ...(uid === undefined ? [] : [`uid ${uid}`]),
    ...(groups.length === 0 ? [] : [`groups ${groups.join(', ')}`]),
    ...Object.entries(extra).map(([key, values]) => `${key} ${values.join(', ')}`),
  ];
  return details.length === 0 ? user : `${user} (${details.join('; ')})`;
}
