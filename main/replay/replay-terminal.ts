/** A terminal without a screen that is shown a recording as the page's is, for what it looks like at a moment. */
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import headless, { type Terminal } from '@xterm/headless';
import { formatMarkerLine } from '../../preload/marker-line.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { CastEvent } from '../recording/cast.ts';
import { type Charsets, canSnapshot, mayJoin, SNAPSHOT_SCROLLBACK, takeSnapshot } from './snapshot.ts';
import { type Charset, internalsOf } from './terminal-internals.ts';

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

/**
 * Bytes that are parsed at once. The parser yields after each write (3 MB/s in 4 KiB pieces, 28 MB/s in 64 KiB,
 * measured); more than this would hold memory for nothing.
 */
const BATCH_BYTES = 256 * 1024;

export function createReplayTerminal(size: TerminalSize): ReplayTerminal {
  const terminal = createTerminal(bounded(size));
  let shownSize = size;
  let charsets: Charsets | undefined;
  /** Where snapshots are tried. */
  let scratch: Terminal | undefined;
  let batch: Uint8Array[] = [];
  let batchBytes = 0;
  let lastByte = 0;

  async function settle(): Promise<void> {
    if (batchBytes === 0) return;
    const bytes = batch.length === 1 && batch[0] ? batch[0] : Buffer.concat(batch, batchBytes);
    batch = [];
    batchBytes = 0;
    await write(terminal, bytes);
  }

  function mayCut(next: CastEvent): boolean {
    if (!isWithin(shownSize) || !canSnapshot(terminal)) return false;
    if (next.kind !== 'output' || !mayJoin(terminal)) return true;
    return lastByte < 0x7f && STARTS_ALONE.test(next.text);
  }

  /** A snapshot is good if the screen that it makes gives the same one. */
  async function isExact(snapshot: string, known: Charsets): Promise<boolean> {
    scratch ??= createTerminal(terminal);
    await restoreTo(scratch, snapshot, terminal);
    return canSnapshot(scratch) && takeSnapshot(scratch, known) === snapshot;
  }

  return {
    terminal,
    async show(event) {
      if (event.kind === 'output') {
        const bytes = encoder.encode(event.text);
        if (bytes.length === 0) return;
        batch.push(bytes);
        batchBytes += bytes.length;
        lastByte = bytes.at(-1) ?? 0;
        if (batchBytes >= BATCH_BYTES) await settle();
      } else if (event.kind === 'resize') {
        await settle();
        shownSize = event.size;
        resize(terminal, event.size);
      } else if (event.kind === 'marker') {
        await settle();
        const { type, cursorX } = terminal.buffer.active;
        if (type === 'normal') await write(terminal, formatMarkerLine(event.label, cursorX));
      }
    },
    settle,
    async snapshot(next) {
      await settle();
      charsets ??= await findCharsets();
      const taken = mayCut(next) ? takeSnapshot(terminal, charsets) : undefined;
      return taken !== undefined && (await isExact(taken, charsets)) ? taken : undefined;
    },
    async restore(snapshot, next) {
      await settle();
      shownSize = next;
      await restoreTo(terminal, snapshot, next);
    },
    dispose() {
      terminal.dispose();
      scratch?.dispose();
    },
  };
}

function createTerminal({ cols, rows }: TerminalSize): Terminal {
  const terminal = new headless.Terminal({
    cols,
    rows,
    scrollback: SNAPSHOT_SCROLLBACK,
    // The page's terminal counts the widths of characters with the same addon, which is built on proposed parts.
    allowProposedApi: true,
    logLevel: 'off',
  });
  terminal.loadAddon(new UnicodeGraphemesAddon());
  return terminal;
}

function write(terminal: Terminal, bytes: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => terminal.write(bytes, resolve));
}

async function restoreTo(terminal: Terminal, snapshot: string, size: TerminalSize): Promise<void> {
  // A reset of xterm.js 6.0.0 leaves a sequence open that has begun.
  await write(terminal, CANCEL);
  terminal.reset();
  resize(terminal, size);
  await write(terminal, snapshot);
}

function resize(terminal: Terminal, size: TerminalSize): void {
  const { cols, rows } = bounded(size);
  terminal.resize(cols, rows);
}

/** A recording may claim any size, and cells cost memory: beyond all windows there are no snapshots. */
const MAX_SIZE: TerminalSize = { cols: 1_000, rows: 400 };

function bounded({ cols, rows }: TerminalSize): TerminalSize {
  return { cols: Math.min(cols, MAX_SIZE.cols), rows: Math.min(rows, MAX_SIZE.rows) };
}

function isWithin({ cols, rows }: TerminalSize): boolean {
  return cols <= MAX_SIZE.cols && rows <= MAX_SIZE.rows;
}

const CANCEL = '\x18';

const encoder = new TextEncoder();

/** ASCII or a whole escape sequence that does not repeat the last character (REP). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
const STARTS_ALONE = /^(?:[\x00-\x1a\x1c-\x7e]|\x1b(?:\[[0-?]*[ -/]*[@-ac-~]|[^[]))/;

/** Sets that programs use; what uses another waits for a moment at which it does not. */
const DESIGNATORS = ['0', 'A'];

async function findCharsets(): Promise<Charsets> {
  const scratch = new headless.Terminal({ cols: 2, rows: 2, allowProposedApi: true, logLevel: 'off' });
  const found = new Map<Charset, string>([[undefined, 'B']]);
  for (const designator of DESIGNATORS) {
    await new Promise<void>((resolve) => scratch.write(`\x1b(${designator}`, resolve));
    found.set(internalsOf(scratch)._inputHandler._charsetService._charsets[0], designator);
  }
  scratch.dispose();
  return found;
}
