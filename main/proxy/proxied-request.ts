import type { Socket } from 'node:net';
import type { Impersonation } from '../kube/kubeconfig.ts';
import type { RequestInfo } from '../kube/request-info.ts';
import type { KubeTransport } from '../kube/transport.ts';
import type { RequestHead } from './exec-request.ts';

/** A request that was let in. Its headers are cleaned of whatever said who asks. */
export interface ProxiedRequest extends RequestHead {
  readonly context: string;
  readonly transport: KubeTransport;
  readonly info: RequestInfo;
  /** As the policy has it, in place of the context's own. */
  readonly impersonation?: Impersonation;
  /** Its client is gone, or the proxy ends. */
  readonly signal: AbortSignal;
}

/** One that asks for another protocol. */
export interface ProxiedUpgrade extends ProxiedRequest {
  /** The client's: paused, what came behind the request's head still in it. Its errors are heard. */
  readonly socket: Socket;
}

/** Commands in pods, which never pass as other requests do. */
export interface CommandDesk {
  /** Whether a request asks for one. Throws what it is refused with: it may be one, and cannot be recorded as one. */
  takes(head: RequestHead): boolean;
  /**
   * Resolves when the client's socket has ended; it has to by `signal`. Rejects only before anything is written to the
   * client, which then gets the error as an answer.
   */
  serve(upgrade: ProxiedUpgrade): Promise<void>;
}
