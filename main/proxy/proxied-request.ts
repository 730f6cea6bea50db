import type { ForwardRequest } from '../kube/forward.ts';
import type { RequestInfo } from '../kube/request-info.ts';
import type { ProxiedCommand } from './command/exec-request.ts';

/** What the proxy answers a request with. */
export type ProxyRoute =
  /** A command in a pod, which is recorded. */
  | { readonly name: 'commands'; readonly command: ProxiedCommand }
  /** Any other request for another protocol, such as for a port that is forwarded. */
  | { readonly name: 'upgrades' }
  | { readonly name: 'requests' };

/** A request that was let in. Its headers are cleaned of whatever said who asks; its signal ends with its client. */
export interface ProxiedRequest extends ForwardRequest {
  readonly context: string;
  readonly info: RequestInfo;
  readonly route: ProxyRoute;
}

/** All routes, in the order in which a request is tried. */
export const PROXY_ROUTES: readonly ProxyRoute['name'][] = ['commands', 'upgrades', 'requests'];
