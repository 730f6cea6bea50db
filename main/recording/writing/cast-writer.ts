import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Event } from '../../base/event.ts';
import { createLifetime } from '../../base/lifetime.ts';
import type { TerminalSize } from '../../base/terminal-size.ts';
import { type CastEvent, parseEvent } from '../cast/cast.ts';
import { type CastLine, COALESCE_MICROS } from '../cast/cast-encoder.ts';
import type { CastItem, CastRange, ReadingOptions } from '../cast/cast-reader.ts';
import { readCast, readDuration } from '../cast/cast-reader.ts';
import type { CastStanding } from '../cast/cast-standing.ts';
import type { OutputStream } from '../cast/stream-encoder.ts';
import { publicEnd } from '../encryption/public-part.ts';
import type { Signer } from '../integrity/seal.ts';
import type { RecordingEnd, Sidecar } from '../recording.ts';
import type { RecordingFacts } from '../recording-facts.ts';
import { createInputMask } from '../redaction/input-mask.ts';
import { createRedactingEncoder } from '../redaction/redacting-encoder.ts';
import { createRedaction, type Redaction } from '../redaction/redaction.ts';
import { createDiskHold, type DiskHold } from './disk-hold.ts';
import { createKeptPlace } from './kept-place.ts';
import { settleLastLines } from './last-lines.ts';
import { createLineQueue } from './line-queue.ts';
import type { LiveCasts } from './live-casts.ts';
import { createLiveSidecar } from './live-sidecar.ts';
import { beginRecording, type NewRecording } from './new-recording.ts';
import { type RecordingFiles, systemRecordingFiles } from './recording-files.ts';
import type { SpaceGuard } from './space-guard.ts';
import { createSyncSchedule } from './sync-schedule.ts';
import { createWritingTrouble } from './writing-trouble.ts';

/**
 * Appends one session to one cast (asciicast v2). All times are monotonic microseconds of the same clock
 * (`Clock.nowMicros`); the first event's zero is the writer's creation. A disk that refuses or stalls does not end
 * it: it is tried again, and what could not be kept is counted and marked in its place.
 */
export interface CastWriter {
  readonly recordingId: string;
  /** Absolute path of the cast. */
  readonly path: string;
  /**
   * Takes output into the write queue, in order; resolves at once while the queue is below its limit, else when it
   * has room again or after 50 ms; where a recording is required, not before the disk takes it, or `hold.stopped`.
   * Rejects only once closed. The bytes are kept, not copied.
   */
  output(bytes: Uint8Array, nowMicros: number, stream?: OutputStream): Promise<void>;
  resize(size: TerminalSize, nowMicros: number): Promise<void>;
  marker(label: string, nowMicros: number): Promise<void>;
  /** A line that was typed, with the key that ended it. */
  input(text: string, nowMicros: number): Promise<void>;
  /** Output came that is not to be on record. */
  skip(bytes: number, why: 'paused' | 'binary'): void;
  /** Its lines from the file, as `readCast`; those of an encrypted one too, while it is being written. */
  read(range: CastRange & Pick<ReadingOptions, 'signal'>): AsyncGenerator<CastItem>;
  /** Of a recording that is required. */
  readonly hold: DiskHold | undefined;
  /** Adds to the sidecar what becomes known late; what rejects stays unknown. */
  learn(facts: Promise<RecordingFacts>): void;
  /** Size of the file plus what is queued. */
  readonly bytes: number;
  /** Bytes of output that are missing for good; their places are marked. */
  readonly lostBytes: number;
  /** Why the file lacks something now; absent when all is well (again). */
  readonly trouble: AppError | undefined;
  readonly onTroubleChanged: Event<AppError | undefined>;
  /** Writes what it can in 50 ms for other readers of the file, and tells where it stands. Never rejects. */
  flush(): Promise<CastStanding>;
  /** Resolves when what was taken is on the disk itself, or is known not to be: `trouble` tells. Never rejects. */
  sync(): Promise<void>;
  /**
   * Writes what is queued, the exit event where there is one, syncs, closes, and settles the sidecar. Idempotent.
   * Rejects with the trouble where the cast lacks what was not marked; the file is closed then too.
   */
  close(end: RecordingEnd, nowMicros: number): Promise<void>;
}

