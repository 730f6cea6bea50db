import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { type AppError, toAppError } from '../../base/errors.ts';
import type { Farewell, Tap, TapEvent } from '../tap/tap.ts';

/** What has to happen with what a tap reads, before the bytes that it stands in pass. */
export interface RelayKeeper {
  /** Rejects where they may not pass, nor anything after them. */
  fromServer(events: readonly TapEvent[]): Promise<void>;
  fromClient(events: readonly TapEvent[]): Promise<void>;
  /** The tap is blind from here on. Rejects where that ends it. */
  blinded(problem: AppError): Promise<void>;
  /** A line that the client is to be shown between two messages, once. */
  takeWords(): string | undefined;
  /** What its client is told where it is ended by us. */
  explain(reason: AppError): Pick<Farewell, 'text' | 'status'>;
}

export interface RelayWork {
  readonly server: Duplex;
  readonly client: Duplex;
  /** Undefined: what passes cannot be read, and need not be. */
  readonly tap: Tap | undefined;
  readonly keeper: RelayKeeper;
}

/** What ended it. */
export interface RelayEnd {
  /** The error channel, as far as it was read. */
  readonly status?: string;
  /** Why we ended it. */
  readonly stopped?: AppError;
  /** Who was gone first, or had said so. */
  readonly left: 'server' | 'client';
}

export interface Relay {
  /** Never rejects. Both connections are gone then. */
  readonly ended: Promise<RelayEnd>;
  /** The keeper has words. Shown at once where the client stands between two messages, else after the next one. */
  speak(): void;
}

/** For a client to take its last words, and for a server to end what its client has left. */
const PARTING_MS = 2_000;

/**
 * Passes bytes between a client and a server as they came, each once the keeper has dealt with what the tap reads in it.
 * One chunk of each direction is held; who does not read makes the other one wait. `signal` ends it, with words to the client.
 */
export function relayExec(
  { clock }: { readonly clock: Pick<Clock, 'sleep'> },
  { server, client, tap, keeper }: RelayWork,
  { signal }: { readonly signal: AbortSignal },
): Relay {
  const stopping = new AbortController();
  let status: string | undefined;
  let left: RelayEnd['left'] | undefined;
  let isToldBlind = false;
  let isLastPassed = true;
  /** Of the server's bytes given last. */
  let lastLength: number | undefined;

  function stop(reason: unknown): void {
    stopping.abort(toAppError(reason));
    // Who reads from it is woken; what is still to be said goes to the client.
    server.destroy();
  }

  /** What has ended by itself is not ended. */
  function onStopped(): void {
    if (left !== undefined) return;
    if (tap?.isOver) left = 'server';
    stop(signal.reason);
  }

  async function tellBlind(): Promise<void> {
    if (!tap?.problem || isToldBlind) return;
    isToldBlind = true;
    await keeper.blinded(tap.problem);
  }

  function pass(bytes: Uint8Array): void {
    const words = tap?.gap === undefined ? undefined : keeper.takeWords();
    if (tap?.gap === undefined || words === undefined) {
      client.write(bytes);
      return;
    }
    for (const part of [bytes.subarray(0, tap.gap), tap.say(words), bytes.subarray(tap.gap)]) {
      if (part.byteLength > 0) client.write(part);
    }
  }

  async function passToClient(): Promise<void> {
    for await (const bytes of readChunks(server)) {
      if (stopping.signal.aborted) return;
      const events = tap?.fromServer(bytes) ?? [];
      isLastPassed = false;
      lastLength = bytes.byteLength;
      status ??= findStatus(events);
      await keeper.fromServer(events);
      await tellBlind();
      if (stopping.signal.aborted) return;
      pass(bytes);
      isLastPassed = true;
      await waitForRoom(client, stopping.signal);
    }
    if (!stopping.signal.aborted) left ??= 'server';
  }

  async function passToServer(): Promise<void> {
    for await (const bytes of readChunks(client)) {
      // It is read to its end all the same: what is unread would cut off what it is still told.
      if (left === 'server' || stopping.signal.aborted) continue;
      await keeper.fromClient(tap?.fromClient(bytes) ?? []);
      await tellBlind();
      if (stopping.signal.aborted) continue;
      server.write(bytes);
      await waitForRoom(server, stopping.signal);
    }
    // Clients hang up on a server that has said its last, and may be seen to do so before it does.
    left ??= tap?.isOver ? 'server' : 'client';
    server.end();
    await waitForClose(clock, server);
  }

  function sayFarewell(): void {
    const { reason } = stopping.signal;
    const words = tap?.farewell({ ...keeper.explain(reason), isLastPassed });
    if (words && words.byteLength > 0) client.end(words);
    else client.destroy();
  }

  async function run(): Promise<RelayEnd> {
    // Stay for their lives: an error without a listener would end the process. That one broke off is seen where it is read.
    for (const stream of [server, client]) stream.on('error', () => {});
    signal.addEventListener('abort', onStopped, { once: true });
    if (signal.aborted) onStopped();
    const toServer = passToServer().catch((error: unknown) => {
      stop(error);
      client.resume();
    });
    await passToClient().catch(stop);
    status ??= findStatus(tap?.ended() ?? []);
    if (stopping.signal.aborted) sayFarewell();
    else client.end();
    await waitForClose(clock, client);
    server.destroy();
    await toServer;
    signal.removeEventListener('abort', onStopped);
    return {
      ...(status !== undefined && { status }),
      ...(stopping.signal.aborted && { stopped: toAppError(stopping.signal.reason) }),
      left: left ?? (stopping.signal.aborted ? 'client' : 'server'),
    };
  }

  return {
    ended: run(),
    speak() {
      const isBetween = isLastPassed && tap?.gap !== undefined && tap.gap === lastLength;
      if (isBetween && !stopping.signal.aborted && client.writable) pass(new Uint8Array());
    },
  };
}

/** Until the stream ends, in whatever way; it is left as it is then. */
async function* readChunks(stream: Duplex): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of stream.iterator({ destroyOnReturn: false })) yield bytes;
  } catch {
    // A connection that broke has ended; the other one ends with it.
  }
}

function findStatus(events: readonly TapEvent[]): string | undefined {
  return events.find((event) => event.kind === 'status')?.text;
}

/** Resolves when it takes more, is gone or nothing matters any more. Never rejects. */
function waitForRoom(stream: Duplex, signal: AbortSignal): Promise<void> {
  if (!stream.writableNeedDrain || stream.destroyed || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    stream.once('drain', done).once('close', done);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Ends it where the other end does not. Never rejects. */
async function waitForClose(clock: Pick<Clock, 'sleep'>, stream: Duplex): Promise<void> {
  if (stream.closed) return;
  const closed = new AbortController();
  stream.once('close', () => closed.abort());
  await clock.sleep(PARTING_MS, closed).catch(() => {});
  stream.destroy();
  if (!stream.closed) await once(stream, 'close');
}
