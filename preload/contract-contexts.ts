/** What the kubeconfig has to offer. */
import type { ProblemInfo } from './contract.ts';

export interface ContextList {
  readonly contexts: readonly ContextInfo[];
  /** Name of kubeconfig's current-context, where it exists. */
  readonly current: string | null;
  /** Files that were looked at, in kubectl's order. */
  readonly sources: readonly KubeconfigSource[];
  readonly demo: 'off' | 'starting' | 'running' | 'failed';
}

export interface ContextInfo {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string;
  /** API server's address. */
  readonly server: string;
  /** The file that the context stands in. */
  readonly kubeconfigPath: string;
  readonly isDemo: boolean;
  /** Why this context cannot be used, known without contacting anything. */
  readonly problem?: ProblemInfo;
}

export interface KubeconfigSource {
  readonly path: string;
  readonly state: 'loaded' | 'missing' | 'failed';
  readonly problem?: ProblemInfo;
}
