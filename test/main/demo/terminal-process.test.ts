import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import type { ContainerProcess } from '../../../main/demo/container-process.ts';
import { startTerminalProcess } from '../../../main/demo/terminal-process.ts';

const clock = createSystemClock();
const never = new AbortController().signal;

function startShell(script: string): Promise<ContainerProcess> {
  return startTerminalProcess(
    { clock },
    {
      executable: '/bin/sh',
      args: ['-c', script],
      folder: tmpdir(),
      environment: { PATH: '/usr/bin:/bin', TERM: 'xterm' },
    },
  );
}

interface Screen {
  readonly text: () => string;
  readonly ended: Promise<void>;
}

/** Reads all the time, as a fast client does. */
function read(process: ContainerProcess): Screen {
  let text = '';
  const ended = (async () => {
    for await (const bytes of process.stdout) text += Buffer.from(bytes).toString('latin1');
  })();
  return { text: () => text, ended };
}

async function type(process: ContainerProcess, text: string): Promise<void> {
  await process.write(Buffer.from(text), { signal: never });
}

describe.skipIf(process.platform === 'win32')('a program in a terminal', () => {
  test('has a terminal, one output, and an exit code', async () => {
    const process = await startShell('test -t 0 && test -t 2 && echo terminal $TERM >&2; exit 4');
    const screen = read(process);
    expect(await process.exited).toBe(4);
    await screen.ended;
    expect(screen.text()).toBe('terminal xterm\r\n');
    expect(process.stderr).toBeUndefined();
  });

  test('bytes that are no UTF-8 arrive as they are', async () => {
    const process = await startShell(String.raw`printf '\377\376\303'`);
    const screen = read(process);
    await screen.ended;
    expect(Buffer.from(screen.text(), 'latin1').toString('hex')).toBe('fffec3');
    await process.exited;
  });

  test('follows the size and passes over impossible ones', async () => {
    const process = await startShell('while read line; do stty size; done');
    const screen = read(process);
    process.resize({ columns: 120, rows: 40 });
    process.resize({ columns: 0, rows: 40 });
    await type(process, '\n');
    await expect.poll(screen.text).toContain('40 120');
    await process.closeInput({ signal: never });
    expect(await process.exited).toBe(0);
    process.resize({ columns: 10, rows: 10 });
    await screen.ended;
  });

  test('Ctrl-C interrupts, and a signal counts as 128 and its number', async () => {
    const process = await startShell('echo ready; exec sleep 600');
    const screen = read(process);
    await expect.poll(screen.text).toContain('ready');
    await type(process, '\x03');
    expect(await process.exited).toBe(130);
    await screen.ended;
  });

  test('a full terminal makes the writer wait and nobody else', async () => {
    const process = await startShell('stty raw -echo; echo ready; exec sleep 600');
    const screen = read(process);
    await expect.poll(screen.text).toContain('ready');
    const stop = new AbortController();
    const write = process.write(Buffer.alloc(400_000, 'x'), { signal: stop.signal });
    // With node-pty's own write this turn of the event loop would never come.
    await clock.sleep(50, { signal: never });
    stop.abort(new Error('given up'));
    await expect(write).rejects.toThrow('given up');
    globalThis.process.kill(process.pid, 'SIGKILL');
    expect(await process.exited).toBe(137);
    await screen.ended;
  });

  test('a writer that waited goes on when the program reads', async () => {
    const process = await startShell('stty raw -echo; echo ready; head -c 400000 | wc -c');
    const screen = read(process);
    await expect.poll(screen.text).toContain('ready');
    await type(process, 'x'.repeat(400_000));
    await screen.ended;
    expect(screen.text()).toContain('400000');
    await process.exited;
  });

  test('a reader that waits makes the program wait', async () => {
    const process = await startShell('exec yes');
    const reader = process.stdout[Symbol.asyncIterator]();
    await reader.next();
    let written = -1;
    // The program's own count of written bytes stands still once everything between us is full.
    if (globalThis.process.platform === 'linux') {
      await expect
        .poll(
          async () => {
            const before = written;
            written = await writtenBytes(process.pid);
            return written > 0 && written === before;
          },
          { interval: 200 },
        )
        .toBe(true);
      expect(written).toBeLessThan(2 * 1024 * 1024);
    }
    globalThis.process.kill(process.pid, 'SIGKILL');
    expect(await process.exited).toBe(137);
    await reader.return?.();
  });

  test('what a program wrote before its end is kept for a reader who comes after it', async () => {
    // More than our queue takes before it pauses the terminal; the rest fits into the system's.
    const process = await startShell('stty raw; seq -w 10001 21400');
    const reader = process.stdout[Symbol.asyncIterator]();
    const chunks = [(await reader.next()).value as Uint8Array];
    expect(await process.exited).toBe(0);
    for (let next = await reader.next(); !next.done; next = await reader.next()) chunks.push(next.value);
    const expected = Array.from({ length: 11_400 }, (_, index) => `${10_001 + index}\n`).join('');
    expect(Buffer.concat(chunks).toString()).toBe(expected);
  });

  test('a write after the end is dropped', async () => {
    const process = await startShell('exit 0');
    const screen = read(process);
    await process.exited;
    await type(process, 'lost');
    await screen.ended;
  });
});

async function writtenBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/io`, 'utf8');
  return Number(/^wchar: (\d+)$/m.exec(text)?.[1]);
}
