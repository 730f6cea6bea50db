import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { AppError } from '../../../../main/base/errors.ts';
import { parsePlace, readEndpoint } from '../../../../main/upload/recorder/recorder-endpoint.ts';
import { anyCharacter } from '../../../fakes/any-text.ts';
import { createTestAuthority, type KeyPair, type TestAuthority } from '../../../fakes/tls.ts';

let folder: string;
let authority: TestAuthority;
let pair: KeyPair;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubereel-endpoint-'));
  authority = await createTestAuthority();
  pair = await authority.issue({ commonName: 'client' });
});

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

test.for([
  ['10.0.0.1:80', { isSecure: false, host: '10.0.0.1', port: 80, basePath: '' }],
  ['100.99.99.99:8080', { isSecure: false, host: '100.99.99.99', port: 8080 }],
  ['[fd7a:115c:a1e0::1]:80', { isSecure: false, host: 'fd7a:115c:a1e0::1', port: 80 }],
  [
    'recorder.example:81',
    { isSecure: false, host: 'recorder.example', port: 81, authority: 'recorder.example:81' },
  ],
  ['http://[fd7a::1]:80', { isSecure: false, host: 'fd7a::1', port: 80, authority: '[fd7a::1]' }],
  ['http://[fd7a::1]:81', { isSecure: false, host: 'fd7a::1', port: 81, authority: '[fd7a::1]:81' }],
  ['http://recorder', { isSecure: false, host: 'recorder', port: 80, authority: 'recorder' }],
  ['https://recorder.example', { isSecure: true, host: 'recorder.example', port: 443 }],
  ['https://recorder.example:8443/shells/', { isSecure: true, port: 8443, basePath: '/shells' }],
  ['wss://casts.example', { isSecure: true, port: 443 }],
  ['ws://casts.example', { isSecure: false, port: 80 }],
] as const)('%s', ([url, place]) => {
  expect(parsePlace({ kind: 'tsrecorder', url })).toMatchObject(place);
});

test.for(['http://', '10.0.0.1:99999', '10.0.0.1:0', 'ftp://recorder', 'ftp://recorder:21', '[fd7a::1'])(
  '%s is no address',
  (url) => {
    expect(() => parsePlace({ kind: 'tsrecorder', url })).toThrow('has no address that can be dialled');
  },
);

test('any text is an address that can be dialled, or is told to be none', () => {
  const path = fc.array(fc.string({ unit: anyCharacter })).map((parts) => parts.map(encodeURIComponent));
  const webUrl = fc
    .tuple(fc.constantFrom('http', 'https'), fc.domain(), fc.option(fc.nat(65_535)), path)
    .map(([scheme, host, port, parts]) =>
      [`${scheme}://${host}${port === null ? '' : `:${port}`}`, ...parts].join('/'),
    );
  const url = fc.oneof(
    fc.string(),
    webUrl,
    fc.ipV4(),
    fc.ipV6().map((ip) => `[${ip}]:80`),
    fc.domain(),
  );
  fc.assert(
    fc.property(url, (text) => {
      try {
        const { host, port, basePath } = parsePlace({ kind: 'tsrecorder', url: text });
        expect(host).not.toMatch(/[[\]/]/);
        expect(port).toBeGreaterThan(0);
        expect(port).toBeLessThan(65_536);
        expect(basePath).toMatch(/^$|^\/.*[^/]$/);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        expect(error.code).toBe('recorder-unusable');
      }
    }),
  );
});

test('a token is one line of a file, without its line end', async () => {
  const tokenFile = await write('token', 's3cret\n');
  expect(await readEndpoint({ kind: 'tsrecorder', url: '10.0.0.1:80', tokenFile })).toMatchObject({
    token: 's3cret',
    secureContext: undefined,
  });
});

test.for([
  ['an empty file', ''],
  ['two lines', 's3cret\nmore'],
  ['control characters', 's3\u0007cret'],
] as const)('%s is no token, and is not quoted', async ([what, text]) => {
  const tokenFile = await write(`token of ${what}`, text);
  const reading = readEndpoint({ kind: 'tsrecorder', url: '10.0.0.1:80', tokenFile });
  await expect(reading).rejects.toMatchObject({
    code: 'recorder-unusable',
    message: expect.not.stringContaining('cret'),
  });
});

test('a file that is not there, or has no end, is told by its path', async () => {
  const gone = join(folder, 'gone');
  await expect(
    readEndpoint({ kind: 'tsrecorder', url: '10.0.0.1:80', tokenFile: gone }),
  ).rejects.toMatchObject({
    code: 'recorder-unusable',
    message: expect.stringContaining(`${gone} cannot be read`),
  });
  const tokenFile = await write('large', 'x'.repeat(20_000));
  await expect(readEndpoint({ kind: 'tsrecorder', url: '10.0.0.1:80', tokenFile })).rejects.toMatchObject({
    message: expect.stringContaining('has more than 16384 bytes'),
  });
});

test('certificates are read for an address with TLS', async () => {
  const files = {
    caFile: await write('ca.pem', authority.certificate),
    certFile: await write('cert.pem', pair.certificate),
    keyFile: await write('key.pem', pair.privateKey),
  };
  const endpoint = await readEndpoint({ kind: 'tsrecorder', url: 'https://recorder', ...files });
  expect(endpoint.secureContext).toBeDefined();
  const plain = await readEndpoint({ kind: 'tsrecorder', url: 'https://recorder' });
  expect(plain.secureContext).toBeDefined();
});

test('a key that is no pair with its certificate is told before anything is dialled', async () => {
  const other = await authority.issue({ commonName: 'other' });
  const certFile = await write('cert2.pem', pair.certificate);
  const keyFile = await write('key2.pem', other.privateKey);
  await expect(
    readEndpoint({ kind: 'tsrecorder', url: 'https://recorder', certFile, keyFile }),
  ).rejects.toMatchObject({ code: 'recorder-unusable', message: expect.stringContaining('are no pair') });
});
