import type { Clock } from '../../base/clock.ts';
import { type AppError, toAppError } from '../../base/errors.ts';
import type { TerminalSize } from '../../base/terminal-size.ts';
import { createTurns } from '../../base/turns.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import { toOneLine } from '../recorder/recorder-answer.ts';
import type { RecorderUpload } from '../recorder/recorder-client.ts';
import { isPassing, recorderError } from '../recorder/recorder-error.ts';
import { createUploadOutcome } from '../upload-outcome.ts';
import { ALIS_LIMITS, type AlisLimits, createAlisBudget } from './alis-budget.ts';
import type { ProducerSocket, SocketEnd } from './alis-socket.ts';
import { createAlisState, type StreamEvent } from './alis-state.ts';
import { createCastEvents } from './cast-events.ts';

export interface AlisUploadNeeds {
  readonly clock: Clock;
  readonly recorder: RecorderAddress;
  /** How long a lost connection is tried again. */
  readonly offlineMs: number;
  /** Others than `ALIS_LIMITS`, for tests. */
  readonly limits?: AlisLimits;
  /** Opens another connection to the same stream. */
  connect(options: { readonly signal: AbortSignal }): Promise<ProducerSocket>;
}

export interface AlisStream {
  /** The first connection to it. */
  readonly socket: ProducerSocket;
  readonly size: TerminalSize;
  /** Where people watch it. */
  readonly url: string | undefined;
}

/** By which the server says that the stream is over for this producer (asciinema-server, producer handler). */
const STOPS: Readonly<Record<number, string>> = {
  1000: 'ended the stream',
  4002: 'gave the stream to another producer',
  4003: 'takes no terminal of this size',
  4004: 'stopped the stream: it came faster than the server allows',
  4005: 'could not read the stream',
  4040: 'no longer knows the stream',
};
const FIRST_STOP = 4000;
const LAST_STOP = 4099;
/** How a server answers the end of a stream: in kind, or without a code. */
const WELL_ENDED: readonly number[] = [1000, 1005];
/** A connection may be lost just then; a server that confirms no end is not asked for ever. */
const MAX_ENDINGS = 3;
/** Between two looks whether a stream that was ahead of its budget can be brought up to date. */
const CATCH_UP_MS = 1_000;
/** A flood takes a quarter of the thread at the most, in pieces that no keystroke notices. */
const REST_AFTER_MS = 20;
const REST_FACTOR = 3;
const MAX_REST_MS = 200;
/** A connection that lasted as long was one: the next loss is the first again. */
const STEADY_MICROS = 10_000_000;

/** Milliseconds before a try to connect again, from 0 on; `random` is from 0 to below 1 (asciinema 3, src/stream.rs). */
export function reconnectDelayMs(attempt: number, random: number): number {
  return random * Math.min(500 * 2 ** attempt, 10_000);
}

/**
 * A cast as a live stream. Nothing is acknowledged, and nothing is kept for a server that is away, or that takes no more at
 * the moment: it is sent the terminal as it is later, and the stream goes on from there.
 */
