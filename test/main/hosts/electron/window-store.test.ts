import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { expect, test } from 'vitest';
import { createLifetime } from '../../../../main/base/lifetime.ts';
import type { WindowState } from '../../../../main/hosts/electron/window-state.ts';
import { openWindowStore, REST_MS } from '../../../../main/hosts/electron/window-store.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';
import { until } from '../../../fakes/until.ts';

const at = (x: number): WindowState => ({ bounds: { x, y: 0, width: 700, height: 500 }, mode: 'normal' });

async function open(file: string) {
  const clock = createManualClock();
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => warnings.push(line) });
  const life = createLifetime('windows');
  return { store: await openWindowStore({ file, clock, log }, life), clock, life, warnings };
}
const makeFile = async (): Promise<string> => join(await makeCastFolder(), 'window.json');

test('the last word is written once a window rests, and read at the next start', async () => {
  const file = await makeFile();
  const { store, clock, life, warnings } = await open(file);
  expect(store.last()).toBeUndefined();
  for (let x = 0; x < 100; x += 1) store.keep(at(x));
  expect(store.last()).toEqual(at(99));
  await expect(stat(file)).rejects.toThrow();
  await clock.advance(REST_MS);
  await until(async () => (await readFile(file, 'utf8').catch(() => '')).includes('99'));
  expect((await stat(file)).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
  await life.end();
  const next = await open(file);
  expect(next.store.last()).toEqual(at(99));
  await next.life.end();
  expect(warnings).toEqual([]);
});

test('what rests not yet is written when the app ends', async () => {
  const file = await makeFile();
  const { store, life } = await open(file);
  store.keep(at(7));
  await life.end();
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(at(7));
});

test('a broken file is as none, told, and replaced by the next', async () => {
  const file = await makeFile();
  await writeFile(file, '{"bounds":');
  const { store, life, warnings } = await open(file);
  expect(store.last()).toBeUndefined();
  expect(warnings).toHaveLength(1);
  store.keep(at(1));
  await life.end();
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(at(1));
});

test('a place that cannot be written to stops nobody', async () => {
  const file = await makeFile();
  await mkdir(file);
  const { store, life, warnings } = await open(file);
  store.keep(at(1));
  await life.end();
  expect(warnings).toHaveLength(2);
  await rm(file, { recursive: true });
});
