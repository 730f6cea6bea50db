/**
 * A terminal that is written to no faster than it parses. xterm.js takes any amount and parses later;
 * here a write waits once a bounded amount is unparsed, which is what gives a stream's credit back.
 */
import type { TerminalSize } from '../../preload/contract.ts';
import { formatMarkerLine } from '../../preload/marker-line.ts';

/** What records are shown on. */
export interface Screen {
  /** Resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when all that was written has been parsed. */
  settle(): Promise<void>;
  /** In order with what was written. */
  resize(size: TerminalSize): Promise<void>;
  /** One dim line of ours. Not over a program that fills the screen: there it would stand in its picture. */
  mark(label: string): Promise<void>;
  /** As new: no text, no modes, no scrollback. In order with what was written. */
  reset(): Promise<void>;
}

/** The part of xterm.js' terminal that is needed here; the headless one has it too. */
export interface ParsingTerminal {
  write(bytes: Uint8Array, parsed: () => void): void;
  resize(cols: number, rows: number): void;
  reset(): void;
  readonly buffer: { readonly active: { readonly type: 'normal' | 'alternate'; readonly cursorX: number } };
}

/**
 * Unparsed bytes at which a write waits. Awaiting every write would cost a turn of the event loop for each
 * line (3 MB/s in 4 KiB pieces, measured); 64 KiB keep the parser busy and are parsed within some frames.
 */
export const UNPARSED_BYTES: number = 64 * 1024;

/** What a reset of xterm.js 6.0.0 leaves as it was: a sequence that has begun, and a cursor that is hidden. */
const END_ALL = new TextEncoder().encode('\x18\x1b[?25h');

/** `onParsed` runs after each write has been parsed, in the same task. */
export function createPacedScreen(
  terminal: ParsingTerminal,
  { onParsed, signal }: { onParsed?: () => void; signal: AbortSignal },
): Screen {
  let unparsedBytes = 0;
  let waiting: { readonly atMost: number; readonly resolve: () => void }[] = [];

  function wake(): void {
    const ready = waiting.filter(({ atMost }) => signal.aborted || unparsedBytes <= atMost);
    waiting = waiting.filter((wait) => !ready.includes(wait));
    for (const { resolve } of ready) resolve();
  }

  /** A terminal that is gone parses nothing more: its waits end with its signal. */
  async function untilUnparsed(atMost: number): Promise<void> {
    if (unparsedBytes > atMost && !signal.aborted) {
      await new Promise<void>((resolve) => waiting.push({ atMost, resolve }));
    }
    signal.throwIfAborted();
  }

  signal.addEventListener('abort', wake, { once: true });

  async function write(bytes: Uint8Array): Promise<void> {
    signal.throwIfAborted();
    unparsedBytes += bytes.length;
    terminal.write(bytes, () => {
      unparsedBytes -= bytes.length;
      onParsed?.();
      wake();
    });
    await untilUnparsed(UNPARSED_BYTES);
  }

  return {
    write,
    async mark(label) {
      await untilUnparsed(0);
      const { type, cursorX } = terminal.buffer.active;
      if (type === 'alternate') return;
      await write(new TextEncoder().encode(formatMarkerLine(label, cursorX)));
    },
    settle: () => untilUnparsed(0),
    async resize({ cols, rows }) {
      await untilUnparsed(0);
      terminal.resize(cols, rows);
    },
    async reset() {
      await write(END_ALL);
      await untilUnparsed(0);
      terminal.reset();
    },
  };
}
