import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { formatEvent, formatHeader } from '../../../main/recording/cast/cast.ts';
import { createTextReader } from '../../../main/search/text-reader.ts';
import { openTextStore } from '../../../main/search/text-store.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';

const PACE = { workMs: 10, restMs: 2, restBesideShellMs: 12 };

/** How long it rested each time. Its clock goes on by more than a piece of work whenever it is looked at. */
async function restsOf(isLive: boolean, { givesWay = false } = {}): Promise<readonly number[]> {
  const folder = await makeCastFolder();
  const path = join(folder, 'some.cast');
  const events = Array.from({ length: 5 }, (_, number) =>
    formatEvent({ kind: 'output', timeMicros: number, text: `line ${number}\r\n` }),
  );
  await writeFile(path, formatHeader({ size: { cols: 80, rows: 24 } }) + events.join(''));
  const store = openTextStore(join(folder, 'text.sqlite'), () => {});
  const rests: number[] = [];
  let nowMicros = 0;
  const clock = {
    ...createSystemClock(),
    nowMicros: () => {
      nowMicros += PACE.workMs * 1_000;
      return nowMicros;
    },
    sleep: async (ms: number) => void rests.push(ms),
  };
  const reader = createTextReader({ store, clock, pace: PACE });
  onTestFinished(() => {
    reader.close();
    store.close();
  });
  if (givesWay) reader.giveWay();
  await reader.read({ recordingId: 'some', path, isLive }, { signal: new AbortController().signal });
  return rests;
}

test('it gives way to what somebody waits for, once for each time it is asked to', async () => {
  const rests = await restsOf(false, { givesWay: true });
  const long = rests.filter((ms) => ms > PACE.restMs);
  expect(long.length).toBeGreaterThan(0);
  expect(Math.max(...long)).toBeLessThanOrEqual(1_000);
  expect(rests.at(-1)).toBe(PACE.restMs);
});

test('beside a shell it rests as long as it is told to, else hardly at all', async () => {
  expect(new Set(await restsOf(true))).toEqual(new Set([PACE.restBesideShellMs]));
  expect(new Set(await restsOf(false))).toEqual(new Set([PACE.restMs]));
});
