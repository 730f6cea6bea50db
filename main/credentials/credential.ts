/** What proves us to a cluster, for one moment. Never logged, never sent to the page. */
export interface Credential {
  /** Value of `Authorization`, e.g. `Bearer …` or `Basic …`. */
  readonly authorization?: string;
  readonly clientCertificate?: { readonly certificatePem: string; readonly keyPem: string };
  /** Unix milliseconds; absent: until the server refuses it. */
  readonly expiresAtMs?: number;
}

export interface CredentialOptions {
  readonly signal: AbortSignal;
  /** Nobody asked for it just now: a login is not opened and no question asked for it. */
  readonly isUnattended?: boolean;
}

export interface CredentialProvider {
  /** The credential to use now; runs a plugin where there is none that holds. Single flight. */
  current(options: CredentialOptions): Promise<Credential>;
  /**
   * After a 401: a newer credential than `stale`, or `stale` itself where there is nothing to refresh.
   * Ten callers with the same stale one cause one run.
   */
  renew(stale: Credential, options: CredentialOptions): Promise<Credential>;
}

/** A kubeconfig user entry, as far as it says who we are; paths are absolute. */
export interface UserAuth {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM; from data or file. */
  readonly clientCertificate?: PemSource;
  readonly clientKey?: PemSource;
  readonly exec?: PluginConfig;
}

export type PemSource =
  | { readonly kind: 'data'; readonly pem: string }
  | { readonly kind: 'file'; readonly path: string };

export interface PluginConfig {
  readonly apiVersion: string;
  /** As written; a path with a separator has been made absolute against its kubeconfig file. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint?: string;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: 'Never' | 'IfAvailable' | 'Always';
}

/** `spec.cluster` of KUBERNETES_EXEC_INFO, with kubeconfig's key names. */
export interface PluginClusterInfo {
  readonly server: string;
  readonly 'tls-server-name'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'certificate-authority-data'?: string;
  readonly 'proxy-url'?: string;
  readonly 'disable-compression'?: boolean;
  readonly config?: unknown;
}
