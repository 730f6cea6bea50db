import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type CastEvent, type CastHeader, parseEvent, parseHeader } from '../../main/recording/cast/cast.ts';

/** What real programs wrote to a pseudo-terminal of 100x30, in the pieces in which they wrote it. */
export const REAL_PROGRAMS = ['top', 'vim', 'less', 'progress'] as const;

export function pathOfRealRecording(program: (typeof REAL_PROGRAMS)[number]): string {
  return fileURLToPath(new URL(`../fixtures/recordings/${program}.cast`, import.meta.url));
}

export async function readRealRecording(
  program: (typeof REAL_PROGRAMS)[number],
): Promise<{ readonly header: CastHeader; readonly events: readonly CastEvent[] }> {
  const [header = '', ...lines] = (await readFile(pathOfRealRecording(program), 'utf8'))
    .trimEnd()
    .split('\n');
  return { header: parseHeader(header), events: lines.map(parseEvent) };
}