export interface CastWriterNeeds {
  readonly clock: Clock;
  /** Made, for this user alone, where it does not exist. */
  readonly folder: string;
  /** The system's files by default. */
  readonly files?: RecordingFiles;
  /** The age recipients that are to read it; in the clear where there are none. */
  readonly encryptTo?: readonly string[];
  /** Keeps to the limits of the disk; without one there are none. */
  readonly guard?: SpaceGuard;
  /** Output waits for the disk instead of being dropped, and where that is in vain `hold.stopped` says so. */
  readonly isRequired?: boolean;
  /** It is among them until it is closed. */
  readonly liveCasts?: LiveCasts;
  /** By default only what stands beside the output passes it. */
  readonly redaction?: Redaction;
  /** Seals the sidecar; undefined where there is no usable key, and then the record is kept unsealed. */
  signer?(): Promise<Signer | undefined>;
}

/** The longest that a disk is waited for before what it has not taken is told beside it. */
const FLUSH_MS = 50;

/** Rejects with `disk-full` or `recording-failed`, leaving no files behind, where the cast cannot be begun. */
export async function createCastWriter(needs: CastWriterNeeds, recording: NewRecording): Promise<CastWriter> {
  const { clock, folder, files = systemRecordingFiles, guard, encryptTo, isRequired = false } = needs;
  await guard?.measure();
  const full = guard?.refusal(0);
  if (full) throw full;
  const redaction = needs.redaction ?? createRedaction({ enabled: false, patterns: [] });
  const details = redaction.details(recording.details);
  const begun = await beginRecording({ clock, files, encryptTo }, folder, { ...recording, details });
  const zeroMicros = clock.nowMicros();
  const { recordingId, path, file, chainFile, lines, stderrLines } = begun;

  const sidecar = createLiveSidecar({ ...needs, files }, begun);
  const place = createKeptPlace({ clock, file, beside: [chainFile, stderrLines], sidecar });
  const trouble = createWritingTrouble(path);
  const life = createLifetime(`recording ${recordingId}`, trouble.failSync);
  life.own(() => file.close());
  life.own(() => chainFile.close());
  life.own(() => stderrLines.close());
  const redactor = redaction.newRedactor();
  const inputMask = createInputMask(redaction.newRedactor());
  const encoder = createRedactingEncoder(redactor);
  const sync = createSyncSchedule(
    { clock, datasync: () => file.datasync(), onFailed: trouble.failSync },
    life,
  );
  const queue = createLineQueue(
    {
      clock,
      append,
      length: () => lines.length,
      wrote(written) {
        stderrLines.wrote(written);
        hold?.progressed();
      },
      toTrouble: trouble.toTrouble,
      refusal,
      keepsAll: isRequired,
      pace: begun.pace,
    },
    life,
  );
  const hold = isRequired ? createDiskHold({ clock, queue, refusal }, life) : undefined;
  life.own(trouble.follow(hold ?? queue));
  // What a disk lost then is lost.
  trouble.onChanged(() => trouble.syncFailure && hold?.stop(trouble.syncFailure));
  let isReleaseDue = false;
  const skipped = { paused: 0, binary: 0 };
  let wasStderr = false;
  let closing: Promise<void> | undefined;

  /** A cast has whole microseconds, whatever the clock counts. */
  function sinceStart(nowMicros: number): number {
    return Math.round(nowMicros - zeroMicros);
  }

  async function append(bytes: Uint8Array): Promise<void> {
    await place.check();
    const before = lines.fileBytes;
    try {
      await lines.append(bytes);
    } finally {
      sync.wrote(lines.fileBytes - before);
      guard?.spent(lines.fileBytes - before);
    }
  }

  function refusal(): AppError | undefined {
    return guard?.refusal(lines.fileBytes + queue.queuedBytes);
  }

  function push(newLines: readonly CastLine[]): void {
    if (newLines.length > 0) queue.push(newLines);
    hold?.pushed();
  }

  function note(event: CastEvent): void {
    throwIfClosed();
    push(encoder.event(event));
  }

  function throwIfClosed(): void {
    if (closing !== undefined) throw new AppError('recording-failed', `the recording ${path} is closed`);
  }

  async function releaseLater(): Promise<void> {
    if (isReleaseDue) return;
    isReleaseDue = true;
    while (encoder.heldBytes > 0) {
      try {
        await clock.sleep(COALESCE_MICROS / 1_000, life);
      } catch {
        return; // Closed, and closing writes what is held.
      }
      push(encoder.release(sinceStart(clock.nowMicros())));
    }
    isReleaseDue = false;
  }

  async function finish(end: RecordingEnd, nowMicros: number): Promise<void> {
    const timeMicros = sinceStart(nowMicros);
    push(encoder.finish(timeMicros));
    queue.end();
    const told = redaction.end(end);
    if ((begun.keys || hold?.stopped.aborted) && told.kind === 'failed') {
      push(encoder.event({ kind: 'marker', timeMicros, label: told.note }));
    }
    if (end.kind === 'exited') push(encoder.event({ kind: 'exit', timeMicros, exitCode: end.exitCode }));
    const unsettled = await settleLastLines({ queue, place }, releaseReserve);
    const untaken = unsettled && trouble.toTrouble(unsettled.cause);
    await sync.settle().catch(trouble.failSync);
    const failure = untaken ?? trouble.syncFailure;
    await releaseReserve();
    const unwrittenBytes = queue.unwritten().reduce((total, line) => total + line.outputBytes, 0);
    const state: Sidecar['state'] = {
      kind: 'closed',
      durationMicros: failure ? await readDuration(path, begun) : encoder.lastMicros,
      bytes: lines.fileBytes,
      lostBytes: queue.lostBytes + unwrittenBytes,
      invalidBytes: encoder.invalidBytes,
      maskedSpans: (redactor?.maskedSpans ?? 0) + inputMask.maskedSpans,
      ...(skipped.paused > 0 && { pausedBytes: skipped.paused }),
      ...(skipped.binary > 0 && { binaryBytes: skipped.binary }),
      end: failure ? { kind: 'failed', note: failure.message } : begun.keys ? publicEnd(told) : told,
    };
    await sidecar.settle(state);
    await life.end();
    if (failure) throw failure;
  }

  async function releaseReserve(): Promise<void> {
    await files.remove(begun.reservePath).catch(() => {});
  }

  async function settle(): Promise<void> {
    if (closing === undefined) push(encoder.releaseAll());
    // What the disk refuses is told beside the file.
    await queue.settle().catch(() => {});
  }

  const writer: CastWriter = {
    recordingId,
    path,
    async output(bytes, nowMicros, { isStderr = false } = {}) {
      throwIfClosed();
      if (isStderr !== wasStderr) push(encoder.switchTo({ isStderr }));
      wasStderr = isStderr;
      push(encoder.output(bytes, sinceStart(nowMicros)));
      // Not awaited: it ends when nothing is held, at the latest on close.
      void releaseLater();
      await (hold ?? queue).room();
    },
    async resize(size, nowMicros) {
      note({ kind: 'resize', timeMicros: sinceStart(nowMicros), size });
    },
    async marker(label, nowMicros) {
      note({ kind: 'marker', timeMicros: sinceStart(nowMicros), label: redaction.text(label) });
    },
    async input(text, nowMicros) {
      note(inputMask.event(text, sinceStart(nowMicros)));
    },
    skip(bytes, why) {
      skipped[why] += bytes;
    },
    read: (range) => readCast(path, { ...range, keys: begun.keys }),
    hold,
    learn: sidecar.learn,
    get bytes() {
      return lines.fileBytes + queue.queuedBytes + encoder.heldBytes;
    },
    get lostBytes() {
      return queue.lostBytes;
    },
    get trouble() {
      return trouble.current;
    },
    onTroubleChanged: trouble.onChanged,
    async flush() {
      // A disk that stalls is not waited for: the session is held up while a window asks this.
      const waited = new AbortController();
      const limit = clock.sleep(FLUSH_MS, { signal: waited.signal }).catch(() => {});
      await Promise.race([settle(), limit]);
      waited.abort();
      return {
        fileBytes: queue.writtenLength,
        unwritten: queue.unwritten().map(({ text }) => parseEvent(text)),
        undecoded: encoder.tail,
        held: redactor?.held ?? [],
      };
    },
    async sync() {
      await settle();
      await sync.settle().catch(trouble.failSync);
    },
    close(end, nowMicros) {
      closing ??= finish(end, nowMicros);
      return closing;
    },
  };
  if (needs.liveCasts) life.own(needs.liveCasts.add(writer));
  return writer;
}
