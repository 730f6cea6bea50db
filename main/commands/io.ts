import { spawnSync } from 'node:child_process';
import { type AppError, toAppError } from '../base/errors.ts';
import type { Dispose } from '../base/event.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import { escapeControls } from '../credentials/visible-text.ts';

/** The terminal or pipes that a command was started with. */
export interface CommandIo {
  readonly isInputTerminal: boolean;
  readonly isOutputTerminal: boolean;
  readonly isErrorTerminal: boolean;
  /** Bytes of standard input until its end. Iterated once. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Stops reading, so that the process may end. */
  closeInput(): void;
  /** Resolves when the bytes were taken: a slow reader of our output makes us wait. Rejects when it is gone. */
  write(bytes: Uint8Array | string): Promise<void>;
  writeError(bytes: Uint8Array | string): Promise<void>;
  /** Writes a question to standard error and reads one line of standard input. Empty at its end. */
  ask(question: string): Promise<string>;
  /** Undefined where standard output is no terminal. */
  size(): TerminalSize | undefined;
  onResize(listener: (size: TerminalSize) => void): Dispose;
  /** Keys come one by one and unechoed until disposed. */
  rawInput(): Dispose;
}

export function createProcessIo(streams: {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}): CommandIo {
  const { stdin, stdout, stderr } = streams;
  // Each write tells its own failure; without a listener the same one would end the process.
  for (const stream of [stdout, stderr]) stream.on('error', () => {});

  function size(): TerminalSize | undefined {
    return stdout.isTTY ? { cols: stdout.columns || 80, rows: stdout.rows || 24 } : undefined;
  }

  return {
    isInputTerminal: stdin.isTTY === true,
    isOutputTerminal: stdout.isTTY === true,
    isErrorTerminal: stderr.isTTY === true,
    input: stdin,
    closeInput: () => stdin.destroy(),
    write: (bytes) => writeTo(stdout, bytes),
    writeError: (bytes) => writeTo(stderr, bytes),
    async ask(question) {
      await writeTo(stderr, question);
      return readLine(stdin);
    },
    size,
    onResize(listener) {
      const tell = (): void => {
        const now = size();
        if (now) listener(now);
      };
      stdout.on('resize', tell);
      return () => stdout.off('resize', tell);
    },
    rawInput() {
      if (!stdin.isTTY) return () => {};
      stdin.setRawMode(true);
      passOutputThrough();
      // Back to how it was before both.
      return () => stdin.setRawMode(false);
    },
  };
}

/** What comes after the line stays for whoever reads next. */
function readLine(stdin: NodeJS.ReadStream): Promise<string> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    stdin.on('data', take);
    stdin.on('end', finish);

    function take(chunk: Buffer): void {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.includes('\n')) finish();
    }
    function finish(): void {
      stdin.off('data', take);
      stdin.off('end', finish);
      stdin.pause();
      const [line = ''] = bytes.toString('utf8').split('\n');
      const rest = bytes.subarray(Buffer.byteLength(line) + 1);
      if (rest.length > 0) stdin.unshift(rest);
      resolve(line.trim());
    }
  });
}

/**
 * Node's raw mode still turns each line feed into a return and a line feed (libuv, uv_tty_set_mode), which draws the
 * screens of remote programs wrong: their own terminal has done that already, or was told not to. Where there is no
 * stty, as on Windows, it stays so.
 */
function passOutputThrough(): void {
  spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
}

function writeTo(stream: NodeJS.WriteStream, bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/**
 * A failure as a command tells it on standard error: what, the server's words, what to do. The terminal obeys none of
 * what a server, a kubeconfig or a plugin wrote into it.
 */
export function formatFailure(thrown: unknown): string {
  const error: AppError = toAppError(thrown);
  const detail = error.detail && !error.message.includes(error.detail) ? [`  ${error.detail}`] : [];
  const hint = error.hint ? [`  ${error.hint}`] : [];
  return [`error: ${error.message}`, ...detail, ...hint].map((line) => `${escapeControls(line)}\n`).join('');
}
