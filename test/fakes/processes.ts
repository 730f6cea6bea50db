import { readFileSync } from 'node:fs';

/** Whether a process runs. A zombie does not: its parent has only not asked for its end yet. */
export function isRunning(processId: number): boolean {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
      return !/\) [ZX] /.test(stat);
    } catch {
      return false;
    }
  }
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
