// covers: main/session/session.ts
import { expect, test } from 'vitest';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { measureStalledDiskEcho } from '../../fakes/stalled-disk-echo.ts';

/** What is kept for a disk, with the small lines beyond its limit. */
const KEPT_BYTES = 10 * 1024 * 1024;

test('a disk that stalls for 2 s under 20 MB/s of output costs bounded memory, and no key its echo', async () => {
  const measured = await measureStalledDiskEcho(await makeCastFolder(), {
    stalledMs: 2_000,
    bytesPerSecond: 20_000_000,
  });
  const { echoMs, printedBytes, lostBytes, keptBytes } = measured;
  const p99 = echoMs[Math.ceil(echoMs.length * 0.99) - 1] ?? Number.NaN;
  process.stdout.write(`echo p99 with a stalled disk: ${p99.toFixed(0)} ms of ${echoMs.length} keys\n`);
  expect(echoMs.length).toBeGreaterThan(0);
  expect(keptBytes).toBeLessThan(KEPT_BYTES);
  expect(lostBytes).toBeLessThan(printedBytes);
});
