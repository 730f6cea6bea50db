import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readCast, readLastEvent } from '../../../main/recording/cast-reader.ts';
import { makeCastFolder, readSidecar } from '../../fakes/cast-folder.ts';

const ROUNDS = 20;
/** The writer's longest line, generously. */
const LONGEST_LINE_BYTES = 512 * 1024;
const FLOOD_WRITER = fileURLToPath(new URL('../../fakes/flood-writer.ts', import.meta.url));

async function startFlood(folder: string): Promise<{ readonly child: ChildProcess; readonly path: string }> {
  const child = spawn(process.execPath, [FLOOD_WRITER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [path] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, path };
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function waitForSize(path: string, bytes: number): Promise<void> {
  while ((await stat(path)).size < bytes) await new Promise((resolve) => setImmediate(resolve));
}

test(`of ${ROUNDS} writers killed in a flood each leaves whole lines and less than one torn`, async () => {
  const folder = await makeCastFolder();
  for (let round = 0; round < ROUNDS; round += 1) {
    const { child, path } = await startFlood(folder);
    await waitForSize(path, 1 + Math.floor(Math.random() * 4 * 1024 * 1024));
    await kill(child);

    let text = '';
    let lastMicros = 0;
    let position = 0;
    for await (const item of readCast(path, { signal: AbortSignal.timeout(20_000) })) {
      expect(item.offset).toBe(position);
      position = item.nextOffset;
      expect(item.kind).not.toBe('gap');
      if (item.kind === 'torn') expect(item.nextOffset - item.offset).toBeLessThan(LONGEST_LINE_BYTES);
      if (item.kind !== 'event' || item.event.kind !== 'output') continue;
      expect(item.event.timeMicros).toBeGreaterThanOrEqual(lastMicros);
      lastMicros = item.event.timeMicros;
      text += item.event.text;
    }
    expect(position).toBe((await stat(path)).size);
    // Each line of the flood begins with its number: none is missing, doubled or out of order.
    const numbers = text
      .split('\r\n')
      .slice(0, -1)
      .map((line) => Number.parseInt(line, 10));
    expect(numbers.every((number, index) => number === index)).toBe(true);
    if (lastMicros > 0) expect((await readLastEvent(path))?.timeMicros).toBe(lastMicros);
    expect((await readSidecar(path)).state.kind).toBe('live');
  }
}, 120_000);
