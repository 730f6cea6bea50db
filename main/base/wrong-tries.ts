import type { Clock } from './clock.ts';

/** How often somebody has come to a loopback server with a wrong secret lately. */
export interface WrongTries {
  count(): void;
  areTooMany(): boolean;
}

/** A guess is hopeless at 256 bits; this keeps a program that tries from filling the log. */
const MAX_WRONG_TRIES = 20;
const WINDOW_MS = 60_000;

export function createWrongTries({ clock }: { readonly clock: Pick<Clock, 'nowMs'> }): WrongTries {
  let triedAtMs: number[] = [];

  return {
    count() {
      triedAtMs.push(clock.nowMs());
    },
    areTooMany() {
      const since = clock.nowMs() - WINDOW_MS;
      triedAtMs = triedAtMs.filter((atMs) => atMs > since).slice(-MAX_WRONG_TRIES);
      return triedAtMs.length >= MAX_WRONG_TRIES;
    },
  };
}
