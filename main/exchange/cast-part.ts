import type { CastEvent, CastHeader } from '../recording/cast/cast.ts';
import { type ReadingOptions, readCast } from '../recording/cast/cast-reader.ts';
import { showOutput } from '../recording/cast/shown-output.ts';

/** A recording on its way out: one header, then its events in order. */
export type CastPart =
  | { readonly kind: 'header'; readonly header: CastHeader }
  | { readonly kind: 'event'; readonly event: CastEvent };

/** What is handed on in another way than it was recorded. */
export interface ReadingReport {
  /** Damaged lines; a marker stands in the place of each. */
  gaps: number;
  /** The command had no terminal, but whatever plays its recording is one: lines end as terminals have them. */
  hasNewLineEnds: boolean;
}

/** Up to where it is whole now, as a terminal is to be shown it; times never fall. Throws as `readCast`. */
export async function* readParts(
  path: string,
  report: ReadingReport,
  options: ReadingOptions,
): AsyncGenerator<CastPart> {
  let lastMicros = 0;
  for await (const item of showOutput(readCast(path, options))) {
    if (item.kind === 'header') {
      report.hasNewLineEnds = item.header.facts?.hasTty === false;
      yield { kind: 'header', header: item.header };
    } else if (item.kind === 'event') {
      lastMicros = Math.max(lastMicros, item.event.timeMicros);
      yield { kind: 'event', event: { ...item.event, timeMicros: lastMicros } };
    } else if (item.kind === 'gap') {
      report.gaps += 1;
      yield { kind: 'event', event: { kind: 'marker', timeMicros: lastMicros, label: GAP_LABEL } };
    }
  }
}

const GAP_LABEL = 'a damaged part of the recording is missing here';
