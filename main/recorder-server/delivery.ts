import type { Clock } from '../base/clock.ts';
import type { AckState } from './ack-frame.ts';
import type { RecorderLimits } from './recorder-limits.ts';
import type { Ending, IncomingCast, StoredOutcome } from './recording-store.ts';
import { Refusal, toRefusal } from './refusal.ts';
import { type CastFacts, readCastFacts } from './stored-recording.ts';

export interface DeliveryNeeds {
  readonly clock: Clock;
  readonly limits: RecorderLimits;
  readonly cast: IncomingCast;
  /** The client's bytes. Ends when it ended them in order, throws a `Refusal` when it broke off. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Told each tick and after each sync, with what is so by then. */
  readonly onTick: (state: AckState & { readonly durableBytes: number }) => void;
  readonly onReceived: (bytes: number) => void;
  /** Told where not even what came could be kept under a name. */
  readonly onLost: (error: unknown) => void;
}

const LINE_END = 0x0a;

/**
 * Brings one recording into the store. Rejects with a `Refusal` where it is taken no further; what came until then is kept as a
 * partial one. `stop` ends it early with its reason, a `Refusal`.
 */
export async function takeDelivery(
  needs: DeliveryNeeds,
  { stop }: { readonly stop: AbortController },
): Promise<StoredOutcome> {
  const { clock, limits, cast } = needs;
  const firstLine = createFirstLine(limits.castHeaderBytes);
  let ackBytes = 0;
  let lastByteAtMicros = clock.nowMicros();
  let isSyncing = false;
  let isEnding = false;

  async function takeBody(): Promise<void> {
    for await (const bytes of untilStopped(needs.body, stop.signal)) {
      lastByteAtMicros = clock.nowMicros();
      if (ackBytes + bytes.length > limits.recordingBytes) throw createTooLarge(limits.recordingBytes);
      const ready = firstLine.pass(bytes);
      if (ready) await cast.write(ready);
      ackBytes += bytes.length;
      needs.onReceived(bytes.length);
    }
    const rest = firstLine.end();
    if (rest) await cast.write(rest);
  }

  function tell(): void {
    needs.onTick({ ackBytes, durableBytes: cast.durableBytes });
  }

  async function sync(): Promise<void> {
    try {
      await cast.sync();
      tell();
    } catch (error) {
      stop.abort(toRefusal(error));
    } finally {
      isSyncing = false;
    }
  }

  /**
   * Until the end is stored: a client takes silence for the end of us, also while the store takes its time. So it waits for no
   * sync. Sees to it, too, that something comes at all.
   */
  async function tick(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Rejects at the end, and only then.
      await clock.sleep(limits.tickMs, { signal }).catch(() => {});
      if (signal.aborted) return;
      tell();
      if (isEnding) continue;
      if (!isSyncing) {
        isSyncing = true;
        void sync();
      }
      if (clock.nowMicros() - lastByteAtMicros >= limits.idleMs * 1_000)
        stop.abort(createIdle(limits.idleMs));
    }
  }

  async function finish(ending: Ending): Promise<StoredOutcome | undefined> {
    isEnding = true;
    return cast.finish(ending);
  }

  const ticking = new AbortController();
  const ticks = tick(ticking.signal);
  try {
    await takeBody();
    const outcome = await finish({ state: 'whole', endedAtMs: clock.nowMs(), header: firstLine.facts });
    if (!outcome) throw createNoCast('it is empty');
    return outcome;
  } catch (error) {
    const refusal = toRefusal(error);
    const ending = { reason: refusal.message, endedAtMs: clock.nowMs(), header: firstLine.facts };
    await finish({ state: 'partial', ...ending }).catch(needs.onLost);
    throw refusal;
  } finally {
    ticking.abort();
    await ticks;
  }
}

/** Iterates until it ends or the signal aborts, then throws the reason. What it waited for is left alone. */
async function* untilStopped<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  while (true) {
    signal.throwIfAborted();
    const next = await orAborted(iterator.next(), signal);
    if (next.done) return;
    yield next.value;
  }
}

/** Leaves nothing behind on the signal, which lives much longer: a race with one promise would. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

interface FirstLine {
  /** What may be written by now: nothing before the line is there and is a header. */
  pass(bytes: Uint8Array): Uint8Array | undefined;
  /** What is left at the end, of a cast that is its header alone. */
  end(): Uint8Array | undefined;
  readonly facts: CastFacts | undefined;
}

/** Throws `not-a-cast` for what no player could open. */
function createFirstLine(maxBytes: number): FirstLine {
  let held: Buffer = Buffer.alloc(0);
  let facts: CastFacts | undefined;

  function judge(line: Buffer): void {
    facts = readCastFacts(line.toString('utf8'));
    if (!facts) throw createNoCast('its first line is no asciicast header');
  }

  return {
    pass(bytes) {
      if (facts) return bytes;
      held = Buffer.concat([held, bytes]);
      const lineEnd = held.indexOf(LINE_END);
      if (lineEnd > maxBytes || (lineEnd < 0 && held.length > maxBytes)) {
        throw createNoCast(`its first line is longer than ${maxBytes / 1024} KiB`);
      }
      if (lineEnd < 0) return undefined;
      judge(held.subarray(0, lineEnd));
      const ready = held;
      held = Buffer.alloc(0);
      return ready;
    },
    end() {
      if (facts) return undefined;
      if (held.length === 0) throw createNoCast('it is empty');
      judge(held);
      return held;
    },
    get facts() {
      return facts;
    },
  };
}

function createNoCast(reason: string): Refusal {
  return new Refusal('not-a-cast', `this is no recording: ${reason}`);
}

function createTooLarge(maxBytes: number): Refusal {
  return new Refusal('too-large', `the recording is longer than ${maxBytes / 1024 / 1024} MiB`);
}

function createIdle(idleMs: number): Refusal {
  return new Refusal('idle', `nothing came for ${idleMs / 60_000} minutes`);
}
