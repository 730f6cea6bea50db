import { type AppError, toAppError } from '../base/errors.ts';
import type { TerminalSize } from '../exec/exec-stream.ts';
import { readCast } from '../recording/cast-reader.ts';
import type { CastWriter } from '../recording/cast-writer.ts';
import type { RecordingDetails, RecordingEnd } from '../recording/recording.ts';
import { toSessionRecord } from './cast-replay.ts';
import type { SessionRecord } from './session-record.ts';
import { createUnrecordedTail } from './unrecorded-tail.ts';
import type { ViewerSink } from './viewers.ts';

export type RecordingState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'recording';
      readonly recordingId: string;
      readonly startedAtMs: number;
      readonly bytes: number;
    }
  | { readonly kind: 'stored'; readonly recordingId: string; readonly bytes: number }
  | { readonly kind: 'failed'; readonly recordingId?: string; readonly error: AppError };

/**
 * A session's own record. When it fails the session goes on: its state says so, and the latest output is
 * kept for windows that are opened later.
 */
export interface SessionRecording {
  readonly state: RecordingState;
  /** Resolves when the record has been taken for writing. Never rejects. */
  take(record: SessionRecord): Promise<void>;
  close(end: RecordingEnd): Promise<void>;
  /** Sends what the cast holds from `offset` (0: the start) on, and resolves with the offset after it. */
  replay(sink: Pick<ViewerSink, 'write'>, offset: number, options: { signal: AbortSignal }): Promise<number>;
  /** What was taken but stands in no line of the cast. */
  rest(): readonly SessionRecord[];
}

export interface SessionRecordingNeeds {
  readonly clock: { nowMicros(): number; nowMs(): number };
  newCastWriter(details: RecordingDetails, size: TerminalSize): Promise<CastWriter>;
  onChanged(): void;
}

export async function openSessionRecording(
  needs: SessionRecordingNeeds,
  details: RecordingDetails,
  size: TerminalSize,
): Promise<SessionRecording> {
  const startedAtMs = needs.clock.nowMs();
  const tail = createUnrecordedTail();
  let writer: CastWriter | undefined;
  let failure: AppError | undefined;
  let isClosed = false;

  try {
    writer = await needs.newCastWriter(details, size);
    writer.onFailed(fail);
  } catch (error) {
    failure = toAppError(error);
  }

  function fail(error: AppError): void {
    if (failure) return;
    failure = error;
    needs.onChanged();
  }

  async function write(target: CastWriter, record: SessionRecord): Promise<void> {
    const nowMicros = needs.clock.nowMicros();
    if (record.kind === 'output') await target.output(record.bytes, nowMicros);
    else if (record.kind === 'resize') await target.resize(record.size, nowMicros);
    else if (record.kind === 'marker') await target.marker(record.label, nowMicros);
  }

  return {
    get state(): RecordingState {
      if (failure) {
        const known = writer ? { recordingId: writer.recordingId } : {};
        return { kind: 'failed', ...known, error: failure };
      }
      if (!writer) return { kind: 'none' };
      const { recordingId, bytes } = writer;
      return isClosed
        ? { kind: 'stored', recordingId, bytes }
        : { kind: 'recording', recordingId, startedAtMs, bytes };
    },
    async take(record) {
      if (writer && !failure) {
        try {
          await write(writer, record);
          return;
        } catch (error) {
          fail(toAppError(error));
        }
      }
      tail.push(record);
    },
    async close(end) {
      try {
        await writer?.close(end, needs.clock.nowMicros());
      } catch (error) {
        fail(toAppError(error));
      }
      isClosed = true;
    },
    async replay(sink, offset, { signal }) {
      if (!writer) return offset;
      // Once writing has failed or ended the file is what it is.
      const end = failure || isClosed ? undefined : await writer.flush().catch(() => undefined);
      let next = offset;
      for await (const item of readCast(writer.path, { fromOffset: offset, toOffset: end, signal })) {
        next = item.nextOffset;
        const record =
          item.kind === 'header'
            ? ({ kind: 'resize', timeMicros: 0, size: item.header.size } as const)
            : item.kind === 'event' && toSessionRecord(item.event);
        if (record) await sink.write(record);
      }
      return next;
    },
    rest() {
      const undecoded = writer && !failure && !isClosed ? writer.undecodedTail() : new Uint8Array();
      const last: SessionRecord[] =
        undecoded.byteLength > 0 ? [{ kind: 'output', timeMicros: 0, bytes: undecoded }] : [];
      return [...tail.records, ...last];
    },
  };
}
