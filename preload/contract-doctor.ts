/** What the doctor says about a connection. No secret stands in it. */

export interface DoctorReport {
  readonly runId: string;
  readonly context: string;
  /** All of them, in the order in which a shell needs them. */
  readonly checks: readonly DoctorCheck[];
  readonly isFinished: boolean;
  /** It is finished, and a shell would open. */
  readonly wouldOpen: boolean;
}

export interface DoctorCheck {
  readonly id: 'kubeconfig' | 'context' | 'address' | 'tls' | 'credential' | 'who' | 'exec' | 'attach';
  readonly title: string;
  /** `unknown`: it could not be found out. `skipped`: an earlier one makes it senseless. */
  readonly outcome: 'waiting' | 'running' | 'ok' | 'failed' | 'unknown' | 'skipped';
  /** Empty while it waits; what it waits for, or empty, while it runs. */
  readonly message: string;
  /** What to do. */
  readonly hint?: string;
  /** The technical part, in lines. */
  readonly detail?: string;
}
