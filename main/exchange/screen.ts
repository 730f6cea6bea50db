import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import headless, { type IBuffer, type Terminal } from '@xterm/headless';
import type { TerminalSize } from '../base/terminal-size.ts';
import { styleOf } from './cell-style.ts';
import { formatModes, formatRows } from './screen-rows.ts';

/** A terminal without a window, that measures characters as the page's do. */
export interface Screen {
  readonly terminal: Terminal;
  /** As the terminal takes it: no larger than a hundred windows. */
  readonly size: TerminalSize;
  readonly isCursorVisible: boolean;
  /** Resolves when all of it is on the screen. */
  write(text: string): Promise<void>;
  resize(size: TerminalSize): void;
  /**
   * What brings a fresh terminal of the same size to this screen, its modes, style and cursor; no scrollback. Tab stops,
   * character sets and saved cursors are as in any terminal. Nothing can be written to this one any more.
   */
  serialize(): Promise<string>;
  dispose(): void;
}

/** A recording may claim any size up to 65535; cells cost memory. */
const MAX_SIZE: TerminalSize = { cols: 1_000, rows: 400 };
/** `CSI n b` repeats a character; more than a screen's worth of it only takes time. */
export const MAX_REPEAT = 1_000;

export function createScreen(size: TerminalSize, scrollback: number): Screen {
  const terminal = new headless.Terminal({
    ...clamp(size),
    scrollback,
    allowProposedApi: true,
    logLevel: 'off',
  });
  terminal.loadAddon(new UnicodeGraphemesAddon());
  terminal.unicode.activeVersion = '15-graphemes';
  let isCursorVisible = true;
  /** First and last row, from 1, of each buffer; absent where all rows scroll. */
  const margins = new Map<'normal' | 'alternate', readonly [top: number, bottom: number]>();

  function forget(): false {
    margins.clear();
    isCursorVisible = true;
    return false;
  }

  function setCursor(visible: boolean): (params: readonly (number | number[])[]) => false {
    return (params) => {
      if (params.includes(DECTCEM)) isCursorVisible = visible;
      return false;
    };
  }

  // The second screen is a new one each time.
  terminal.buffer.onBufferChange(({ type }) => {
    if (type === 'normal') margins.delete('alternate');
  });
  const { parser } = terminal;
  parser.registerCsiHandler({ final: 'b' }, ([count = 1]) => Number(count) > MAX_REPEAT);
  parser.registerCsiHandler({ final: 'r' }, ([top = 0, bottom = 0]) => {
    const range = [Number(top) || 1, Math.min(Number(bottom) || terminal.rows, terminal.rows)] as const;
    if (range[0] < range[1]) margins.set(terminal.buffer.active.type, range);
    return false;
  });
  parser.registerCsiHandler({ prefix: '?', final: 'h' }, setCursor(true));
  parser.registerCsiHandler({ prefix: '?', final: 'l' }, setCursor(false));
  parser.registerCsiHandler({ intermediates: '!', final: 'p' }, forget);
  parser.registerEscHandler({ final: 'c' }, forget);

  function marginsOf({ type }: IBuffer): readonly [top: number, bottom: number] {
    return margins.get(type) ?? [1, terminal.rows];
  }

  function formatBuffer(buffer: IBuffer): string {
    const [top, bottom] = marginsOf(buffer);
    const range = top === 1 && bottom === terminal.rows ? '' : `\u001b[${top};${bottom}r`;
    return formatRows(buffer, terminal.rows) + range;
  }

  /** Behind the last column, where the next character wraps, only writing gets it. */
  function formatCursor(buffer: IBuffer, firstRow: number): string {
    const { cursorX, cursorY } = buffer;
    const row = cursorY + 2 - firstRow;
    if (cursorX < terminal.cols) return `\u001b[${row};${cursorX + 1}H`;
    const line = buffer.getLine(buffer.baseY + cursorY);
    const isWide = line?.getCell(terminal.cols - 1)?.getWidth() === 0;
    const column = terminal.cols - (isWide ? 2 : 1);
    const cell = line?.getCell(column);
    return `\u001b[${row};${column + 1}H${cell ? styleOf(cell) + (cell.getChars() || ' ') : ''}`;
  }

  /** How it would write now, which only writing tells. */
  async function formatStyle(): Promise<string> {
    await write('\u001b[?6l\u001b[Hx');
    const { active } = terminal.buffer;
    const cell = active.getLine(active.baseY)?.getCell(0);
    return cell ? styleOf(cell) : '';
  }

  function write(text: string): Promise<void> {
    return new Promise((resolve) => terminal.write(text, resolve));
  }

  return {
    terminal,
    get size() {
      return { cols: terminal.cols, rows: terminal.rows };
    },
    get isCursorVisible() {
      return isCursorVisible;
    },
    write,
    resize(next) {
      const { cols, rows } = clamp(next);
      if (cols === terminal.cols && rows === terminal.rows) return;
      margins.clear();
      terminal.resize(cols, rows);
    },
    async serialize() {
      const { normal, active } = terminal.buffer;
      const behind =
        active.type === 'normal'
          ? ''
          : `${formatBuffer(normal)}${formatCursor(normal, 1)}\u001b[0m\u001b[?1049h`;
      const [top] = terminal.modes.originMode ? marginsOf(active) : [1];
      const shown = formatBuffer(active) + formatModes(terminal.modes) + formatCursor(active, top);
      const hidden = isCursorVisible ? '' : '\u001b[?25l';
      return behind + shown + (await formatStyle()) + hidden;
    },
    dispose: () => terminal.dispose(),
  };
}

/** The mode that shows the cursor. */
const DECTCEM = 25;

function clamp({ cols, rows }: TerminalSize): TerminalSize {
  // The terminal itself has no less than two columns.
  return { cols: Math.min(Math.max(cols, 2), MAX_SIZE.cols), rows: Math.min(rows, MAX_SIZE.rows) };
}
