/**
 * All that a terminal shows and remembers, as escape sequences that bring an empty one of its size to the same
 * point. xterm.js' own serializer leaves out scroll regions, saved cursors, character sets and more (measured on
 * a recording of `top`: 41 of 153 screens came back).
 */
import type { IBufferCell, Terminal } from '@xterm/headless';
import { CLOSE_LINK, selectLink, selectPen } from './pen.ts';
import { formatLines } from './screen-text.ts';
import {
  type BufferInternals,
  type Charset,
  internalsOf,
  type Pen,
  type TerminalInternals,
} from './terminal-internals.ts';

/** What the designators of character sets stand for here; found by asking a terminal. */
export type Charsets = ReadonlyMap<Charset, string>;

/** Lines above the screen that come back with it. */
export const SNAPSHOT_SCROLLBACK = 300;

/** Whether nothing of what is parsed now is left to be finished by what comes next. */
export function canSnapshot(terminal: Terminal): boolean {
  const { coreService, _inputHandler: handler } = internalsOf(terminal);
  return handler._parser.currentState === 0 && !coreService.decPrivateModes.synchronizedOutput;
}

/** Whether the next character may join the last one, as an accent does. */
export function mayJoin(terminal: Terminal): boolean {
  return internalsOf(terminal)._inputHandler._parser.precedingJoinState !== 0;
}

/** Undefined where it cannot be brought back, as with a character set that is not known here. */
export function takeSnapshot(terminal: Terminal, charsets: Charsets): string | undefined {
  const { cols } = terminal;
  const internals = internalsOf(terminal);
  const { normal, alt } = internals.buffers;
  const isAlternate = terminal.buffer.active.type === 'alternate';
  const buffer = terminal.buffer.normal;
  const sets = describeCharsets(internals, charsets);
  const inNormal = formatBuffer(terminal, normal, charsets);
  const inAlternate = isAlternate ? formatBuffer(terminal, alt, charsets) : '';
  const cursor = formatCursor(terminal, internals, isAlternate ? alt : normal);
  if (sets === undefined || inNormal === undefined || inAlternate === undefined || cursor === undefined) {
    return undefined;
  }
  const pen = internals._inputHandler._curAttrData;
  return [
    formatLines(internals, buffer, { fromRow: firstRow(terminal), toRow: buffer.length, cols }),
    inNormal,
    ...(isAlternate
      ? [
          '\x1b[r\x1b[0m\x1b[?47h\x1b[H',
          formatLines(internals, terminal.buffer.alternate, { fromRow: 0, toRow: terminal.rows, cols }),
          inAlternate,
        ]
      : []),
    formatModes(terminal, internals),
    cursor,
    sets,
    selectPen(pen),
    selectLink(internals, 0, pen),
    terminal.modes.wraparoundMode ? '' : '\x1b[?7l',
    terminal.modes.insertMode ? '\x1b[4h' : '',
  ].join('');
}

/** Behind the last column, where the next character wraps, only writing the last one gets it. */
function formatCursor(
  terminal: Terminal,
  internals: TerminalInternals,
  { x, y, ybase, scrollTop }: BufferInternals,
): string | undefined {
  const row = y - (terminal.modes.originMode ? scrollTop : 0);
  if (x < terminal.cols) return moveTo(x, row);
  const line = terminal.buffer.active.getLine(ybase + y);
  const isWide = line?.getCell(terminal.cols - 1)?.getWidth() === 0;
  const column = terminal.cols - (isWide ? 2 : 1);
  const cell = line?.getCell(column) as (IBufferCell & Pen) | undefined;
  if (!cell || cell.getChars() === '') return undefined;
  const link = selectLink(internals, 0, cell);
  return `${moveTo(column, row)}${link}${selectPen(cell)}${cell.getChars()}${link && CLOSE_LINK}`;
}

/** Where lines begin that are kept: not within one that wraps, unless it is longer than all of them. */
function firstRow(terminal: Terminal): number {
  const { normal } = terminal.buffer;
  let row = Math.max(0, normal.length - terminal.rows - SNAPSHOT_SCROLLBACK);
  while (row < normal.baseY && normal.getLine(row)?.isWrapped) row += 1;
  return row;
}

