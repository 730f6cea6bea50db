/**
 * A program of its own that records a flood until it is killed: `node flood-writer.ts FOLDER`.
 * Prints the cast's path once it has begun.
 */
import { createSystemClock } from '../../main/base/clock.ts';
import { createCastWriter } from '../../main/recording/cast-writer.ts';

const clock = createSystemClock();
const writer = await createCastWriter(
  { clock, folder: process.argv[2] ?? '' },
  {
    details: { context: 'kind', namespace: 'shop', pod: 'flood', container: 'app', command: ['yes'] },
    size: { cols: 80, rows: 24 },
  },
);
process.stdout.write(`${writer.path}\n`);
for (let line = 0; ; line += 1) {
  await writer.output(
    Buffer.from(`${line} ${'grüße \u001b[1m€\u001b[0m '.repeat(line % 50)}\r\n`),
    clock.nowMicros(),
  );
  // Timers, and with them what a quiet shell relies on, get their turn too.
  if (line % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
}
