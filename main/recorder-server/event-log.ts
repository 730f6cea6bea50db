import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../base/atomic-file.ts';
import { createTurns } from '../base/turns.ts';

/** Events in a folder, one line each, one file a day (UTC). */
export interface EventLog {
  /** Resolves when the line is durable. */
  add(line: string, atMs: number): Promise<void>;
}

const FILE_MODE = 0o600;
const LINE_END = 0x0a;

export function createEventLog(folder: string): EventLog {
  const turns = createTurns();

  async function add(line: string, atMs: number): Promise<void> {
    const day = new Date(atMs).toISOString().slice(0, 10);
    const file = await open(join(folder, `${day}.jsonl`), 'a+', FILE_MODE);
    try {
      const { size } = await file.stat();
      const isTorn = size > 0 && !(await endsWithLine(file, size));
      try {
        // What a crash tore is a line of its own, so that it takes no other with it.
        await file.appendFile(`${isTorn ? '\n' : ''}${line}\n`);
        await file.datasync();
      } catch (error) {
        await file.truncate(size).catch(() => {});
        throw error;
      }
      if (size === 0) await syncFolder(folder);
    } finally {
      await file.close();
    }
  }

  return { add: (line, atMs) => turns.take(() => add(line, atMs)) };
}

async function endsWithLine(file: FileHandle, size: number): Promise<boolean> {
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] === LINE_END;
}
