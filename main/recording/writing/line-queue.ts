import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import { formatEvent } from '../cast/cast.ts';
import type { CastLine } from '../cast/cast-encoder.ts';

/**
 * Lines on their way into a cast. A disk that is slow makes writers wait, one that stalls or is full does not: what
 * comes then is kept up to the limit, and tried again; beyond that output is dropped, and its place is marked with
 * how much is missing.
 */
export interface LineQueue {
  push(lines: readonly CastLine[]): void;
  /** Resolves when there is room, or when waiting longer would hold the terminal up. */
  room(): Promise<void>;
  /** Resolves when all is written. Rejects with the trouble where the disk refuses. */
  settle(): Promise<void>;
  /** Marks the place of what was dropped, where that has not been done: no more comes. */
  end(): void;
  /** Drops the output that waits, marking its place: for a file that must end now. */
  giveUp(): void;
  /** In order; what the file does not hold yet. */
  unwritten(): readonly CastLine[];
  /** How far the file holds what was pushed: `unwritten` follows that. */
  readonly writtenLength: number;
  readonly queuedBytes: number;
  /** Bytes of output that were dropped and will never be in the file. */
  readonly lostBytes: number;
  /** Why the file lacks something now; absent when all is well (again). */
  readonly trouble: AppError | undefined;
  readonly onTroubleChanged: Event<AppError | undefined>;
}

export interface LineQueueNeeds {
  readonly clock: Pick<Clock, 'sleep'>;
  /** As `LineFile.append`. */
  append(lines: Uint8Array): Promise<void>;
  /** How far `append` came; grows also where it rejects. */
  length(): number;
  /** These are in the file now. */
  wrote?(lines: readonly CastLine[]): void;
  toTrouble(cause: unknown): AppError;
  /** Waits before lines are taken to be written together; by default they are written as they come. */
  pace?: ((options: { readonly signal: AbortSignal }) => Promise<void>) | undefined;
  /** No output is dropped: whoever pushes it waits by himself (disk-hold.ts). */
  readonly keepsAll?: boolean;
  /** Why no more output is to be taken, though the disk would; undefined where it is. */
  refusal(): AppError | undefined;
}

/** At this much unwritten the session waits for the disk, so that a flood goes at its pace. */
const WAIT_BYTES = 2 * 1024 * 1024;
/** The longest that as much output as a connection keeps ready waits for it: a keystroke's echo stands behind. */
const MAX_WAIT_MS = 50;
const READY_BYTES = 256 * 1024;
/** The most that is kept for a disk that takes nothing: seconds of a flood, hours of typing. */
const LIMIT_BYTES = 8 * 1024 * 1024;
/** Room there has to be again before output is taken again: one gap, not one a line. */
const RESUME_BYTES = LIMIT_BYTES / 2;
/** Resizes, markers and the end are small and are kept beyond the limit, up to here. */
const HARD_LIMIT_BYTES = LIMIT_BYTES + 1024 * 1024;
/** Between two tries of a disk that refused. */
const RETRY_MS = 1_000;
/** Written in one piece, so that a stall is noticed and progress is told, while the next are made. */
const BATCH_BYTES = 512 * 1024;

interface Entry {
  readonly line: CastLine;
  readonly bytes: number;
}

interface Gap {
  readonly timeMicros: number;
  bytes: number;
}