export function createAlisUpload(
  { clock, recorder, offlineMs, limits = ALIS_LIMITS, connect }: AlisUploadNeeds,
  { socket: firstSocket, size, url }: AlisStream,
): RecorderUpload {
  const state = createAlisState(size);
  const events = createCastEvents();
  const turns = createTurns();
  const budget = createAlisBudget(clock, limits);
  let socket: ProducerSocket | undefined;
  /** Whether what is connected knows where the stream stands. */
  let isBegun = false;
  /** Whether output was left out that the server would not have taken. */
  let isSkipping = false;
  let isCatchingUp = false;
  let isEnding = false;
  /** It was told that the stream has ended. */
  let endedSocket: ProducerSocket | undefined;
  let unconfirmed = 0;
  let sentBytes = 0;
  let unrestedMs = 0;
  let losses = 0;
  const ended = Promise.withResolvers<void>();
  const over = new AbortController();
  const outcome = createUploadOutcome(() => {
    socket?.terminate();
    finished();
  });

  function finished(): void {
    over.abort();
    // Not awaited: it ends with the turn that is under way.
    void turns.take(() => state.dispose());
  }

  /** Sends what a viewer needs who has seen all that was sent before; the state has taken these events already. */
  async function send(events: readonly StreamEvent[]): Promise<void> {
    if (!socket) return;
    if (!isBegun) {
      const beginning = await state.begin({ isLast: isEnding });
      if (!beginning) return;
      isBegun = true;
      isSkipping = false;
      return socket.send(beginning);
    }
    const messages: Uint8Array[] = [];
    for (const event of events) {
      if (event.kind === 'exit') messages.push(...(await catchUp({ isLast: true })));
      if (event.kind !== 'output' || isAffordable(event.text)) messages.push(state.encode(event));
    }
    if (messages.length > 0) await socket.send(messages);
  }

  /** Output that the server would close the stream for is left out, up to where the budget has room for a whole screen. */
  function isAffordable(text: string): boolean {
    if (!isSkipping && !budget.take(Buffer.byteLength(text))) {
      isSkipping = true;
      // Not awaited: it never rejects, and ends with the upload.
      if (!isCatchingUp) void catchUpLater();
    }
    return !isSkipping;
  }

  async function catchUp(options: { readonly isLast: boolean }): Promise<readonly Uint8Array[]> {
    const drawn = isSkipping ? await state.redraw(options) : undefined;
    if (drawn?.kind !== 'output') return [];
    if (!budget.take(Buffer.byteLength(drawn.text)) && !options.isLast) return [];
    isSkipping = false;
    return [state.encode(drawn)];
  }

  async function catchUpLater(): Promise<void> {
    isCatchingUp = true;
    try {
      while (isSkipping) {
        await clock.sleep(CATCH_UP_MS, { signal: over.signal });
        await turns.take(async () => {
          over.signal.throwIfAborted();
          if (socket && isBegun) await socket.send(await catchUp({ isLast: false }));
        });
      }
    } catch {
      // The upload is over.
    } finally {
      isCatchingUp = false;
    }
  }

  function endStream(open: ProducerSocket): void {
    endedSocket = open;
    open.end();
  }

  function adopt(next: ProducerSocket): Promise<void> {
    return turns.take(async () => {
      socket = next;
      isBegun = false;
      await send([]);
      if (isEnding) endStream(next);
    });
  }

  /** Never rejects. */
  async function keepConnected(): Promise<void> {
    let attempt = 0;
    try {
      for (let next = firstSocket; ; next = await reconnect(attempt)) {
        const startedMicros = clock.nowMicros();
        await adopt(next);
        const end = await next.closed;
        socket = undefined;
        if (outcome.stopped.aborted) return;
        if (next === endedSocket && WELL_ENDED.includes(end.code)) return ended.resolve();
        const stop = explainStop(recorder, end);
        if (stop) throw stop;
        if (next === endedSocket) unconfirmed += 1;
        if (unconfirmed === MAX_ENDINGS) {
          const what = `did not confirm the end of the stream (${end.code})`;
          throw recorderError('recorder-lost', recorder, what);
        }
        attempt = clock.nowMicros() - startedMicros >= STEADY_MICROS ? 0 : attempt + 1;
        losses += 1;
      }
    } catch (error) {
      outcome.fail(toAppError(error));
    }
  }

  async function reconnect(firstAttempt: number): Promise<ProducerSocket> {
    const signal = outcome.stopped;
    const lostMicros = clock.nowMicros();
    for (let attempt = firstAttempt; ; attempt += 1) {
      await clock.sleep(reconnectDelayMs(attempt, Math.random()), { signal });
      try {
        return await connect({ signal });
      } catch (thrown) {
        signal.throwIfAborted();
        const error = toAppError(thrown);
        if (!isPassing(error)) throw error;
        if (clock.nowMicros() - lostMicros >= offlineMs * 1_000) throw toOffline(recorder, offlineMs, error);
      }
    }
  }

  /** Terminals work in the thread of the sessions, where 20 MB/s would leave nothing for anybody else. */
  async function rest(workedMicros: number): Promise<void> {
    unrestedMs += workedMicros / 1_000;
    if (unrestedMs < REST_AFTER_MS) return;
    const restMs = Math.min(unrestedMs * REST_FACTOR, MAX_REST_MS);
    unrestedMs = 0;
    await clock.sleep(restMs, { signal: outcome.stopped });
  }

  // Not awaited: it never rejects, and ends with the upload.
  void keepConnected();
  return {
    recorder,
    ackedBytes: undefined,
    isDurable: false,
    stopped: outcome.stopped,
    async write(bytes) {
      const startedMicros = clock.nowMicros();
      await turns.take(async () => {
        outcome.stopped.throwIfAborted();
        sentBytes += bytes.length;
        const taken: StreamEvent[] = [];
        for (const event of events.push(bytes)) {
          const known = await state.take(event);
          if (known) taken.push(known);
        }
        if (taken.length > 0) await outcome.orStopped(send(taken));
      });
      await rest(clock.nowMicros() - startedMicros);
    },
    async finish() {
      outcome.stopped.throwIfAborted();
      await turns.take(async () => {
        isEnding = true;
        // One that is away is told when it is back.
        if (!isBegun) await outcome.orStopped(send([]));
        else await outcome.orStopped(socket?.send(await catchUp({ isLast: true })) ?? Promise.resolve());
        if (socket) endStream(socket);
      });
      await outcome.orStopped(ended.promise);
      finished();
      return { bytes: sentBytes, ...(url !== undefined && { url }), ...describeLosses(losses) };
    },
    cancel: outcome.cancel,
  };
}

function explainStop(recorder: RecorderAddress, { code, reason }: SocketEnd): AppError | undefined {
  const isStop = code in STOPS || (code >= FIRST_STOP && code <= LAST_STOP);
  if (!isStop) return undefined;
  const words = reason === '' ? `${code}` : `${code}: ${toOneLine(reason, undefined)}`;
  return recorderError('recorder-refused', recorder, `${STOPS[code] ?? 'stopped the stream'} (${words})`);
}

function toOffline(recorder: RecorderAddress, offlineMs: number, cause: AppError): AppError {
  const what = `lost the stream, and was not there again within ${offlineMs / 1_000} s`;
  return recorderError('recorder-lost', recorder, what, { detail: cause.message, cause });
}

function describeLosses(losses: number): { readonly message?: string } {
  if (losses === 0) return {};
  const times = losses === 1 ? 'once' : `${losses} times`;
  return {
    message: `the connection was lost ${times}: what came meanwhile is in the stream as the screen it left`,
  };
}
