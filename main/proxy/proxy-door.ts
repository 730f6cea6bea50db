import type { IncomingMessage } from 'node:http';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { isOwnHost, isSameSecret } from '../base/loopback.ts';
import { createWrongTries } from '../base/wrong-tries.ts';
import type { EnabledContext } from './switch/proxy-state.ts';

/** Who is let in, and to which context. */
export interface ProxyDoor {
  /**
   * The context whose secret a request has. Throws `forbidden` for a page and for a foreign host, `unauthorized` for any
   * other secret, and `too-many` in its place once there were too many: the right one is let in still.
   */
  admit(request: Pick<IncomingMessage, 'headers' | 'headersDistinct'>, port: number): string;
}

export interface ProxyDoorNeeds {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Log;
  /** At this moment. */
  contexts(): readonly EnabledContext[];
}

export function createProxyDoor(needs: ProxyDoorNeeds): ProxyDoor {
  const wrongTries = createWrongTries(needs);

  /** All are compared, so that nothing is told by how long it takes. */
  function findContext(secret: string): string | undefined {
    const matching = needs.contexts().filter((context) => isSameSecret(secret, context.secret));
    return matching[0]?.name;
  }

  function refuseSecret(): AppError {
    if (wrongTries.areTooMany()) {
      // Not logged: whoever goes on trying would fill the log.
      return new AppError('too-many', 'too many requests with a wrong secret came to the proxy lately', {
        hint: RENEW_HINT,
      });
    }
    wrongTries.count();
    needs.log.warn({}, 'a request with a wrong secret came to the proxy');
    return new AppError('unauthorized', 'the proxy of Kubereel does not know this secret', {
      hint: RENEW_HINT,
    });
  }

  return {
    admit({ headers, headersDistinct }, port) {
      const hosts = headersDistinct['host'] ?? [];
      if (hosts.length !== 1 || !isOwnHost(headers, port)) {
        // Somebody's DNS may lead a name here; a browser would think that it asks that name.
        throw new AppError('forbidden', 'the proxy of Kubereel answers to its address alone, 127.0.0.1');
      }
      if (Object.keys(headers).some(isBrowserHeader)) {
        // No page is ours, and none has the secret: what a browser sends for one is an attack.
        throw new AppError('forbidden', 'web pages may not ask the proxy of Kubereel');
      }
      const [authorization = '', ...others] = headersDistinct['authorization'] ?? [];
      const [, secret = ''] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
      const context = others.length === 0 ? findContext(secret) : undefined;
      if (context === undefined) throw refuseSecret();
      return context;
    },
  };
}

const RENEW_HINT = 'Enable the context again and use the kubeconfig that `kubereel proxy enable` names.';

/** kubectl, helm and k9s send none of them. */
function isBrowserHeader(name: string): boolean {
  return name === 'origin' || name.startsWith('sec-fetch-');
}
