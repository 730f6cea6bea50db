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

test('a page that asks for nothing is told so', async () => {
  await expect(client.call('library.search', { text: '', words: [] })).rejects.toMatchObject({
    code: 'bad-input',
  });
});