export function createLineQueue(needs: LineQueueNeeds, { signal }: { signal: AbortSignal }): LineQueue {
  const troubleChanged = createEmitter<AppError | undefined>();
  const entries: Entry[] = [];
  let writtenLength = needs.length();
  let queuedBytes = 0;
  /** Of output that has come since somebody waited for room. */
  let unwaitedBytes = 0;
  let lostBytes = 0;
  let gap: Gap | undefined;
  let trouble: AppError | undefined;
  let writing: Promise<void> | undefined;
  let retrying = false;
  let progress = Promise.withResolvers<void>();

  function setTrouble(next: AppError | undefined): void {
    const isNews = (next === undefined) !== (trouble === undefined);
    trouble = next;
    if (isNews) troubleChanged.fire(next);
  }

  function reportProgress(): void {
    progress.resolve();
    progress = Promise.withResolvers();
  }

  function keep(line: CastLine): void {
    const bytes = Buffer.byteLength(line.text);
    entries.push({ line, bytes });
    queuedBytes += bytes;
  }

  function drop({ timeMicros, outputBytes }: CastLine, reason: AppError | undefined): void {
    // A limit may be for good: the record says at once where it stops.
    if (!gap && reason) mark(timeMicros, `not recorded from here on: ${reason.message}`);
    gap ??= { timeMicros, bytes: 0 };
    gap.bytes += outputBytes;
    lostBytes += outputBytes;
    setTrouble(reason ?? trouble ?? createTooSlow());
  }

  /** Marks the place of what was dropped; `timeMicros` of a marker lies between those of its neighbours. */
  function closeGap(): void {
    if (!gap) return;
    const { timeMicros, bytes } = gap;
    gap = undefined;
    mark(
      timeMicros,
      `${bytes} bytes of output are not on record: ${trouble?.message ?? 'the disk was too slow'}`,
    );
  }

  function mark(timeMicros: number, label: string): void {
    keep({ text: formatEvent({ kind: 'marker', timeMicros, label }), timeMicros, outputBytes: 0 });
  }

  function take(line: CastLine): void {
    const isOutput = line.outputBytes > 0;
    unwaitedBytes += line.outputBytes;
    if (isOutput && needs.keepsAll) {
      keep(line);
      return;
    }
    const reason = isOutput ? needs.refusal() : undefined;
    if (reason) {
      drop(line, reason);
      return;
    }
    const limit = isOutput ? (gap ? RESUME_BYTES : LIMIT_BYTES) : HARD_LIMIT_BYTES;
    if (queuedBytes < limit) {
      closeGap();
      keep(line);
    } else if (isOutput) drop(line, undefined);
  }

  async function writeAll(): Promise<void> {
    // One for all batches of a flood, and none while nothing is written: making them anew costs as much as writing.
    let room = Buffer.alloc(0);
    while (entries.length > 0 || (gap && !needs.refusal())) {
      // There is room again: the place of what was dropped is marked before anything follows it.
      if (entries.length === 0) closeGap();
      // A whole batch is worth its cost at once.
      if (queuedBytes < BATCH_BYTES) await needs.pace?.({ signal });
      const size = measureBatch();
      if (room.length < size.bytes) room = Buffer.allocUnsafe(size.bytes);
      const batch = fillBatch(room, size.count);
      const before = needs.length();
      try {
        await needs.append(batch);
        settleWritten(batch.length);
      } catch (cause) {
        settleWritten(needs.length() - before);
        setTrouble(needs.toTrouble(cause));
        reportProgress();
        throw trouble;
      }
      reportProgress();
    }
    setTrouble(gap && needs.refusal());
  }

  function measureBatch(): { bytes: number; count: number } {
    let bytes = 0;
    let count = 0;
    for (const entry of entries) {
      if (count > 0 && bytes + entry.bytes > BATCH_BYTES) break;
      bytes += entry.bytes;
      count += 1;
    }
    return { bytes, count };
  }

  function fillBatch(room: Buffer, count: number): Buffer {
    let offset = 0;
    for (const { line, bytes } of entries.slice(0, count)) {
      // Without a character beyond ASCII a text is its own bytes, and copying them is all there is to do.
      offset += room.write(line.text, offset, bytes === line.text.length ? 'latin1' : 'utf8');
    }
    return room.subarray(0, offset);
  }

  /** `bytes` end on a line: that is what a line file promises. */
  function settleWritten(bytes: number): void {
    let rest = bytes;
    let count = 0;
    while (rest > 0) {
      rest -= entries[count]?.bytes ?? rest;
      count += 1;
    }
    const written = entries.splice(0, count);
    queuedBytes -= bytes;
    writtenLength += bytes;
    if (bytes > 0) needs.wrote?.(written.map(({ line }) => line));
  }

  /** Resolves when nothing is left to write; rejects where the disk refuses. */
  function write(): Promise<void> {
    if (entries.length > 0 || (gap && !needs.refusal())) {
      writing ??= writeAll().finally(() => {
        writing = undefined;
      });
    }
    return writing ?? Promise.resolve();
  }

  async function retryLater(): Promise<void> {
    if (retrying) return;
    retrying = true;
    while (trouble) {
      try {
        await needs.clock.sleep(RETRY_MS, { signal });
      } catch {
        break; // The file is being closed, which tries by itself.
      }
      // Its failure is the trouble that we are in already.
      await write().catch(() => {});
    }
    retrying = false;
  }

  return {
    push(lines) {
      for (const line of lines) take(line);
      // While the disk refuses, the next try is not ours to make.
      if (!retrying) write().catch(() => void retryLater());
    },
    async room() {
      const waitMs = Math.min(1, unwaitedBytes / READY_BYTES) * MAX_WAIT_MS;
      const isDue = queuedBytes >= WAIT_BYTES && !trouble;
      // Timers count whole milliseconds: what would wait for less waits with what follows.
      if (!isDue || waitMs >= 1) unwaitedBytes = 0;
      if (!isDue || waitMs < 1) return;
      const waited = new AbortController();
      const limit = needs.clock.sleep(waitMs, { signal: AbortSignal.any([signal, waited.signal]) });
      // It ends with the wait or with the file; either way it has nothing to say.
      const isOver = limit.then(
        () => true,
        () => true,
      );
      while (queuedBytes >= WAIT_BYTES && !trouble) {
        if ((await Promise.race([progress.promise, isOver])) === true) break;
      }
      waited.abort();
    },
    settle: write,
    end: closeGap,
    giveUp() {
      const waiting = entries.splice(0);
      queuedBytes = 0;
      for (const { line } of waiting) {
        if (line.outputBytes > 0) drop(line, undefined);
        else {
          closeGap();
          keep(line);
        }
      }
    },
    unwritten: () => entries.map(({ line }) => line),
    get writtenLength() {
      return writtenLength;
    },
    get queuedBytes() {
      return queuedBytes;
    },
    get lostBytes() {
      return lostBytes;
    },
    get trouble() {
      return trouble;
    },
    onTroubleChanged: troubleChanged.event,
  };
}

function createTooSlow(): AppError {
  return new AppError('recording-failed', 'the disk does not take what is recorded', {
    hint: 'The shell goes on; what is missing is marked in the recording.',
  });
}
