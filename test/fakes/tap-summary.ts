import type { Tap, TapEvent } from '../../main/proxy/tap/tap.ts';

/** Events to be compared: neighbours of one kind as one, bytes as Latin-1 so that a failure can be read. */
export function summary(events: readonly TapEvent[]): string[] {
  const lines: { head: string; bytes: string }[] = [];
  for (const event of events) {
    const head = headOf(event);
    const bytes = 'bytes' in event ? Buffer.from(event.bytes).toString('latin1') : '';
    const last = lines.at(-1);
    if (last?.head === head && 'bytes' in event) last.bytes += bytes;
    else lines.push({ head, bytes: event.kind === 'status' ? event.text : bytes });
  }
  return lines.map(({ head, bytes }) => (bytes === '' ? head : `${head} ${bytes}`));
}

function headOf(event: TapEvent): string {
  if (event.kind === 'output') return event.isStderr ? 'stderr' : 'stdout';
  return event.kind === 'resize' ? `resize ${event.size.cols}x${event.size.rows}` : event.kind;
}

/** Everything that a tap tells of these chunks, each of which is gone when the next one comes. */
export function tapped(
  tap: Tap,
  side: 'fromServer' | 'fromClient',
  chunks: readonly Uint8Array[],
): TapEvent[] {
  return chunks.flatMap((chunk) => {
    const given = Buffer.from(chunk);
    const events = tap[side](given).map((event) =>
      'bytes' in event ? { ...event, bytes: Uint8Array.from(event.bytes) } : event,
    );
    given.fill(0xff);
    return events;
  });
}

/** What a command wrote, by stream. */
export function outputOf(events: readonly TapEvent[], { isStderr }: { isStderr: boolean }): Buffer {
  const parts = events.flatMap((event) =>
    event.kind === 'output' && event.isStderr === isStderr ? [event.bytes] : [],
  );
  return Buffer.concat(parts);
}
