import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readParts } from '../../../main/exchange/cast-part.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { collect } from '../../fakes/cast-parts.ts';

const { signal } = new AbortController();

test('damage becomes a marker, a torn end nothing, and times never fall', async () => {
  const path = join(await makeCastFolder(), 'a.cast');
  await writeFile(
    path,
    '{"version":2,"width":80,"height":24}\n[2,"o","a"]\n[3,"o",bad\n[1,"o","b"]\n[4,"o","torn',
  );
  const report = { gaps: 0, hasNewLineEnds: false };
  const events = (await collect(readParts(path, report, { signal }))).slice(1);
  expect(events.map((part) => part.kind === 'event' && [part.event.kind, part.event.timeMicros])).toEqual([
    ['output', 2_000_000],
    ['marker', 2_000_000],
    ['output', 2_000_000],
  ]);
  expect(report.gaps).toBe(1);
});
