import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type Feed,
  feedNameOf,
  parseFeedSource,
  readFeed,
  signFeed,
} from '../../../main/updates/update-feed.ts';
import { type FeedServer, feedText, startFeedServer } from '../../fakes/update-feed.ts';

const NAME = 'latest-linux.yml';
const text = feedText('1.2.3', 'Kubereel-1.2.3.AppImage', Buffer.from('the new one'));
const signal = new AbortController().signal;
let server: FeedServer;

beforeAll(async () => {
  server = await startFeedServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.files.clear();
  server.asked.length = 0;
  server.put(NAME, text);
});

function read(name = NAME): Promise<Feed> {
  return readFeed({ fetch: server.fetch }, server.source, name, { signal });
}

test('a signed feed is read, and nothing of it but what is used', async () => {
  const feed = await read();
  expect(feed).toEqual({
    version: '1.2.3',
    files: [
      {
        url: 'Kubereel-1.2.3.AppImage',
        sha512: expect.stringMatching(/^.{88}$/),
        size: 11,
      },
    ],
  });
  expect(server.asked).toEqual([NAME, `${NAME}.sig`]);
});

test('one that was changed by a byte, or has no signature, or another one’s, is not believed', async () => {
  server.files.set(NAME, Buffer.from(text.replace('1.2.3', '1.2.4')));
  await expect(read()).rejects.toMatchObject({ code: 'update-untrusted' });

  server.put(NAME, text);
  server.files.delete(`${NAME}.sig`);
  await expect(read()).rejects.toMatchObject({ code: 'update-untrusted' });

  const other = generateKeyPairSync('ed25519').privateKey;
  for (const signature of ['', 'no signature', signFeed(NAME, Buffer.from(text), other)]) {
    server.files.set(`${NAME}.sig`, Buffer.from(signature));
    await expect(read()).rejects.toMatchObject({ code: 'update-untrusted' });
  }
});

test('the feed of one channel does not pass for another’s', async () => {
  server.put('beta-linux.yml', text);
  server.files.set(NAME, Buffer.from(text));
  server.files.set(`${NAME}.sig`, server.files.get('beta-linux.yml.sig') as Buffer);
  await expect(read('beta-linux.yml')).resolves.toMatchObject({ version: '1.2.3' });
  await expect(read()).rejects.toMatchObject({ code: 'update-untrusted' });
});

test.each([
  ['a file elsewhere', text.replace('url: Kubereel', 'url: https://other.example/Kubereel')],
  ['a file above', text.replace('url: Kubereel', 'url: ../Kubereel')],
  ['a file without SHA-512', text.replace(/ {4}sha512: .*\n/, '')],
  ['no file', text.replace(/files:\n(?: .*\n)+/, 'files: []\n')],
  ['no version', text.replace('version: 1.2.3', 'version: newest')],
  ['no form at all', 'releases'],
])('one with %s is refused though it is signed', async (_what, broken) => {
  server.put(NAME, broken);
  await expect(read()).rejects.toMatchObject({
    code: 'update-failed',
    message: expect.stringContaining('is in no form that is known here'),
  });
});

test('a server that refuses, redirects, or sends without end is told as such', async () => {
  server.files.set(NAME, (_request, response) => response.writeHead(503).end('later'));
  await expect(read()).rejects.toThrow('the server answered 503');
  server.files.set(NAME, (_request, response) =>
    response.writeHead(302, { Location: 'http://127.0.0.1/' }).end(),
  );
  await expect(read()).rejects.toMatchObject({ code: 'update-failed' });
  server.files.set(NAME, Buffer.alloc(65 * 1024, 0x20));
  await expect(read()).rejects.toThrow('larger than 64 KiB');
});

test('who gives up waiting is not told of a failure of the server', async () => {
  const given = new AbortController();
  server.files.set(NAME, () => given.abort(new Error('given up')));
  await expect(
    readFeed({ fetch: server.fetch }, server.source, NAME, { signal: given.signal }),
  ).rejects.toThrow('given up');
});

test('openssl finds the signature to be right', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-feed-'));
  try {
    const [message, signature, key] = ['message', 'signature', 'key.pem'].map((name) => join(folder, name));
    await writeFile(message as string, `kubereel updates\n${NAME}\n${text}`);
    await writeFile(signature as string, Buffer.from(String(server.files.get(`${NAME}.sig`)), 'base64'));
    await writeFile(key as string, server.source.publicKey);
    const { stdout } = await promisify(execFile)('openssl', [
      ...['pkeyutl', '-verify', '-pubin', '-rawin', '-inkey', key as string],
      ...['-in', message as string, '-sigfile', signature as string],
    ]);
    expect(stdout).toContain('Signature Verified Successfully');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a feed is named as electron-builder names it', () => {
  expect(feedNameOf('stable', 'linux', 'x64')).toBe('latest-linux.yml');
  expect(feedNameOf('beta', 'linux', 'arm64')).toBe('beta-linux-arm64.yml');
  expect(feedNameOf('stable', 'darwin', 'arm64')).toBe('latest-mac.yml');
  expect(feedNameOf('beta', 'win32', 'x64')).toBe('beta.yml');
});

test('a source is an https address with an Ed25519 key, and nothing else', () => {
  const { publicKey } = server.source;
  const parse = (source: object) => parseFeedSource(JSON.stringify(source));
  expect(parse({ feed: 'https://a.example/b', publicKey })).toEqual({
    feed: 'https://a.example/b/',
    publicKey,
  });
  expect(() => parse({ feed: 'http://a.example/', publicKey })).toThrow('https only');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const pem = rsa.export({ type: 'spki', format: 'pem' });
  expect(() => parse({ feed: 'https://a.example/', publicKey: pem })).toThrow('Ed25519');
  expect(() => parse({ publicKey })).toThrow();
});
