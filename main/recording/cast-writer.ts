import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { createEmitter, type Event } from '../base/event.ts';
import { createLifetime } from '../base/lifetime.ts';
import { COALESCE_MICROS, createCastEncoder } from './cast-encoder.ts';
import { readLastEvent } from './cast-reader.ts';
import { beginRecording, type NewRecording, settleRecording } from './new-recording.ts';
import type { RecordingEnd, TerminalSize } from './recording.ts';
import { toRecordingError } from './recording-error.ts';
import { type RecordingFiles, systemRecordingFiles } from './recording-files.ts';
import { createSyncSchedule } from './sync-schedule.ts';

/**
 * Appends one session to one cast (asciicast v2). All times are monotonic microseconds of the same clock
 * (`Clock.nowMicros`); the first event's zero is the writer's creation.
 */
export interface CastWriter {
  readonly recordingId: string;
  /** Absolute path of the cast. */
  readonly path: string;
  /**
   * Takes output into the write queue, in order; resolves at once while the queue is below its limit, else
   * when it has room again. Rejects with the failure (`disk-full`, `recording-failed`) once writing has failed.
   * The bytes are kept, not copied.
   */
  output(bytes: Uint8Array, nowMicros: number): Promise<void>;
  resize(size: TerminalSize, nowMicros: number): Promise<void>;
  marker(label: string, nowMicros: number): Promise<void>;
  /** Size of the file plus what is queued. */
  readonly bytes: number;
  /** Everything taken so far is in the file, for other readers of it; resolves with the file's length. */
  flush(): Promise<number>;
  /** Bytes of a character that is not complete yet: taken, but after a flush in no line of the file. */
  undecodedTail(): Uint8Array;
  /**
   * Writes what is queued, the exit event where there is one, syncs, closes, and settles the sidecar. Idempotent.
   * Rejects with the failure where the cast lacks anything that was taken; the file is closed then too.
   */
  close(end: RecordingEnd, nowMicros: number): Promise<void>;
  /** Fires once when writing fails; what is in the file by then ends on a line boundary. */
  readonly onFailed: Event<AppError>;
}

export interface CastWriterNeeds {
  readonly clock: Clock;
  /** Made, for this user alone, where it does not exist. */
  readonly folder: string;
  /** The system's files by default. */
  readonly files?: RecordingFiles;
}

/** At this much unwritten output, in bytes of the cast, `output` waits: a disk that stalls stalls the shell. */
const QUEUE_LIMIT_BYTES = 1024 * 1024;

