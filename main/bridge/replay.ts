import type { ByteStream } from '../../preload/byte-stream.ts';
import type { Streams } from '../../preload/contract.ts';
import type { CastItem } from '../recording/cast/cast-reader.ts';
import type { ReplayStart } from '../replay/replays.ts';
import { toSessionRecord } from '../session/cast-replay.ts';
import type { SessionRecord } from '../session/session-record.ts';
import type { Rooms } from './rooms.ts';
import { createRecordBatch } from './streams.ts';

type ReplayNeeds = Pick<Rooms, 'library' | 'replays'>;

/** A recording from its start or a keyframe, as fast as the page takes it. */
export async function playRecording(
  { library, replays }: ReplayNeeds,
  { recordingId, fromMicros = 0, follows = false }: Streams['library.play']['params'],
  stream: ByteStream,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const changes = watchRecording(library, recordingId, signal);
  const batch = createRecordBatch(stream, signal);
  let hasEnded = false;
  try {
    const start = fromMicros > 0 ? await startAt(fromMicros) : undefined;
    let { offset: fromOffset, timeMicros } = start ?? { offset: 0, timeMicros: 0 };
    if (start) {
      const bytes = new TextEncoder().encode(start.state);
      await batch.add({ kind: 'resize', timeMicros, size: start.size });
      await batch.add({ kind: 'output', timeMicros, bytes });
    }
    while (true) {
      const { state } = await library.get(recordingId);
      for await (const item of replays.read(recordingId, { fromOffset, signal })) {
        // Its writer may be at it: it is read again when there is more.
        if (item.kind === 'torn') continue;
        fromOffset = item.nextOffset;
        const record = toRecord(item);
        if (!record) continue;
        timeMicros = Math.max(timeMicros, record.timeMicros);
        await batch.add({ ...record, timeMicros });
        hasEnded ||= record.kind === 'exit';
      }
      // It may have ended after its state was asked for.
      if (state !== 'live' || hasEnded || !follows) break;
      await batch.add({ kind: 'caught-up', timeMicros });
      await batch.flush();
      await changes.next();
    }
    await batch.flush();
    stream.end();
  } finally {
    changes.end();
  }

  /** What can be seen until then is sent first. */
  async function startAt(timeMicros: number): Promise<ReplayStart | undefined> {
    const start = replays.start(recordingId, timeMicros, { signal });
    const [glimpsed] = await Promise.allSettled([sendGlimpse(), start]);
    if (glimpsed.status === 'rejected') throw glimpsed.reason;
    return start;
  }

  async function sendGlimpse(): Promise<void> {
    let isEmpty = true;
    for await (const item of replays.glimpse(recordingId, fromMicros, { signal })) {
      const record = toRecord(item);
      if (record && record.kind !== 'exit') await batch.add(record);
      isEmpty = false;
    }
    if (isEmpty) return;
    await batch.add({ kind: 'glimpse', timeMicros: fromMicros });
    await batch.flush();
  }
}

function toRecord(item: CastItem): SessionRecord | undefined {
  if (item.kind === 'header') return { kind: 'resize', timeMicros: 0, size: item.header.size };
  return item.kind === 'event' ? toSessionRecord(item.event) : undefined;
}

/** Tells of changes since it was last asked, so that none is missed while the cast is read. */
function watchRecording(
  { onChanged }: ReplayNeeds['library'],
  recordingId: string,
  signal: AbortSignal,
): { next(): Promise<void>; end(): void } {
  let isChanged = false;
  let wake: (() => void) | undefined;
  const unlisten = onChanged((change) => {
    if ((change.kind === 'put' ? change.recording.recordingId : change.recordingId) !== recordingId) return;
    isChanged = true;
    wake?.();
  });
  const stop = (): void => wake?.();
  signal.addEventListener('abort', stop, { once: true });
  return {
    async next() {
      if (!isChanged && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      isChanged = false;
      signal.throwIfAborted();
    },
    end() {
      unlisten();
      signal.removeEventListener('abort', stop);
    },
  };
}
