import { execFile } from 'node:child_process';
import { close, constants, open } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A named pipe that only this user can open: what goes through it is on no disk. */
export interface OutputPipe {
  readonly path: string;
  onData(listener: (bytes: Buffer) => void): void;
  /** Resolves when all has come that was written by then; waits a little for writers that are left. */
  finish(): Promise<void>;
  /** Removes it. */
  close(): Promise<void>;
}

/** For what was started by a program that has ended, and holds the pipe still. */
const WRITERS_GRACE_MS = 1_000;

/** `searchPath`: where `mkfifo` may be, besides the usual places. Rejects with the system's error. */
export async function openOutputPipe(searchPath: string): Promise<OutputPipe> {
  // A folder of its own has mode 0700.
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-login-'));
  const path = join(folder, 'out');
  try {
    await promisify(execFile)('mkfifo', ['-m', '600', path], {
      env: { PATH: `${searchPath}:/usr/bin:/bin` },
    });
    // In this order neither waits for the other end; ours to write to keeps the reader from an early end.
    const reader = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = await promisify(open)(path, constants.O_WRONLY | constants.O_NONBLOCK);
    return createPipe(folder, path, new Socket({ fd: reader, readable: true, writable: false }), writer);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function createPipe(folder: string, path: string, socket: Socket, writer: number): OutputPipe {
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  // A pipe that breaks has ended; what came of it is judged by its reader.
  socket.on('error', () => {});
  let closingWriter: Promise<void> | undefined;

  function closeWriter(): Promise<void> {
    closingWriter ??= promisify(close)(writer);
    return closingWriter;
  }

  return {
    path,
    onData: (listener) => void socket.on('data', listener),
    async finish() {
      await closeWriter();
      const timer = setTimeout(() => socket.destroy(), WRITERS_GRACE_MS);
      await ended;
      clearTimeout(timer);
    },
    async close() {
      socket.destroy();
      await closeWriter();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
