import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createOrigins, type Origins } from '../../../main/agent/origins.ts';
import { createSystemClock } from '../../../main/base/clock.ts';
import { watchFiles } from '../../../main/base/file-watch.ts';
import { makeTemporaryFolder } from '../../fakes/temporary-folder.ts';
import { until } from '../../fakes/until.ts';

async function makeFile(): Promise<string> {
  const { path, remove } = await makeTemporaryFolder('origins');
  onTestFinished(remove);
  return join(path, 'origins.json');
}

const open = (file: string): Origins => createOrigins({ clock: createSystemClock(), file, watchFiles });
const CONSOLE = 'https://console.example';

test('who is allowed has a token that is written down nowhere', async () => {
  const file = await makeFile();
  const origins = open(file);
  expect(await origins.list()).toEqual([]);
  const { origin, token } = await origins.allow(`${CONSOLE}/clusters`);
  expect(origin).toBe(CONSOLE);
  expect(token).toMatch(/^[\w-]{43}$/);
  const text = await readFile(file, 'utf8');
  expect(text).not.toContain(token);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const [allowed] = await origins.list();
  expect(allowed).toMatchObject({ origin: CONSOLE });
  // Another process reads the same.
  expect(await open(file).find(CONSOLE, token)).toEqual(allowed);
});

test('a token is that of one page, and of no other', async () => {
  const origins = open(await makeFile());
  const first = await origins.allow(CONSOLE);
  const second = await origins.allow('http://localhost:5174');
  expect(await origins.find(first.origin, first.token)).toBeDefined();
  expect(await origins.find(second.origin, first.token)).toBeUndefined();
  expect(await origins.find('https://evil.example', first.token)).toBeUndefined();
  for (const token of ['', `${first.token}x`, first.token.slice(1)]) {
    expect(await origins.find(CONSOLE, token)).toBeUndefined();
  }
});

test('who is allowed anew has a new token and no old one', async () => {
  const origins = open(await makeFile());
  const before = await origins.allow(CONSOLE);
  const [{ grantId } = { grantId: '' }] = await origins.list();
  const after = await origins.allow(CONSOLE);
  expect(await origins.find(CONSOLE, before.token)).toBeUndefined();
  expect(await origins.find(CONSOLE, after.token)).toBeDefined();
  const list = await origins.list();
  expect(list).toHaveLength(1);
  expect(list[0]?.grantId).not.toBe(grantId);
});

test('who is removed is nobody any more, and cannot be removed again', async () => {
  const origins = open(await makeFile());
  const { token } = await origins.allow(CONSOLE);
  await origins.remove(CONSOLE);
  expect(await origins.list()).toEqual([]);
  expect(await origins.find(CONSOLE, token)).toBeUndefined();
  await expect(origins.remove(CONSOLE)).rejects.toMatchObject({ code: 'not-found' });
});

test('several at once are all kept', async () => {
  const file = await makeFile();
  const names = Array.from({ length: 8 }, (_, index) => `https://c${index}.example`);
  await Promise.all(names.map((name) => open(file).allow(name)));
  expect((await open(file).list()).map(({ origin }) => origin).sort()).toEqual(names);
});

test('a file that is damaged allows nobody, and the next consent mends it', async () => {
  const file = await makeFile();
  const origins = open(file);
  const { token } = await origins.allow(CONSOLE);
  const entry = { origin: CONSOLE, tokenHash: '', allowedAtMs: 1 };
  for (const text of ['', '{', '[]', JSON.stringify({ version: 1, origins: [entry] })]) {
    await writeFile(file, text);
    expect(await origins.list()).toEqual([]);
    expect(await origins.find(CONSOLE, token)).toBeUndefined();
    expect(await origins.find(CONSOLE, '')).toBeUndefined();
  }
  await origins.allow(CONSOLE);
  expect(await origins.list()).toHaveLength(1);
});

test('a folder that cannot be written to is told', async () => {
  const origins = open(join(await makeFile(), 'nowhere', 'origins.json'));
  await expect(origins.allow(CONSOLE)).rejects.toMatchObject({
    message: expect.stringContaining('could not be kept'),
  });
});

test('what another process changes is told while somebody listens', async () => {
  const file = await makeFile();
  const origins = open(file);
  let told = 0;
  const stop = origins.onChanged(() => {
    told += 1;
  });
  await open(file).allow(CONSOLE);
  await until(() => told > 0);
  stop();
  stop();
});
