import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { ReadStream } from 'node:tty';

/** What is needed of a pseudo-terminal: node-pty's on Unix have it, beyond their published types (unixTerminal.js). */
interface TerminalSocket {
  readonly _socket?: ReadStream;
}

/** How long nothing may come of a terminal that has not ended: the kernel hands on what was printed in its own time. */
const SILENT_MS = 200;
/** In as many silences what a kernel holds has long been read: what still comes, a program prints that was left behind. */
const MOST_SILENCES = 50;

/**
 * Has all be read that a program has printed before its end. By itself node-pty closes the terminal 200 ms after the
 * program, and with it goes what was not read by then: because it was paused, or this machine stood still.
 */
export function keepLastOutput(terminal: object, mostSilences: number = MOST_SILENCES): void {
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
    let silences = 0;
    for (let isRead = false; !isRead && silences < mostSilences; ) {
      const before = from.bytesRead;
      from.resume();
      const waiting = new AbortController();
      const silence = sleep(SILENT_MS, undefined, waiting).catch(() => undefined);
      failure = await Promise.race([failed.promise, silence]);
      waiting.abort();
      // A machine that stood still reads before this turn is over.
      await turn();
      if (!failure) silences += 1;
      // Whoever pauses it has been given something, and nothing more comes behind a failure.
      const hasEnded = failure !== undefined || (!from.isPaused() && from.bytesRead === before);
      isRead = hasEnded && from.readableLength === 0;
    }
    destroy(failure);
  }

  socket.destroy = (error) => {
    if (error) failed.resolve(error);
    // It never rejects.
    if (!isReading) void readOn(socket);
    return socket;
  };
}
