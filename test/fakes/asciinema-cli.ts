import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { spawn } from '@lydell/node-pty';

/** Whether an `asciinema` is on the PATH; tests that read with it are skipped, and counted so, where none is. */
export const hasAsciinema: boolean = spawnSync('asciinema', ['--version']).status === 0;

/** The output that `asciinema cat` prints. Rejects with its words where it dies. */
export async function catWithAsciinema(path: string): Promise<string> {
  const outputPath = `${path}.cat`;
  // It insists on a terminal of its own, which would change line ends: its output goes around that.
  const pty = spawn('sh', ['-c', 'asciinema cat "$1" > "$2"', 'sh', path, outputPath], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  let words = '';
  pty.onData((text) => {
    words += text;
  });
  const { exitCode } = await new Promise<{ exitCode: number }>((resolve) => pty.onExit(resolve));
  if (exitCode !== 0) throw new Error(`asciinema cat ended with ${exitCode}: ${words}`);
  return readFile(outputPath, 'utf8');
}
