import headless from '@xterm/headless';
import type { TerminalSize } from '../../main/base/terminal-size.ts';
import type { CastPart } from '../../main/exchange/cast-part.ts';
import type { CastEvent } from '../../main/recording/cast/cast.ts';

/** A recording as it is handed on, of these events. */
export async function* toParts(
  events: readonly CastEvent[],
  size: TerminalSize = { cols: 80, rows: 24 },
): AsyncGenerator<CastPart> {
  yield { kind: 'header', header: { size, startedAtSeconds: 1_700_000_000 } };
  for (const event of events) yield { kind: 'event', event };
}

/** Output of one event a second. */
export function toOutputs(...texts: readonly string[]): CastEvent[] {
  return texts.map((text, index) => ({ kind: 'output', timeMicros: index * 1_000_000, text }));
}

export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}

export async function collectText(texts: AsyncIterable<string | Uint8Array>): Promise<string> {
  const pieces = await collect(texts);
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece))).toString();
}

/** All output of it, as one text. */
export function outputOf(parts: readonly CastPart[]): string {
  return parts
    .map((part) => (part.kind === 'event' && part.event.kind === 'output' ? part.event.text : ''))
    .join('');
}

/** What a terminal shows in the end: its rows, its cursor, which of its screens, and how each cell looks. */
export async function showParts(parts: AsyncIterable<CastPart>): Promise<unknown> {
  let terminal = new headless.Terminal({
    cols: 80,
    rows: 24,
    scrollback: 0,
    allowProposedApi: true,
    logLevel: 'off',
  });
  for await (const part of parts) {
    if (part.kind === 'header') {
      terminal = new headless.Terminal({
        ...part.header.size,
        scrollback: 0,
        allowProposedApi: true,
        logLevel: 'off',
      });
    } else if (part.event.kind === 'output') {
      const { text } = part.event;
      await new Promise<void>((resolve) => terminal.write(text, resolve));
    } else if (part.event.kind === 'resize') {
      terminal.resize(part.event.size.cols, part.event.size.rows);
    }
  }
  const { active } = terminal.buffer;
  const rows = Array.from({ length: terminal.rows }, (_, row) => {
    const line = active.getLine(active.baseY + row);
    return Array.from({ length: terminal.cols }, (_, column) => {
      const cell = line?.getCell(column);
      return (
        cell && [
          cell.getChars() || ' ',
          cell.getFgColor(),
          cell.getBgColor(),
          cell.isBold(),
          cell.isInverse(),
        ]
      );
    });
  });
  const { cursorX, cursorY, type } = active;
  return { rows, cursorX, cursorY, type, modes: { ...terminal.modes } };
}
