import { readFile } from 'node:fs/promises';
import { systemCode } from '../../base/errors.ts';
import { besideCast } from '../cast-path.ts';

/** `ID.chain` beside `ID.cast`: a line of hex for each whole block, so that a change can be named by its block. */
export function chainPathOf(castPath: string): string {
  return besideCast(castPath, '.chain');
}

export function formatChain(hashes: readonly string[]): string {
  return hashes.map((hash) => `${hash}\n`).join('');
}

/** Up to the first line that is no hash, as a crash leaves it. Empty where there is no file. */
export async function readChain(castPath: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(chainPathOf(castPath), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
  const lines = text.split('\n').slice(0, -1);
  const torn = lines.findIndex((line) => !/^[0-9a-f]{64}$/.test(line));
  return torn < 0 ? lines : lines.slice(0, torn);
}
