import type { UserAuth } from '../credentials/credential.ts';

/** The user's kubeconfig as kubectl would see it: several files, the first with a name wins. */
export interface Kubeconfig {
  /** Files in kubectl's order, with what became of each. */
  readonly sources: readonly KubeconfigSource[];
  readonly contexts: readonly ContextEntry[];
  readonly currentContext: string | null;
}

export interface KubeconfigSource {
  readonly path: string;
  readonly state: 'loaded' | 'missing' | 'failed';
  /** Set where `failed`: names file, line and column. */
  readonly error?: Error;
}

/** A named entry, not yet checked: that happens when it is used (`resolveContext`). */
export interface ContextEntry {
  readonly name: string;
  readonly clusterName: string;
  readonly userName: string;
  /** `default` where the entry names none. */
  readonly namespace: string;
  /** Empty where the cluster is unknown. */
  readonly server: string;
  readonly originPath: string;
}

/** All that is needed to reach one cluster as one user: immutable, files named but not yet read. */
export interface ResolvedContext {
  readonly name: string;
  readonly namespace: string;
  readonly cluster: ClusterSettings;
  readonly user: UserAuth;
}

export interface ClusterSettings {
  readonly name: string;
  /** API server's base address, path prefix kept, no trailing slash. */
  readonly server: string;
  readonly tlsServerName?: string;
  readonly skipTlsVerify: boolean;
  /** PEM; absent: the system's roots. */
  readonly certificateAuthority?: string;
  readonly proxyUrl?: string;
  readonly disableCompression: boolean;
  /** Extension object `client.authentication.k8s.io/exec`, verbatim. */
  readonly pluginExtension?: unknown;
}
