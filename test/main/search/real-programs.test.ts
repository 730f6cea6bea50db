// covers: main/search/screen-text.ts
import headless from '@xterm/headless';
import { expect, test } from 'vitest';
import type { TerminalSize } from '../../../main/base/terminal-size.ts';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import { findFolded, foldText } from '../../../main/search/folded-text.ts';
import { createScreenText } from '../../../main/search/screen-text.ts';
import type { ShownLine } from '../../../main/search/shown-lines.ts';
import { REAL_PROGRAMS, readRealRecording } from '../../fakes/real-recordings.ts';

/** The rows that a terminal shows after each event, with the time; none twice in a row. */
async function* showRows(
  events: readonly CastEvent[],
  size: TerminalSize,
): AsyncGenerator<{ readonly timeMicros: number; readonly rows: readonly string[] }> {
  const terminal = new headless.Terminal({ ...size, allowProposedApi: true, logLevel: 'off' });
  for (const event of events) {
    if (event.kind === 'resize') terminal.resize(event.size.cols, event.size.rows);
    if (event.kind !== 'output') continue;
    await new Promise<void>((resolve) => terminal.write(event.text, resolve));
    const { active } = terminal.buffer;
    let first = active.baseY;
    // Of a line that has half scrolled off, all.
    while (first > 0 && active.getLine(first)?.isWrapped) first -= 1;
    const rows = Array.from({ length: active.baseY + terminal.rows - first }, (_, row) => {
      const line = active.getLine(first + row);
      return line?.translateToString(true, 0, terminal.cols).trim() ?? '';
    });
    yield { timeMicros: event.timeMicros, rows };
  }
  terminal.dispose();
}

async function readLines(events: readonly CastEvent[], size: TerminalSize): Promise<ShownLine[]> {
  const lines: ShownLine[] = [];
  const screen = createScreenText(size, (line) => lines.push(line));
  for (const event of events) await screen.feed(event);
  await screen.finish();
  screen.dispose();
  return lines;
}

test.each(REAL_PROGRAMS)('what %s showed after any of its outputs is found', async (program) => {
  const { header, events } = await readRealRecording(program);
  const texts = (await readLines(events, header.size)).map(({ text }) => text);
  const all = texts.join('\n');
  const seen = new Set<string>();
  for await (const { rows } of showRows(events, header.size)) for (const row of rows) seen.add(row);
  expect(seen.size).toBeGreaterThan(10);
  expect([...seen].filter((row) => !all.includes(row))).toEqual([]);
});

test.each(REAL_PROGRAMS)('at the time of each line of %s all of it stands on the screen', async (program) => {
  const { header, events } = await readRealRecording(program);
  const lines = await readLines(events, header.size);
  const untold = new Map<number, string[]>();
  for (const { timeMicros, text } of lines) {
    untold.set(timeMicros, [...(untold.get(timeMicros) ?? []), squeeze(text)]);
  }
  // Several events of the same time are one moment: a seek shows all of them.
  for await (const { timeMicros, rows } of showRows(events, header.size)) {
    const screen = squeeze(rows.join(''));
    const left = (untold.get(timeMicros) ?? []).filter((text) => !screen.includes(text));
    untold.set(timeMicros, left);
  }
  expect([...untold.values()].flat()).toEqual([]);
});

/** Blanks at the ends of the rows that a line fills are not to be told from those behind it. */
function squeeze(text: string): string {
  return text.replaceAll(/\s/g, '');
}

test('each percent of a full-width progress bar is found once', async () => {
  const { header, events } = await readRealRecording('progress');
  const lines = await readLines(events, header.size);
  const percents = new Set(lines.flatMap(({ text }) => /(\d+)\s?%/.exec(text)?.[1] ?? []));
  expect(percents.size).toBeGreaterThan(5);
  const [last] = lines.filter(({ text }) => findFolded(text, foldText('100')) !== undefined);
  expect(last).toBeDefined();
});
