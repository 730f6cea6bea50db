import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ContractClient } from '../../../preload/client.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { recordSession } from '../../fakes/recordings.ts';
import { placeOutputs } from '../../fakes/search.ts';

let core: TestCore;
let client: ContractClient;

beforeAll(async () => {
  core = await startTestCore();
  client = core.connect();
});
afterAll(() => core?.end());

test('a page finds recordings by what was on their screens, narrowed by words about their place', async () => {
  const folder = join(core.home, 'recordings');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await placeOutputs(folder, 'elsewhere', ['hello from elsewhere\r\n']);
  const { recordingId } = await recordSession(folder);
  await client.call('library.list', {});
  const search = (words: readonly string[]) => client.call('library.search', { text: 'HELLO', words });
  await expect.poll(async () => (await search([])).recordings.length, { timeout: 30_000 }).toBe(2);
  const { recordings, unsearched } = await search(['WEB-1/app', 'kind']);
  expect(recordings).toEqual([
    {
      recordingId,
      lineCount: 1,
      lines: [{ text: 'hello', timeMicros: 1_500_000, place: { from: 0, to: 5 } }],
    },
  ]);
  expect(unsearched).toEqual({ encrypted: 0, waiting: 0, unreadable: 0 });
});

test('a search is narrowed by the filter of the list, and a filter that says nothing is told', async () => {
  const find = (filter: string) => client.call('library.search', { text: 'hello', words: [], filter });
  await expect.poll(async () => (await find('')).recordings.length, { timeout: 30_000 }).toBe(2);
  const count = async (filter: string): Promise<number> => (await find(filter)).recordings.length;
  expect([await count('pod:web-*'), await count('-pod:web-*'), await count('pod:nowhere')]).toEqual([
    1, 1, 0,
  ]);
  await expect(find('exit:maybe')).rejects.toMatchObject({ code: 'bad-input' });
});

test('a page that asks for nothing is told so', async () => {
  await expect(client.call('library.search', { text: '', words: [] })).rejects.toMatchObject({
    code: 'bad-input',
  });
});
