import { readFile, stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../../main/base/clock.ts';
import { type CastEvent, parseEvent, parseHeader } from '../../../../main/recording/cast/cast.ts';
import { recoverOrphan } from '../../../../main/recording/recovery.ts';
import { readSidecar } from '../../../fakes/cast-folder.ts';
import { floodStart } from '../../../fakes/flood.ts';
import { killFloods, LOST_MS } from '../../../fakes/killed-flood.ts';

const KILLS = 200;

/** Every line must be one. */
function readWhole(text: string): CastEvent[] {
  expect(text.endsWith('\n')).toBe(true);
  const [header = '', ...lines] = text.split('\n').slice(0, -1);
  expect(parseHeader(header).pod?.name).toBe('flood');
  return lines.map(parseEvent);
}

/** Exactly what was given, from its first byte on: none missing that is not counted, none doubled or out of order. */
function followFlood(events: readonly CastEvent[]): number {
  const texts = events.map((event) => Buffer.from(event.kind === 'output' ? event.text : ''));
  const gaps = events.map((event) => (event.kind === 'marker' ? Number.parseInt(event.label, 10) : 0));
  const given = floodStart(
    [...texts.map(({ length }) => length), ...gaps].reduce((sum, bytes) => sum + bytes, 0),
  );
  let at = 0;
  for (const [index, text] of texts.entries()) {
    expect(text.equals(given.subarray(at, at + text.length))).toBe(true);
    at += text.length + (gaps[index] ?? 0);
  }
  return at;
}

async function checkRecovered(path: string, owedBytes: number): Promise<{ readonly isCut: boolean }> {
  const before = await stat(path);
  const recovery = await recoverOrphan(
    { clock: createSystemClock(), isOwnerAlive: () => false, hostName: (await readOwner(path)) ?? '' },
    path,
    { signal: AbortSignal.timeout(20_000) },
  );
  expect(recovery?.kind).toBe('recovered');
  const cutBytes = recovery?.kind === 'recovered' ? recovery.cutBytes : 0;
  const sidecar = await readSidecar(path);
  const kept = Buffer.from(sidecar.cut?.base64 ?? '', 'base64').length + (sidecar.cut?.zeros ?? 0);
  expect(kept).toBe(cutBytes);
  const events = readWhole(await readFile(path, 'utf8'));
  const times = events.map(({ timeMicros }) => timeMicros);
  expect(times).toEqual(times.toSorted((left, right) => left - right));
  expect(followFlood(events)).toBeGreaterThanOrEqual(owedBytes);
  expect(sidecar.state).toMatchObject({ kind: 'recovered', bytes: before.size - cutBytes });
  return { isCut: cutBytes > 0 };
}

async function readOwner(path: string): Promise<string | undefined> {
  const { state } = await readSidecar(path);
  return state.kind === 'live' ? state.owner.hostName : undefined;
}

test(`of ${KILLS} programs killed in a flood each leaves whole lines, and all but the last ${LOST_MS} ms`, async () => {
  const { killed, torn, owed } = await killFloods({ kills: KILLS }, checkRecovered);
  expect(killed).toBe(KILLS);
  expect(owed).toBeGreaterThan(0);
  process.stdout.write(`${killed} killed, ${torn} torn tails, ${owed} casts with something owed\n`);
}, 300_000);
