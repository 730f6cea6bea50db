/**
 * Every failure that can reach a person. Programs read `code`, people read the message and the
 * hint, we read the cause. Secrets are quoted in none of them.
 */
export type ErrorCode =
  // base
  | 'cancelled'
  | 'timed-out'
  | 'internal'
  | 'bad-input'
  | 'not-found'
  // kube
  | 'kubeconfig-unreadable'
  | 'kubeconfig-invalid'
  | 'context-unknown'
  | 'context-unusable'
  | 'cluster-unreachable'
  | 'cluster-untrusted'
  | 'cluster-refused'
  | 'unauthorized'
  | 'forbidden'
  | 'pod-not-found'
  | 'pod-completed'
  | 'container-unknown'
  | 'watch-expired'
  // credentials
  | 'plugin-not-found'
  | 'plugin-failed'
  | 'plugin-answer-invalid'
  | 'plugin-timed-out'
  | 'plugin-interactive'
  | 'plugin-refused'
  // exec
  | 'exec-refused'
  | 'exec-failed'
  | 'no-shell'
  | 'protocol-error'
  | 'connection-lost'
  | 'exit-unknown'
  | 'pod-gone'
  | 'container-ended'
  // recording and library
  | 'disk-full'
  | 'recording-failed'
  | 'recording-limit'
  | 'recording-required'
  | 'recording-unreadable'
  | 'recording-locked'
  | 'recording-not-found'
  | 'search-failed'
  // policy
  | 'policy-invalid'
  | 'policy-refused'
  // upload
  | 'recorder-unreachable'
  | 'recorder-untrusted'
  | 'recorder-unfit'
  | 'recorder-unusable'
  | 'recorder-refused'
  | 'recorder-failed'
  | 'recorder-lost'
  | 'recorder-needs-clear'
  | 'upload-failed'
  | 'upload-unreadable'
  | 'delivery-required'
  // updates
  | 'update-failed'
  | 'update-untrusted'
  | 'update-refused'
  // proxy
  | 'proxy-failed'
  // session, settings, demo
  | 'session-not-found'
  | 'session-ended'
  | 'session-reconnecting'
  | 'too-many'
  | 'viewer-detached'
  | 'settings-invalid'
  | 'demo-failed';

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** What the user can do about it, one sentence. */
  readonly hint?: string;
  /** The technical part, shown behind "Details": server's words, address, status. Never a secret. */
  readonly detail?: string;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = options.hint;
    this.detail = options.detail;
  }
}

/** Any thrown value as an `AppError`: aborts become `cancelled`, what nobody expected `internal`. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new AppError('cancelled', 'cancelled', { cause: thrown });
  }
  if (thrown instanceof Error && thrown.name === 'TimeoutError') {
    return new AppError('timed-out', 'the operation took too long', { cause: thrown });
  }
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError('internal', words || 'something unexpected went wrong', { cause: thrown });
}

/** The system's error code (`ENOSPC`, `ECONNREFUSED`, …) of a thrown value, looking through causes. */
export function systemCode(thrown: unknown): string | undefined {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 8; error = error.cause, depth += 1) {
    const code = (error as NodeJS.ErrnoException).code;
    if (typeof code === 'string') return code;
  }
  return undefined;
}
