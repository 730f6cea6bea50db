/** The text of a recording's records as the core would tell it, line by line; for pages without a core. */
import type { RecordingHits, TranscriptLine, TranscriptPage } from '../../preload/contract.ts';
import type { TerminalRecord } from '../../preload/terminal-records.ts';

export interface ToldText {
  readonly reading: TranscriptPage['reading'];
  readonly lines: readonly TranscriptLine[];
}

/** Lines of a page: few, so that a test sees several. */
const PAGE_LINES = 25;

/** Escape sequences are left out; each line has the time of its end. */
export function linesOf(records: readonly TerminalRecord[]): readonly TranscriptLine[] {
  const lines: TranscriptLine[] = [];
  let open = '';
  let timeMicros = 0;
  for (const record of records) {
    if (record.kind !== 'output') continue;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what is left out
    const text = new TextDecoder().decode(record.bytes).replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
    ({ timeMicros } = record);
    const [last = '', ...rest] = (open + text).split('\r\n').reverse();
    for (const line of rest.reverse()) if (line !== '') lines.push({ timeMicros, text: line });
    open = last;
  }
  if (open !== '') lines.push({ timeMicros, text: open });
  return lines;
}

export function pageOf({ reading, lines }: ToldText, input: unknown): TranscriptPage {
  const { at } = input as { readonly at: { readonly line?: number; readonly timeMicros?: number } };
  const index = at.line ?? lines.findLastIndex(({ timeMicros }) => timeMicros <= (at.timeMicros ?? 0));
  const place = Math.max(0, Math.min(index, lines.length - 1));
  const fromLine = place - (place % PAGE_LINES);
  const next = lines[fromLine + PAGE_LINES];
  return {
    reading,
    lineCount: lines.length,
    fromLine,
    lines: lines.slice(fromLine, fromLine + PAGE_LINES),
    ...(next && { nextMicros: next.timeMicros }),
  };
}

export function findIn({ reading, lines }: ToldText, input: unknown): RecordingHits {
  const { text } = input as { readonly text: string };
  const hits = lines.flatMap((line) => {
    const from = line.text.toLowerCase().indexOf(text.toLowerCase());
    return from < 0 ? [] : [{ ...line, place: { from, to: from + text.length } }];
  });
  return { reading, hits, hasMore: false };
}
