import { stat } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { type CastItem, readCast } from '../recording/cast/cast-reader.ts';
import { showOutput } from '../recording/cast/shown-output.ts';
import type { RecordingFacts } from '../recording/recording-facts.ts';
import { createScreenText, type ScreenText } from './screen-text.ts';
import { createTextBlocks, type TextBlocks } from './text-blocks.ts';
import type { TextStore } from './text-store.ts';

/** A recording whose text is wanted. */
export interface ReadingJob {
  readonly recordingId: string;
  /** Of its cast, in the clear. */
  readonly path: string;
  readonly isLive: boolean;
}

/** How much of a processor reading may take. */
export interface ReadingPace {
  readonly workMs: number;
  readonly restMs: number;
  /** Of a live recording, beside whose shell it works; as `restMs` where not given. */
  readonly restBesideShellMs?: number;
}

/**
 * Reads what was on the screen of one recording after the other into the store. Begins where another process, or this
 * one before it was killed, has stopped: the terminal is led there again, what is stored stays. A live recording is
 * read up to its end and kept open.
 */
export interface TextReader {
  /** Resolves when the store has all that the cast holds now. Rejects where it cannot be read. */
  read(job: ReadingJob, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Somebody waits for something else: for a while the processor is theirs. */
  giveWay(): void;
  /** Nothing of it is wanted any more. */
  forget(recordingId: string): void;
  close(): void;
}

/** After so much of a cast, what was found is stored; it is what a kill costs. */
const COMMIT_BYTES = 4 * 1024 * 1024;
/** How long it gives way each time. */
const WAY_MICROS = 1_000_000;
/** Live recordings whose terminals are kept: each is a few megabytes. */
const MAX_OPEN = 8;

interface Reading {
  readonly facts: RecordingFacts | undefined;
  readonly screen: ScreenText;
  readonly blocks: TextBlocks;
  offset: number;
}

export function createTextReader({
  store,
  clock,
  pace,
}: {
  readonly store: TextStore;
  readonly clock: Clock;
  readonly pace: ReadingPace;
}): TextReader {
  const live = new Map<string, Reading>();
  let sliceStartMicros = clock.nowMicros();
  let wayUntilMicros = 0;

  async function takeTurn(isLive: boolean, signal: AbortSignal): Promise<void> {
    if (clock.nowMicros() - sliceStartMicros < pace.workMs * 1_000) return;
    const restMs = (isLive ? pace.restBesideShellMs : undefined) ?? pace.restMs;
    if (restMs > 0) await clock.sleep(restMs, { signal });
    else await new Promise((resolve) => setImmediate(resolve));
    for (let nowMicros = clock.nowMicros(); nowMicros < wayUntilMicros; nowMicros = clock.nowMicros()) {
      await clock.sleep((wayUntilMicros - nowMicros) / 1_000, { signal });
    }
    sliceStartMicros = clock.nowMicros();
  }

  async function advance(
    reading: Reading,
    { path, isLive }: Pick<ReadingJob, 'path' | 'isLive'>,
    commit: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    let committed = reading.offset;
    const items = readCast(path, { fromOffset: reading.offset, signal });
    for await (const item of showOutput(items, reading.facts)) {
      // What is being written right now is read the next time.
      if (item.kind === 'torn') break;
      if (item.kind === 'event') await reading.screen.feed(item.event);
      reading.offset = item.nextOffset;
      if (reading.offset - committed >= COMMIT_BYTES) {
        await commit();
        committed = reading.offset;
      }
      await takeTurn(isLive, signal);
    }
  }

  function forget(recordingId: string): void {
    live.get(recordingId)?.screen.dispose();
    live.delete(recordingId);
  }

  function keepOpen(recordingId: string, reading: Reading): void {
    live.delete(recordingId);
    live.set(recordingId, reading);
    const [oldest] = live.keys();
    if (live.size > MAX_OPEN && oldest !== undefined) forget(oldest);
  }

  return {
    async read({ recordingId, path, isLive }, { signal }) {
      const { size: castBytes, mtimeMs: castModifiedMs } = await stat(path);
      const known = store.state(recordingId);
      const isSame = known?.castBytes === castBytes && known.castModifiedMs === castModifiedMs;
      if (known && isSame && (known.isWhole || (isLive && live.has(recordingId)))) return;
      if (known && (known.isWhole || castBytes < known.offset)) {
        // Another file by the same name, or one that was mended.
        store.remove([recordingId]);
        forget(recordingId);
      }
      const reading = live.get(recordingId) ?? (await startReading(path, signal));
      const { screen, blocks } = reading;

      async function commit(isWhole: boolean): Promise<void> {
        await (isWhole ? screen.finish() : screen.settle());
        const pending = isWhole ? [] : screen.pending();
        const state = { offset: reading.offset, castBytes, castModifiedMs, isWhole };
        store.put(recordingId, state, blocks.take(pending));
      }

      try {
        await advance(reading, { path, isLive }, () => commit(false), signal);
        await commit(!isLive);
      } catch (error) {
        live.delete(recordingId);
        screen.dispose();
        throw error;
      }
      if (isLive) keepOpen(recordingId, reading);
      else {
        live.delete(recordingId);
        screen.dispose();
      }
    },
    giveWay() {
      wayUntilMicros = clock.nowMicros() + WAY_MICROS;
    },
    forget,
    close() {
      for (const recordingId of [...live.keys()]) forget(recordingId);
    },
  };
}

async function startReading(path: string, signal: AbortSignal): Promise<Reading> {
  const { header, nextOffset } = await readStart(path, signal);
  const blocks = createTextBlocks();
  const screen = createScreenText(header.size, blocks.add);
  return { facts: header.facts, screen, blocks, offset: nextOffset };
}

async function readStart(path: string, signal: AbortSignal): Promise<Extract<CastItem, { kind: 'header' }>> {
  for await (const item of readCast(path, { signal })) if (item.kind === 'header') return item;
  throw new AppError('recording-unreadable', 'the recording cannot be read: it has no header');
}
