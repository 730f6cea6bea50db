import type { AppError } from '../base/errors.ts';

/** What to run, and where. */
export interface ExecRequest {
  readonly kind: 'exec' | 'attach';
  readonly namespace: string;
  readonly pod: string;
  /** Empty: the server chooses. */
  readonly container: string;
  /** Empty for attach. */
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

export interface OutputChunk {
  readonly channel: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
}

/** How a remote command ended. Decided by the server's status, after all output was delivered. */
export type ExecEnd =
  /** 0 to 255. */
  | { readonly kind: 'exited'; readonly exitCode: number }
  /** The server says that it failed (no shell in the image, container not running, …). */
  | { readonly kind: 'failed'; readonly error: AppError }
  /** The connection went away without a status. */
  | { readonly kind: 'lost'; readonly error: AppError }
  /** We closed it. */
  | { readonly kind: 'closed' };

/** One open remote command. Nothing it does throws outside of the promises below. */
export interface ExecStream {
  readonly subprotocol: string;
  /**
   * Iterated once. While the reader waits, at most 256 KiB (plus what the socket had already read) are queued
   * and the socket is paused. Ends normally however the command ends; then `ended` is settled.
   */
  readonly output: AsyncIterable<OutputChunk>;
  /** Sends stdin in frames of at most 32 KiB; waits while the peer does not read. Rejects once ended. */
  write(bytes: Uint8Array): Promise<void>;
  /** Half-close of stdin: v5 only; on v4 rejects with `exec-refused`, since closing would lose the exit code. */
  closeInput(): Promise<void>;
  /** Sent at once; the same size twice is sent once. Ignored once ended. */
  resize(size: TerminalSize): void;
  /** Ends the remote command (tty: half-close or Ctrl-D, a grace of 1 s), then the socket. */
  close(): Promise<void>;
  /** Never rejects. Resolves even if `output` is not read to its end, once the socket is gone. */
  readonly ended: Promise<ExecEnd>;
}
