import { formatEvent, formatHeader } from './cast.ts';
import { type ReadingOptions, readCast } from './cast-reader.ts';

/** A part of a plain asciicast. `gap`: a marker that stands for what cannot be read. */
export interface ClearLine {
  readonly text: string;
  readonly isGap: boolean;
}

/** The lines of a cast, decrypted where it is encrypted: each of them is one, whatever was damaged. Throws as `readCast`. */
export async function* readClearLines(path: string, options: ReadingOptions): AsyncGenerator<ClearLine> {
  let timeMicros = 0;
  for await (const item of readCast(path, options)) {
    if (item.kind === 'header') yield { text: formatHeader(item.header), isGap: false };
    if (item.kind === 'event') {
      ({ timeMicros } = item.event);
      yield { text: formatEvent(item.event), isGap: false };
    }
    if (item.kind === 'gap') {
      const label = `${item.nextOffset - item.offset} bytes of the recording cannot be read: ${item.reason}`;
      yield { text: formatEvent({ kind: 'marker', timeMicros, label }), isGap: true };
    }
  }
}
