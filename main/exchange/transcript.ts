import type { IBuffer } from '@xterm/headless';
import type { TerminalSize } from '../base/terminal-size.ts';
import { createScreen, MAX_REPEAT, type Screen } from '../terminal/screen.ts';
import { isContinued, readRow } from '../terminal/screen-rows.ts';
import type { CastPart } from './cast-part.ts';

/** Rows that may scroll off the screen before they are collected. */
const SCROLLBACK = 4_000;
/** A terminal is slow with small pieces. */
const PIECE_CHARACTERS = 64 * 1024;

/**
 * What was on the screen as text, without escape sequences: rows as they scrolled off it, a screen before it was cleared
 * or left for the one behind it, and the last one. A line that was wrapped is one line; one that was written over counts
 * as it was at last.
 */
export async function* toTranscript(parts: AsyncIterable<CastPart>): AsyncGenerator<string> {
  let transcript: Transcript | undefined;
  for await (const part of parts) {
    if (part.kind === 'header') transcript = createTranscript(part.header.size);
    else if (part.event.kind === 'output') yield* transcript?.take(part.event.text) ?? [];
    else if (part.event.kind === 'resize') yield* transcript?.resize(part.event.size) ?? [];
  }
  yield* transcript?.finish() ?? [];
}

interface Transcript {
  take(text: string): AsyncGenerator<string>;
  resize(size: TerminalSize): AsyncGenerator<string>;
  finish(): AsyncGenerator<string>;
}

function createTranscript(size: TerminalSize): Transcript {
  const screen = createScreen(size, SCROLLBACK);
  const { terminal } = screen;
  /** Screens that were about to vanish, in order with the rows before them. */
  let collected = '';
  let lastScreen = '';
  let waiting = '';
  let isWithinLine = false;
  /** Rows at the top of the normal screen that were collected before they scrolled off it. */
  let knownRows = 0;
  /** The first row that had not scrolled off then, less those that are collected since; it moves with the rows. */
  let mark = terminal.registerMarker(0);
  let rowsPastMark = 0;

  /** Rows that have left the screen since the last time. */
  function collectScrolled(): void {
    const { normal, active } = terminal.buffer;
    const first = mark && !mark.isDisposed ? mark.line + rowsPastMark : 0;
    const known = Math.min(knownRows, normal.baseY - first);
    for (let row = first + known; row < normal.baseY; row += 1) addRow(normal, row);
    knownRows -= known;
    if (active.type === 'normal') {
      mark?.dispose();
      mark = terminal.registerMarker(-normal.cursorY);
      rowsPastMark = 0;
    } else rowsPastMark += normal.baseY - first;
  }

  function addRow(buffer: IBuffer, row: number): void {
    collected += readRow(buffer, row, terminal.cols);
    isWithinLine = isContinued(buffer, row);
    if (!isWithinLine) collected += '\n';
  }

  /** What stands above the prompt was there before what is shown in its place. */
  function collectAboveCursor(): void {
    collectScrolled();
    const { normal } = terminal.buffer;
    for (; knownRows < normal.cursorY; knownRows += 1) addRow(normal, normal.baseY + knownRows);
  }

  function collectScreen(buffer: IBuffer): void {
    const rows = Array.from({ length: terminal.rows }, (_, row) => buffer.baseY + row);
    const lastRow = rows.findLast((row) => readRow(buffer, row, terminal.cols) !== '');
    if (lastRow === undefined) return;
    const text = rows.map((row) => readRow(buffer, row, terminal.cols)).join('\n');
    if (text === lastScreen) return;
    lastScreen = text;
    const known = buffer.type === 'normal' ? knownRows : 0;
    for (let row = buffer.baseY + known; row <= lastRow; row += 1) addRow(buffer, row);
    endLine();
  }

  function endLine(): void {
    if (isWithinLine) collected += '\n';
    isWithinLine = false;
  }

  function collectBeforeErasing(): false {
    collectScrolled();
    if (terminal.buffer.active.type === 'alternate') return false;
    collectScreen(terminal.buffer.normal);
    knownRows = 0;
    return false;
  }

  const { parser } = terminal;
  parser.registerCsiHandler({ final: 'J' }, ([how = 0]) => {
    const { cursorX, cursorY } = terminal.buffer.active;
    if (how === 3) collectScrolled();
    const isWhole = how === 2 || (how === 0 && cursorX === 0 && cursorY === 0);
    return isWhole ? collectBeforeErasing() : false;
  });
  parser.registerEscHandler({ final: 'c' }, collectBeforeErasing);
  parser.registerCsiHandler({ prefix: '?', final: 'l' }, (params) => {
    const isLeaving = params.some((mode) => mode === 47 || mode === 1047 || mode === 1049);
    if (isLeaving && terminal.buffer.active.type === 'alternate') {
      collectAboveCursor();
      collectScreen(terminal.buffer.alternate);
    }
    return false;
  });

  async function* feed(): AsyncGenerator<string> {
    while (waiting !== '') {
      const end = safeLength(waiting, screen);
      const piece = waiting.slice(0, end);
      waiting = waiting.slice(end);
      await screen.write(piece);
      collectScrolled();
      if (collected !== '') yield collected;
      collected = '';
    }
  }

  return {
    async *take(text) {
      waiting += text;
      if (waiting.length >= PIECE_CHARACTERS) yield* feed();
    },
    async *resize(next) {
      yield* feed();
      collectScrolled();
      // Rows are wrapped anew, and those that are collected must not come back; the others better twice than never.
      terminal.options.scrollback = 0;
      terminal.options.scrollback = SCROLLBACK;
      await screen.resize(next);
      mark?.dispose();
      rowsPastMark = 0;
      knownRows = 0;
      collectScrolled();
    },
    async *finish() {
      yield* feed();
      lastScreen = '';
      collectScreen(terminal.buffer.normal);
      if (terminal.buffer.active.type === 'alternate') collectScreen(terminal.buffer.alternate);
      endLine();
      if (collected !== '') yield collected;
      screen.dispose();
    },
  };
}

/** How much of a text is sure to scroll no more rows than are kept. */
function safeLength(text: string, { size }: Screen): number {
  const repeatedRows = Math.ceil((2 * MAX_REPEAT) / size.cols) + 1;
  let rows = 0;
  let before = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || (code >= 0x80 && code <= 0x9f)) rows += 1;
    // The end of `CSI n b`, which repeats a character.
    else if (code === LETTER_B && (before < 0x20 || (before >= 0x30 && before <= 0x3f))) rows += repeatedRows;
    else rows += 2 / size.cols;
    if (rows >= SCROLLBACK && index > 0) return index;
    before = code;
  }
  return text.length;
}

const LETTER_B = 0x62;
