/**
 * All that a terminal shows and remembers, as escape sequences that bring an empty one of its size to the same
 * point. xterm.js' own serializer leaves out scroll regions, saved cursors, character sets and more (measured on
 * a recording of `top`: 41 of 153 screens came back).
 */
import headless, { type IBufferCell, type Terminal } from '@xterm/headless';
import { CLOSE_LINK, selectLink, selectPen } from './pen.ts';
import { formatLines } from './screen-lines.ts';
import {
  type BufferInternals,
  type Charset,
  internalsOf,
  type Pen,
  type TerminalInternals,
} from './terminal-internals.ts';

export interface Snapshot {
  readonly sequences: string;
  /**
   * Whether that is all: a character set that is not known here comes back as ASCII, a saved cursor beyond the edge
   * within it, a character that was erased behind the cursor as a blank.
   */
  readonly isWhole: boolean;
}

/** What the designators of character sets stand for here. */
export type Charsets = ReadonlyMap<Charset, string>;

/** Lines above the screen that come back with it. */
export const SNAPSHOT_SCROLLBACK = 300;

/** Whether nothing of what is parsed now is left to be finished by what comes next. */
export function canSnapshot(terminal: Terminal): boolean {
  return !isWithinSequence(terminal) && !internalsOf(terminal).coreService.decPrivateModes.synchronizedOutput;
}

/** Whether an escape sequence has begun whose end is still to come. */
export function isWithinSequence(terminal: Terminal): boolean {
  return internalsOf(terminal)._inputHandler._parser.currentState !== 0;
}

/** Whether the next character may join the last one, as an accent does. */
export function mayJoin(terminal: Terminal): boolean {
  return internalsOf(terminal)._inputHandler._parser.precedingJoinState !== 0;
}

export function takeSnapshot(terminal: Terminal, charsets: Charsets): Snapshot {
  const { cols } = terminal;
  const internals = internalsOf(terminal);
  const { normal, alt } = internals.buffers;
  const isAlternate = terminal.buffer.active.type === 'alternate';
  const buffer = terminal.buffer.normal;
  const pen = internals._inputHandler._curAttrData;
  let isWhole = true;
  const miss: Miss = () => {
    isWhole = false;
  };
  const sequences = [
    formatLines(internals, buffer, { fromRow: firstRow(terminal), toRow: buffer.length, cols }),
    formatBuffer(terminal, normal, charsets, miss),
    ...(isAlternate
      ? [
          // Of other terminals both screens have one scroll region.
          '\x1b[0m\x1b[?47h\x1b[r',
          formatLines(internals, terminal.buffer.alternate, { fromRow: 0, toRow: terminal.rows, cols }),
          formatBuffer(terminal, alt, charsets, miss),
        ]
      : []),
    formatModes(terminal, internals),
    formatCursor(terminal, internals, isAlternate ? alt : normal, miss),
    formatCharsets(internals, charsets, miss),
    selectPen(pen),
    selectLink(internals, 0, pen),
    terminal.modes.wraparoundMode ? '' : '\x1b[?7l',
    terminal.modes.insertMode ? '\x1b[4h' : '',
  ].join('');
  return { sequences, isWhole };
}

/** Says that something does not come back. */
type Miss = () => void;

/** Behind the last column, where the next character wraps, only writing the last one gets it. */
function formatCursor(
  terminal: Terminal,
  internals: TerminalInternals,
  { x, y, ybase, scrollTop }: BufferInternals,
  miss: Miss,
): string {
  const row = y - (terminal.modes.originMode ? scrollTop : 0);
  if (x < terminal.cols) return moveTo(x, row);
  const line = terminal.buffer.active.getLine(ybase + y);
  const isWide = line?.getCell(terminal.cols - 1)?.getWidth() === 0;
  const column = terminal.cols - (isWide ? 2 : 1);
  const cell = line?.getCell(column) as (IBufferCell & Pen) | undefined;
  if (!cell?.getChars()) miss();
  if (!cell) return moveTo(column, row);
  const link = selectLink(internals, 0, cell);
  return `${moveTo(column, row)}${link}${selectPen(cell)}${cell.getChars() || ' '}${link && CLOSE_LINK}`;
}

/** Where lines begin that are kept: not within one that wraps, unless it is longer than all of them. */
function firstRow(terminal: Terminal): number {
  const { normal } = terminal.buffer;
  let row = Math.max(0, normal.length - terminal.rows - SNAPSHOT_SCROLLBACK);
  while (row < normal.baseY && normal.getLine(row)?.isWrapped) row += 1;
  return row;
}

/** What a buffer has of its own beside its lines: tab stops, scroll region, saved cursor. Ends with its region set. */
function formatBuffer(terminal: Terminal, buffer: BufferInternals, charsets: Charsets, miss: Miss): string {
  const { savedCurAttrData: pen, savedX, savedCharset } = buffer;
  if (savedX >= terminal.cols) miss();
  const savedRow = Math.max(0, Math.min(terminal.rows - 1, buffer.savedY - buffer.ybase));
  const hasRegion = buffer.scrollTop > 0 || buffer.scrollBottom < terminal.rows - 1;
  return [
    formatTabStops(terminal.cols, buffer),
    moveTo(Math.min(savedX, terminal.cols - 1), savedRow),
    designate('(', savedCharset, charsets, miss),
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

function formatCharsets(internals: TerminalInternals, charsets: Charsets, miss: Miss): string {
  const { glevel, charset, _charsets: sets } = internals._inputHandler._charsetService;
  // A cursor that was brought back brings its set with it, though the slot in use has another.
  if (charset !== sets[glevel]) miss();
  const designators = ['(', ')', '*', '+'].map((slot, index) => designate(slot, sets[index], charsets, miss));
  return designators.join('') + (['\x0f', '\x0e', '\x1bn', '\x1bo'][glevel] ?? '');
}

function designate(slot: string, charset: Charset, charsets: Charsets, miss: Miss): string {
  const designator = charsets.get(charset);
  if (designator === undefined) miss();
  return `\x1b${slot}${designator ?? ASCII}`;
}

const ASCII = 'B';
/** Sets that programs use; what uses another is not brought back with it. */
const DESIGNATORS = ['0', 'A'];

/** Asks a terminal for them. */
export async function findCharsets(): Promise<Charsets> {
  const scratch = new headless.Terminal({ cols: 2, rows: 2, allowProposedApi: true, logLevel: 'off' });
  const found = new Map<Charset, string>([[undefined, ASCII]]);
  for (const designator of DESIGNATORS) {
    await new Promise<void>((resolve) => scratch.write(`\x1b(${designator}`, resolve));
    found.set(internalsOf(scratch)._inputHandler._charsetService._charsets[0], designator);
  }
  scratch.dispose();
  return found;
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
