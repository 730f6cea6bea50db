import { open } from 'node:fs/promises';
import { DEFAULT_LIMITS } from './recorder-limits.ts';

/** A cast's first line without its end; empty where it is longer than one may be. */
export async function readFirstLine(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const start = Buffer.alloc(DEFAULT_LIMITS.castHeaderBytes);
    const { bytesRead } = await file.read(start, 0, start.length, 0);
    const lineEnd = start.subarray(0, bytesRead).indexOf(0x0a);
    return lineEnd < 0 ? '' : start.toString('utf8', 0, lineEnd);
  } finally {
    await file.close();
  }
}
