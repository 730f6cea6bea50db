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
  const holder = readHolder(lock);
  if (holder !== undefined) {
    const draft = join(folder, `${process.pid}.draft`);
    writeFileSync(draft, JSON.stringify({ argv: process.argv, cwd: process.cwd() }));
    renameSync(draft, join(folder, `${process.pid}.json`));
    return { isFirst: false, release() {} };
  }
  writeFileSync(lock, String(process.pid));

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
  const watcher = watch(folder, hearSeconds);
  return {
    isFirst: true,
    release() {
      watcher.close();
      rmSync(lock, { force: true });
    },
  };
}

/** Who holds the lock and lives. */
function readHolder(lock: string): number | undefined {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}
