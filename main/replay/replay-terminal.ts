/** A terminal without a screen that is shown a recording as the page's is, for what it looks like at a moment. */
import type { Terminal } from '@xterm/headless';
import { formatMarkerLine } from '../../preload/marker-line.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { CastEvent } from '../recording/cast/cast.ts';
import { createScreen, type Screen } from '../terminal/screen.ts';
import { canSnapshot, mayJoin, SNAPSHOT_SCROLLBACK } from '../terminal/snapshot.ts';

export interface ReplayTerminal {
  readonly terminal: Terminal;
  /** Resolves when it has been parsed, or is little enough to be parsed with the next. */
  show(event: CastEvent): Promise<void>;
  settle(): Promise<void>;
  /**
   * What brings an empty terminal of this size to the same point, or nothing where that cannot be done before the
   * given output. Settled first.
   */
  snapshot(next: CastEvent): Promise<string | undefined>;
  /** As new, and then as it was when that snapshot was taken. */
  restore(snapshot: string, size: TerminalSize): Promise<void>;
  dispose(): void;
}

export function createReplayTerminal(size: TerminalSize): ReplayTerminal {
  const screen = createScreen(size, SNAPSHOT_SCROLLBACK);
  const { terminal } = screen;
  let shownSize = size;
  /** Where snapshots are tried. */
  let scratch: Screen | undefined;
  let lastCode = 0;

  function mayCut(next: CastEvent): boolean {
    // Beyond all windows: not as it was.
    if (shownSize.cols > screen.size.cols || shownSize.rows > screen.size.rows) return false;
    if (!canSnapshot(terminal)) return false;
    if (next.kind !== 'output' || !mayJoin(terminal)) return true;
    return lastCode < 0x7f && STARTS_ALONE.test(next.text);
  }

  /** A snapshot is good if the screen that it makes gives the same one. */
  async function isExact(sequences: string): Promise<boolean> {
    scratch ??= createScreen(screen.size, SNAPSHOT_SCROLLBACK);
    await restoreTo(scratch, sequences, screen.size);
    return canSnapshot(scratch.terminal) && (await scratch.snapshot()).sequences === sequences;
  }

  return {
    terminal,
    async show(event) {
      if (event.kind === 'output') {
        if (event.text === '') return;
        lastCode = event.text.charCodeAt(event.text.length - 1);
        // As the page gets it, in bytes: half a character is none.
        await screen.show(event.text.toWellFormed());
      } else if (event.kind === 'resize') {
        shownSize = event.size;
        await screen.resize(event.size);
      } else if (event.kind === 'marker') {
        await screen.settle();
        const { type, cursorX } = terminal.buffer.active;
        if (type === 'normal') await screen.write(formatMarkerLine(event.label, cursorX));
      }
    },
    settle: () => screen.settle(),
    async snapshot(next) {
      await screen.settle();
      if (!mayCut(next)) return undefined;
      const { sequences, isWhole } = await screen.snapshot();
      return isWhole && (await isExact(sequences)) ? sequences : undefined;
    },
    async restore(snapshot, next) {
      shownSize = next;
      await restoreTo(screen, snapshot, next);
    },
    dispose() {
      screen.dispose();
      scratch?.dispose();
    },
  };
}

async function restoreTo(screen: Screen, sequences: string, size: TerminalSize): Promise<void> {
  // A reset of xterm.js 6.0.0 leaves a sequence open that has begun.
  await screen.write(CANCEL);
  screen.terminal.reset();
  await screen.resize(size);
  await screen.write(sequences);
}

const CANCEL = '\x18';

/** ASCII or a whole escape sequence that does not repeat the last character (REP). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
const STARTS_ALONE = /^(?:[\x00-\x1a\x1c-\x7e]|\x1b(?:\[[0-?]*[ -/]*[@-ac-~]|[^[]))/;
