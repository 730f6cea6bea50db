import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { ReadStream } from 'node:tty';

/** What is needed of a pseudo-terminal: node-pty's on Unix have it, beyond their published types (unixTerminal.js). */
interface TerminalSocket {
  readonly _socket?: ReadStream;
}

/** How long nothing may come of a terminal that has not ended: the kernel hands on what was printed in its own time. */
const SILENT_MS = 200;

/**
 * Has all be read that a program has printed before its end. By itself node-pty closes the terminal 200 ms after the
 * program, and with it goes what was not read by then: because it was paused, or this machine stood still.
 */
export function keepLastOutput(terminal: object): void {
  const { _socket: socket } = terminal as TerminalSocket;
  // Windows has its own way.
  if (!socket) return;
  const destroy = socket.destroy.bind(socket);
  /** The end of a terminal whose programs have all gone is an error of reading; one may have left others behind. */
  const failed = Promise.withResolvers<Error>();
  let isReading = false;

  async function readOn(from: ReadStream): Promise<void> {
    isReading = true;
    let failure: Error | undefined;
    let before: number;
    do {
      before = from.bytesRead;
      from.resume();
      const waiting = new AbortController();
      const silence = sleep(SILENT_MS, undefined, waiting).catch(() => undefined);
      failure = await Promise.race([failed.promise, silence]);
      waiting.abort();
      // A machine that stood still reads before this turn is over.
      await turn();
      // Whoever pauses it has been given something.
    } while (from.isPaused() || from.readableLength > 0 || (!failure && from.bytesRead !== before));
    destroy(failure);
  }

  socket.destroy = (error) => {
    if (error) failed.resolve(error);
    // It never rejects.
    if (!isReading) void readOn(socket);
    return socket;
  };
}
