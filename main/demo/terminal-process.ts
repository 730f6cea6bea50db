import type { IPty } from '@lydell/node-pty';
import { type BoundedQueue, createBoundedQueue } from '../base/bounded-queue.ts';
import type { Clock } from '../base/clock.ts';
import { keepLastOutput } from '../base/terminal-end.ts';
import { createTerminalInput, type TerminalDescriptor } from '../base/terminal-input.ts';
import type { ContainerProcess, ProcessPlan, TerminalSize } from './container-process.ts';

/** Read from the terminal and not yet by our reader: small, as the socket behind it has a larger queue. */
const OUTPUT_HIGH_BYTES = 64 * 1024;
const OUTPUT_LOW_BYTES = 16 * 1024;
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };
const END_OF_INPUT = Uint8Array.of(0x04);

/** Starts a program in a terminal of its own. Rejects where this platform has no node-pty. */
export async function startTerminalProcess(
  needs: { readonly clock: Clock },
  plan: ProcessPlan,
): Promise<ContainerProcess> {
  // Loaded here, since its native part may be missing and only the demo's terminals need it.
  const { spawn } = await import('@lydell/node-pty');
  const terminal = spawn(plan.executable, [...plan.args], {
    name: plan.environment['TERM'] ?? 'xterm',
    cols: DEFAULT_SIZE.columns,
    rows: DEFAULT_SIZE.rows,
    cwd: plan.folder,
    env: { ...plan.environment },
    encoding: null,
  });
  const closed = new AbortController();
  keepLastOutput(terminal);
  const queue = createOutputQueue(terminal, closed.signal);
  // With encoding null the bytes come as they are, whatever the type says.
  terminal.onData((bytes) => queue.push(bytes as unknown as Buffer, bytes.length));
  const exited = new Promise<number>((resolve) => {
    terminal.onExit(({ exitCode, signal }) => {
      closed.abort();
      queue.end();
      resolve(signal ? 128 + signal : exitCode);
    });
  });
  const write =
    process.platform === 'win32'
      ? writeOnWindows(terminal)
      : createTerminalInput(needs.clock, terminal as IPty & TerminalDescriptor);
  return {
    pid: terminal.pid,
    stdout: queue.items,
    exited,
    write,
    closeInput: (options) => write(END_OF_INPUT, options),
    resize({ columns, rows }) {
      if (!closed.signal.aborted && columns > 0 && rows > 0) terminal.resize(columns, rows);
    },
  };
}

/** A program that ends while we have paused it is read to its end at once: no more than the system has buffered. */
function createOutputQueue(terminal: IPty, closed: AbortSignal): BoundedQueue<Uint8Array> {
  return createBoundedQueue<Uint8Array>({
    highBytes: OUTPUT_HIGH_BYTES,
    lowBytes: OUTPUT_LOW_BYTES,
    onFull() {
      if (!closed.aborted) terminal.pause();
    },
    onDrained() {
      if (!closed.aborted) terminal.resume();
    },
  });
}

function writeOnWindows(terminal: IPty): ContainerProcess['write'] {
  return async (bytes) => {
    terminal.write(Buffer.from(bytes) as unknown as string);
  };
}
