// covers: build/sign-feed.ts
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeUpdateSource } from '../../../build/package/update-source.ts';
import { parseFeedSource, readFeed } from '../../../main/updates/update-feed.ts';
import { feedText } from '../../fakes/update-feed.ts';

let folder: string;
const { publicKey, privateKey } = generateKeyPairSync('ed25519');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubereel-source-'));
  await writeFile(join(folder, 'public.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
  await writeFile(join(folder, 'private.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
});
afterEach(() => rm(folder, { recursive: true }));

test('without a word from whoever builds it there is no place for updates', async () => {
  await writeUpdateSource(folder, {});
  expect(await readdir(folder)).not.toContain('update-source.json');
});

test('half of it, or a wrong address, stops the build', async () => {
  const key = join(folder, 'public.pem');
  await expect(writeUpdateSource(folder, { KUBEREEL_UPDATE_FEED: 'https://a.example' })).rejects.toThrow(
    'belong together',
  );
  await expect(
    writeUpdateSource(folder, { KUBEREEL_UPDATE_FEED: 'http://a.example', KUBEREEL_UPDATE_KEY: key }),
  ).rejects.toThrow('https only');
});

test('what the app is told believes what the release signs, and nothing else', async () => {
  await writeUpdateSource(folder, {
    KUBEREEL_UPDATE_FEED: 'https://updates.example/kubereel',
    KUBEREEL_UPDATE_KEY: join(folder, 'public.pem'),
  });
  const source = parseFeedSource(await readFile(join(folder, 'update-source.json'), 'utf8'));
  await writeFile(
    join(folder, 'latest.yml'),
    feedText('1.0.0', 'Kubereel-Setup-1.0.0.exe', Buffer.from('x')),
  );
  const script = fileURLToPath(new URL('../../../build/sign-feed.ts', import.meta.url));
  await promisify(execFile)(process.execPath, [
    script,
    join(folder, 'private.pem'),
    join(folder, 'latest.yml'),
  ]);
  const fetch = async (address: string): Promise<Response> => {
    expect(address).toContain('https://updates.example/kubereel/latest.yml');
    return new Response(new Uint8Array(await readFile(join(folder, address.split('/').at(-1) ?? ''))));
  };
  const { signal } = new AbortController();
  expect(await readFeed({ fetch }, source, 'latest.yml', { signal })).toMatchObject({ version: '1.0.0' });
  await writeFile(
    join(folder, 'latest.yml'),
    feedText('1.0.1', 'Kubereel-Setup-1.0.1.exe', Buffer.from('x')),
  );
  await expect(readFeed({ fetch }, source, 'latest.yml', { signal })).rejects.toMatchObject({
    code: 'update-untrusted',
  });
});
