/** The contract's words about credentials. */

/** Something that only the user can do before a context can be reached. */
export interface CredentialRequest {
  readonly requestId: string;
  /** consent: may this program run? login: it runs, and asks the user in its terminal. */
  readonly kind: 'consent' | 'login';
  /** A context that waits for it; others may too. */
  readonly context: string;
  readonly kubeconfigPath: string;
  /** As written in the kubeconfig. */
  readonly command: string;
  /** What would run: an absolute path. */
  readonly path: string;
  /** Values that look like secrets are masked (`--oidc-client-secret=•••`). */
  readonly args: readonly string[];
  /** How many requests wait for it. */
  readonly waiting: number;
}
