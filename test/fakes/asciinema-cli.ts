import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

/** Whether an `asciinema` is on the PATH; tests that read with it are skipped, and counted so, where none is. */
export const hasAsciinema: boolean = spawnSync('asciinema', ['--version']).status === 0;

/** The output that `asciinema cat` prints. Rejects with its words where it dies. */
export async function catWithAsciinema(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)('asciinema', ['cat', path], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, PYTHONIOENCODING: 'utf-8', LC_ALL: 'C.UTF-8' },
  });
  return stdout;
}