/** What a buffer has of its own beside its lines: tab stops, scroll region, saved cursor. Ends with its region set. */
function formatBuffer(terminal: Terminal, buffer: BufferInternals, charsets: Charsets): string | undefined {
  const { savedCurAttrData: pen, savedX, savedCharset } = buffer;
  const designator = charsets.get(savedCharset);
  if (designator === undefined || savedX >= terminal.cols) return undefined;
  const savedRow = Math.max(0, Math.min(terminal.rows - 1, buffer.savedY - buffer.ybase));
  const hasRegion = buffer.scrollTop > 0 || buffer.scrollBottom < terminal.rows - 1;
  return [
    formatTabStops(terminal.cols, buffer),
    moveTo(savedX, savedRow),
    `\x1b(${designator}`,
    selectPen(pen),
    '\x1b7\x1b(B\x1b[0m',
    hasRegion ? `\x1b[${buffer.scrollTop + 1};${buffer.scrollBottom + 1}r` : '',
  ].join('');
}

function formatTabStops(cols: number, { tabs }: BufferInternals): string {
  const columns = Array.from({ length: cols }, (_, column) => column);
  if (columns.every((column) => Boolean(tabs[column]) === (column % TAB_WIDTH === 0))) return '';
  const stops = columns.filter((column) => tabs[column]).map((column) => `\x1b[${column + 1}G\x1bH`);
  return `\x1b[3g${stops.join('')}`;
}

const TAB_WIDTH = 8;

function describeCharsets(internals: TerminalInternals, charsets: Charsets): string | undefined {
  const { glevel, charset, _charsets: sets } = internals._inputHandler._charsetService;
  // A cursor that was brought back brings its set with it, though the slot in use has another.
  if (charset !== sets[glevel]) return undefined;
  const designators = ['(', ')', '*', '+'].map((slot, index) => {
    const designator = charsets.get(sets[index]);
    return designator === undefined ? undefined : slot + designator;
  });
  if (designators.includes(undefined)) return undefined;
  const shift = ['\x0f', '\x0e', '\x1bn', '\x1bo'][glevel] ?? '';
  return `${designators.map((designator) => `\x1b${designator}`).join('')}${shift}`;
}

function formatModes(terminal: Terminal, { coreService, coreMouseService }: TerminalInternals): string {
  const { modes } = terminal;
  const { cursorStyle, cursorBlink } = coreService.decPrivateModes;
  const shape = cursorStyle === undefined ? 0 : CURSOR_SHAPES[cursorStyle] + (cursorBlink ? 0 : 1);
  return [
    modes.applicationCursorKeysMode ? '\x1b[?1h' : '',
    modes.applicationKeypadMode ? '\x1b=' : '',
    modes.bracketedPasteMode ? '\x1b[?2004h' : '',
    modes.sendFocusMode ? '\x1b[?1004h' : '',
    modes.reverseWraparoundMode ? '\x1b[?45h' : '',
    MOUSE_MODES[modes.mouseTrackingMode],
    MOUSE_ENCODINGS[coreMouseService.activeEncoding],
    shape === 0 ? '' : `\x1b[${shape} q`,
    coreService.isCursorHidden ? '\x1b[?25l' : '\x1b[?25h',
    modes.originMode ? '\x1b[?6h' : '',
  ].join('');
}

/** DECSCUSR: blinking, and one more for steady. */
const CURSOR_SHAPES = { block: 1, underline: 3, bar: 5 } as const;
const MOUSE_MODES = {
  none: '',
  x10: '\x1b[?9h',
  vt200: '\x1b[?1000h',
  drag: '\x1b[?1002h',
  any: '\x1b[?1003h',
} as const;
const MOUSE_ENCODINGS = { DEFAULT: '', SGR: '\x1b[?1006h', SGR_PIXELS: '\x1b[?1016h' } as const;

function moveTo(column: number, row: number): string {
  return `\x1b[${row + 1};${column + 1}H`;
}
