import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import headless, { type Terminal } from '@xterm/headless';
import type { TerminalSize } from '../base/terminal-size.ts';
import { type Charsets, findCharsets, type Snapshot, takeSnapshot } from './snapshot.ts';
import { internalsOf } from './terminal-internals.ts';

/** A terminal without a window, that measures characters as the page's do. */
export interface Screen {
  readonly terminal: Terminal;
  /** As the terminal takes it: no larger than a hundred windows. */
  readonly size: TerminalSize;
  readonly isCursorVisible: boolean;
  /** Resolves when it is on the screen, or is little enough to be shown with what comes next. */
  show(text: string): Promise<void>;
  /** Resolves when all of it is on the screen; what follows here does so first. */
  settle(): Promise<void>;
  write(text: string): Promise<void>;
  resize(size: TerminalSize): Promise<void>;
  snapshot(): Promise<Snapshot>;
  dispose(): void;
}

/** A recording may claim any size up to 65535; cells cost memory. */
const MAX_SIZE: TerminalSize = { cols: 1_000, rows: 400 };
/** `CSI n b` repeats a character; more than a screen's worth of it only takes time, and memory. */
export const MAX_REPEAT = 1_000;

/**
 * Characters that are parsed at once. The parser yields after each write (3 MB/s in pieces of 4 KiB, 28 MB/s in 64 KiB,
 * measured); more than this would hold memory for nothing.
 */
const BATCH_CHARACTERS = 256 * 1024;

export function createScreen(size: TerminalSize, scrollback: number): Screen {
  const terminal = new headless.Terminal({
    ...clamp(size),
    scrollback,
    // Widths are counted by the same addon as in the page, which is built on proposed parts.
    allowProposedApi: true,
    logLevel: 'off',
  });
  terminal.loadAddon(new UnicodeGraphemesAddon());
  terminal.parser.registerCsiHandler({ final: 'b' }, ([count = 1]) => Number(count) > MAX_REPEAT);
  let charsets: Charsets | undefined;
  let waiting = '';

  async function show(text: string): Promise<void> {
    waiting += text;
    if (waiting.length >= BATCH_CHARACTERS) await settle();
  }

  async function settle(): Promise<void> {
    if (waiting === '') return;
    const text = waiting;
    waiting = '';
    await new Promise<void>((resolve) => terminal.write(text, resolve));
  }

  return {
    terminal,
    get size() {
      return { cols: terminal.cols, rows: terminal.rows };
    },
    get isCursorVisible() {
      return !internalsOf(terminal).coreService.isCursorHidden;
    },
    show,
    settle,
    async write(text) {
      await show(text);
      await settle();
    },
    async resize(next) {
      await settle();
      const { cols, rows } = clamp(next);
      terminal.resize(cols, rows);
    },
    async snapshot() {
      await settle();
      charsets ??= await findCharsets();
      return takeSnapshot(terminal, charsets);
    },
    dispose: () => terminal.dispose(),
  };
}

function clamp({ cols, rows }: TerminalSize): TerminalSize {
  // The terminal itself has no less than two columns.
  return { cols: Math.min(Math.max(cols, 2), MAX_SIZE.cols), rows: Math.min(rows, MAX_SIZE.rows) };
}
