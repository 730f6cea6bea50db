import type { Clock } from '../../base/clock.ts';
import { isSameSecret, makeSecret } from '../../base/loopback.ts';
import { createWrongTries } from '../../base/wrong-tries.ts';

/**
 * Who may talk to the browser host. A link holds a one-time secret; the page that brings it gets a token, which
 * lives in that tab alone and works until the host ends.
 */
export interface Secrets {
  newLinkSecret(): string;
  /** The token for a secret, once; undefined for a wrong, used or expired one. */
  redeem(secret: string): string | undefined;
  isToken(token: string): boolean;
  /** Whether tries have been wrong too often lately. */
  isBlocked(): boolean;
}

/** Long enough to find the browser, short enough for a link that was left in a terminal's scrollback. */
const LINK_LIFE_MS = 10 * 60_000;
/** Links that nobody used: the oldest goes. */
const MAX_LINKS = 16;
/** One a window; beyond it the oldest window must be opened anew. */
const MAX_TOKENS = 64;

export function createSecrets({ clock }: { readonly clock: Pick<Clock, 'nowMs'> }): Secrets {
  const links: { readonly secret: string; readonly expiresAtMs: number }[] = [];
  const tokens: string[] = [];
  const wrongTries = createWrongTries({ clock });

  return {
    newLinkSecret() {
      const secret = makeSecret();
      links.push({ secret, expiresAtMs: clock.nowMs() + LINK_LIFE_MS });
      if (links.length > MAX_LINKS) links.shift();
      return secret;
    },
    redeem(secret) {
      const index = links.findIndex((link) => isSameSecret(secret, link.secret));
      const [link] = index < 0 ? [] : links.splice(index, 1);
      if (!link || link.expiresAtMs < clock.nowMs()) {
        wrongTries.count();
        return undefined;
      }
      const token = makeSecret();
      tokens.push(token);
      if (tokens.length > MAX_TOKENS) tokens.shift();
      return token;
    },
    isToken(token) {
      const isKnown = tokens.some((known) => isSameSecret(token, known));
      if (!isKnown) wrongTries.count();
      return isKnown;
    },
    isBlocked: wrongTries.areTooMany,
  };
}