/** Rejects with `disk-full` or `recording-failed`, leaving no files behind, where the cast cannot be begun. */
export async function createCastWriter(needs: CastWriterNeeds, recording: NewRecording): Promise<CastWriter> {
  const { clock, folder, files = systemRecordingFiles } = needs;
  const begun = await beginRecording({ clock, files }, folder, recording);
  const zeroMicros = clock.nowMicros();
  const { recordingId, path, file, lineFile } = begun;

  const life = createLifetime(`recording ${recordingId}`, fail);
  life.own(() => file.close());
  const encoder = createCastEncoder();
  const failed = createEmitter<AppError>();
  const sync = createSyncSchedule({ clock, datasync: () => file.datasync(), onFailed: fail }, life);
  const queue: Uint8Array[] = [];
  let queuedBytes = 0;
  let writing: Promise<void> | undefined;
  let progress = Promise.withResolvers<void>();
  let isReleaseDue = false;
  let failure: AppError | undefined;
  let closing: Promise<void> | undefined;

  /** A cast has whole microseconds, whatever the clock counts. */
  function sinceStart(nowMicros: number): number {
    return Math.round(nowMicros - zeroMicros);
  }

  function enqueue(lines: string): void {
    if (lines === '') return;
    const bytes = Buffer.from(lines);
    queue.push(bytes);
    queuedBytes += bytes.length;
    // Not awaited: writing goes on beside its callers, and failures go to `fail`.
    void writeQueued();
  }

  /** Resolves when the queue is empty, by writing or by failing. */
  function writeQueued(): Promise<void> {
    if (queue.length > 0) writing ??= writeAll();
    return writing ?? Promise.resolve();
  }

  async function writeAll(): Promise<void> {
    while (queue.length > 0) {
      const bytes = Buffer.concat(queue.splice(0));
      try {
        await lineFile.append(bytes);
        queuedBytes -= bytes.length;
        sync.wrote(bytes.length);
      } catch (error) {
        fail(error);
      }
      reportProgress();
    }
    writing = undefined;
  }

  function reportProgress(): void {
    progress.resolve();
    progress = Promise.withResolvers();
  }

  function fail(cause: unknown): void {
    if (failure) return;
    failure = toRecordingError(cause, `the recording ${path} could not be written any further`);
    queue.length = 0;
    reportProgress();
    failed.fire(failure);
  }

  function throwIfUnwritable(): void {
    if (failure) throw failure;
    if (closing !== undefined) throw new AppError('recording-failed', `the recording ${path} is closed`);
  }

  async function waitForRoom(): Promise<void> {
    while (!failure && encoder.heldBytes + queuedBytes >= QUEUE_LIMIT_BYTES) await progress.promise;
    if (failure) throw failure;
  }

  async function releaseLater(): Promise<void> {
    if (isReleaseDue) return;
    isReleaseDue = true;
    while (encoder.heldBytes > 0 && !failure) {
      try {
        await clock.sleep(COALESCE_MICROS / 1_000, life);
      } catch {
        return; // Closed, and closing writes what is held.
      }
      if (!failure) enqueue(encoder.release(sinceStart(clock.nowMicros())));
    }
    isReleaseDue = false;
  }

  async function finish(end: RecordingEnd, nowMicros: number): Promise<void> {
    const timeMicros = sinceStart(nowMicros);
    if (!failure) {
      enqueue(encoder.finish(timeMicros));
      if (end.kind === 'exited') enqueue(encoder.event({ kind: 'exit', timeMicros, exitCode: end.exitCode }));
      await writeQueued();
    }
    await sync.settle().catch(fail);
    await life.end();
    await settleRecording(files, begun, {
      kind: 'closed',
      durationMicros: failure ? await readDuration(path) : encoder.lastMicros,
      bytes: lineFile.length,
      end: failure ? { kind: 'failed', note: failure.message } : end,
    });
    if (failure) throw failure;
  }

  return {
    recordingId,
    path,
    async output(bytes, nowMicros) {
      throwIfUnwritable();
      enqueue(encoder.output(bytes, sinceStart(nowMicros)));
      // Not awaited: it ends when nothing is held, at the latest on close.
      void releaseLater();
      await waitForRoom();
    },
    async resize(newSize, nowMicros) {
      throwIfUnwritable();
      enqueue(encoder.event({ kind: 'resize', timeMicros: sinceStart(nowMicros), size: newSize }));
      await waitForRoom();
    },
    async marker(label, nowMicros) {
      throwIfUnwritable();
      enqueue(encoder.event({ kind: 'marker', timeMicros: sinceStart(nowMicros), label }));
      await waitForRoom();
    },
    get bytes() {
      return failure ? lineFile.length : lineFile.length + queuedBytes + encoder.heldBytes;
    },
    async flush() {
      if (!failure) enqueue(encoder.releaseAll());
      await writeQueued();
      if (failure) throw failure;
      return lineFile.length;
    },
    undecodedTail: () => encoder.tail,
    close(end, nowMicros) {
      closing ??= finish(end, nowMicros);
      return closing;
    },
    onFailed: failed.event,
  };
}

/** Of what is in the file, where not all that was taken is. */
async function readDuration(path: string): Promise<number> {
  const last = await readLastEvent(path).catch(() => undefined);
  return last?.timeMicros ?? 0;
}
