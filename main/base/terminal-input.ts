import { writeSync } from 'node:fs';
import type { Clock } from './clock.ts';
import { systemCode } from './errors.ts';

/** What is needed of a pseudo-terminal: node-pty's on Unix have it, beyond their published types (unixTerminal.js). */
export interface TerminalDescriptor {
  readonly fd: number;
  on(event: 'close', listener: () => void): void;
}

/** How long a full terminal is left alone before the next try; nothing tells when its program has read. */
const RETRY_MS = 5;

/**
 * Writes to the terminal's own descriptor, which does not block; resolves when the terminal has taken all of it or is
 * gone. node-pty's `write` goes through a libuv handle that tries again without end when the terminal is full, and
 * with it stops the whole process.
 */
export function createTerminalInput(
  clock: Pick<Clock, 'sleep'>,
  terminal: TerminalDescriptor,
): (bytes: Uint8Array, options: { readonly signal: AbortSignal }) => Promise<void> {
  let isOpen = true;
  // From here on the descriptor's number may be somebody else's file.
  terminal.on('close', () => {
    isOpen = false;
  });
  return async (bytes, { signal }) => {
    let written = 0;
    while (isOpen && written < bytes.length) {
      try {
        written += writeSync(terminal.fd, bytes, written);
      } catch (error) {
        if (systemCode(error) !== 'EAGAIN') return;
        await clock.sleep(RETRY_MS, { signal });
      }
    }
  };
}
