/** The lock of one instance a home of the app, taken without waiting as Electron takes it. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Instance {
  /** True for the first; for another, which has told the first of itself, false. */
  readonly isFirst: boolean;
  release(): void;
}

export function takeInstanceLock(
  userData: string,
  onSecond: (argv: string[], cwd: string) => void,
): Instance {
  const folder = join(userData, 'instance');
  const lock = join(folder, 'lock');
  mkdirSync(folder, { recursive: true });
  if (isAlive(lock)) {
    const draft = join(folder, `${process.pid}.draft`);
    writeFileSync(draft, JSON.stringify({ argv: process.argv, cwd: process.cwd() }));
    renameSync(draft, join(folder, `${process.pid}.json`));
    return { isFirst: false, release() {} };
  }

  function hearSeconds(): void {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
      const { argv, cwd } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
        argv: string[];
        cwd: string;
      };
      rmSync(join(folder, name));
      const [program = '', ...rest] = argv;
      // Chromium adds of its own (electronjs.org, app, event second-instance).
      onSecond([program, '--allow-file-access-from-files', ...rest], cwd);
    }
  }
  // Before the lock is there: who finds it writes at once.
  const watcher = watch(folder, hearSeconds);
  writeFileSync(lock, String(process.pid));
  return {
    isFirst: true,
    release() {
      watcher.close();
      rmSync(lock, { force: true });
    },
  };
}

/** Whether who took the lock still lives; a killed app leaves its own behind. */
function isAlive(lock: string): boolean {
  try {
    return process.kill(Number(readFileSync(lock, 'utf8')), 0);
  } catch {
    return false;
  }
}
