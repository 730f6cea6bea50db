import type { WebSocket } from 'ws';

/** One way to one cluster as one user; REST and WebSocket use the same TLS settings and credential. */
export interface KubeTransport {
  /** Context name, for messages. */
  readonly context: string;
  /** Base address, for messages. */
  readonly server: string;
  /**
   * Sends a request and resolves with the answer's head, whatever its status; the body streams.
   * A 401 is retried once with a renewed credential. Rejects with `cluster-unreachable`,
   * `cluster-untrusted`, a credential error, or the signal's reason.
   */
  request(request: KubeRequest): Promise<KubeResponse>;
  /**
   * Opens a WebSocket; messages that arrive before the caller listens are not lost (the socket is paused).
   * Rejects with `UpgradeRefusal` on any answer but 101.
   */
  openWebSocket(request: UpgradeRequest): Promise<WebSocket>;
  /** Closes idle connections; open WebSockets live on. */
  close(): Promise<void>;
}

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** Below the server's base address, e.g. `/api/v1/pods`; segments are escaped by the caller. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface KubeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface UpgradeRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly protocols: readonly string[];
  readonly signal: AbortSignal;
}

/** The server answered an upgrade with something else than 101. */
export class UpgradeRefusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** At most 64 KiB of it. */
  readonly body: string;

  constructor(
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    body: string,
  ) {
    super(`the server answered ${status} to a WebSocket upgrade`);
    this.name = 'UpgradeRefusal';
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}
