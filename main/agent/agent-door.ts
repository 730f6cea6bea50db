import type { IncomingHttpHeaders } from 'node:http';
import { TOKEN_PREFIX } from '../../preload/handshake.ts';
import type { Clock } from '../base/clock.ts';
import { createEmitter, type Event } from '../base/event.ts';
import { createWrongTries, type WrongTries } from '../base/wrong-tries.ts';
import { parseOrigin } from './origin.ts';
import type { AllowedOrigin, Origins } from './origins.ts';

/** A page that was not let in, as the user is told of it. */
export interface RefusedPage {
  readonly origin: string;
  readonly why: 'not-allowed' | 'wrong-token';
  /** Its last try, Unix milliseconds. */
  readonly atMs: number;
  readonly tries: number;
}

export type DoorAnswer =
  | { readonly kind: 'allowed'; readonly page: AllowedOrigin }
  /** `status`: HTTP's, which a browser hides from the page. */
  | { readonly kind: 'refused'; readonly status: string };

/** Which pages get a socket. That the Host is ours is asked before. */
export interface AgentDoor {
  judge(headers: IncomingHttpHeaders): Promise<DoorAnswer>;
  /** The newest last. Whoever likes can be in it: it asks the user nothing by itself. */
  refused(): readonly RefusedPage[];
  readonly onRefused: Event<void>;
  /** It was allowed meanwhile, or is not to be heard of any more. */
  forget(origin: string): void;
}

/**
 * The subprotocol that we answer with. A browser has no other way to send a token than in the name of a second one, and hangs
 * up where none of those that it offered is chosen.
 */
export const EXEC_PROTOCOL: string = 'kc-agent';
const MAX_REFUSED = 16;

export function createAgentDoor({
  clock,
  origins,
}: {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly origins: Pick<Origins, 'list' | 'find'>;
}): AgentDoor {
  const refused = new Map<string, RefusedPage>();
  const changed = createEmitter<void>();
  /** Of allowed pages only, so that they are as few. */
  const wrongTries = new Map<string, WrongTries>();

  function note(origin: string, why: RefusedPage['why']): void {
    const tries = (refused.get(origin)?.tries ?? 0) + 1;
    refused.delete(origin);
    refused.set(origin, { origin, why, atMs: clock.nowMs(), tries });
    const [oldest] = refused.keys();
    if (refused.size > MAX_REFUSED && oldest !== undefined) refused.delete(oldest);
    changed.fire();
  }

  function triesOf(origin: string): WrongTries {
    const tries = wrongTries.get(origin) ?? createWrongTries({ clock });
    wrongTries.set(origin, tries);
    return tries;
  }

  return {
    async judge(headers) {
      const origin = parseOrigin(headers.origin);
      if (origin === undefined) return { kind: 'refused', status: '403 Forbidden' };
      if (!(await origins.list()).some((each) => each.origin === origin)) {
        note(origin, 'not-allowed');
        return { kind: 'refused', status: '403 Forbidden' };
      }
      const tries = triesOf(origin);
      if (tries.areTooMany()) return { kind: 'refused', status: '429 Too Many Requests' };
      const token = findToken(headers);
      const page = token === undefined ? undefined : await origins.find(origin, token);
      if (!page) {
        tries.count();
        note(origin, 'wrong-token');
        return { kind: 'refused', status: '401 Unauthorized' };
      }
      return { kind: 'allowed', page };
    },
    refused: () => [...refused.values()],
    onRefused: changed.event,
    forget(origin) {
      if (refused.delete(origin)) changed.fire();
    },
  };
}

/** By `Authorization: Bearer TOKEN`, or in a subprotocol beside ours. */
function findToken(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (!offered.includes(EXEC_PROTOCOL)) return undefined;
  return offered.find((name) => name.startsWith(TOKEN_PREFIX))?.slice(TOKEN_PREFIX.length);
}
