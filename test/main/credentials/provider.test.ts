// covers: main/credentials/credential-file.ts
// covers: main/credentials/key-pair.ts
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { UserAuth } from '../../../main/credentials/credential.ts';
import { createTestCredentials, ORIGIN, printAnswer, writePlugin } from '../../fakes/credentials.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createTestAuthority } from '../../fakes/tls.ts';

const signal = new AbortController().signal;
const cluster = { server: 'https://h' };

async function createProvider(user: UserAuth) {
  const clock = createManualClock();
  const { credentials } = await createTestCredentials({ clock });
  return { provider: credentials.provider(user, cluster, ORIGIN), clock };
}

test('a token, a password and nothing', async () => {
  const token = await createProvider({ token: 't' });
  expect(await token.provider.current({ signal })).toEqual({ authorization: 'Bearer t' });
  const basic = await createProvider({ username: 'u', password: 'p:w' });
  const { authorization } = await basic.provider.current({ signal });
  expect(authorization).toBe(`Basic ${Buffer.from('u:p:w').toString('base64')}`);
  const nobody = await createProvider({});
  expect(await nobody.provider.current({ signal })).toEqual({});
});

test('kc-tokenfile: the file wins over the token, is trimmed, read again after a minute, and kept when it is gone', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'kubereel-provider-')), 'token');
  await writeFile(path, ' one\n');
  const { provider, clock } = await createProvider({ token: 'static', tokenFile: path });
  const current = async () => (await provider.current({ signal })).authorization;
  expect(await current()).toBe('Bearer one');
  await writeFile(path, 'two');
  await clock.advance(49_000);
  expect(await current()).toBe('Bearer one');
  expect((await provider.renew({ authorization: 'Bearer one' }, { signal })).authorization).toBe(
    'Bearer one',
  );
  await clock.advance(1_000);
  expect(await current()).toBe('Bearer two');
  await rm(path);
  await clock.advance(60_000);
  expect(await current()).toBe('Bearer two');
});

test('kc-tokenfile: one that is empty or unreadable leaves the token, or says which file it is', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'kubereel-provider-')), 'token');
  await writeFile(path, '\n');
  const withToken = await createProvider({ token: 'static', tokenFile: path });
  expect(await withToken.provider.current({ signal })).toEqual({ authorization: 'Bearer static' });
  const alone = await createProvider({ tokenFile: path });
  await expect(alone.provider.current({ signal })).rejects.toThrow(path);
  const gone = await createProvider({ tokenFile: '/no/such/token' });
  await expect(gone.provider.current({ signal })).rejects.toThrow('/no/such/token');
});

test('certificate files are read when they are used; while they are replaced the last pair is used on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-provider-'));
  const [certificate, key] = [join(folder, 'a.crt'), join(folder, 'a.key')];
  const authority = await createTestAuthority();
  const one = await authority.issue({ commonName: 'one' });
  const two = await authority.issue({ commonName: 'two' });
  const user: UserAuth = {
    clientCertificate: { kind: 'file', path: certificate },
    clientKey: { kind: 'file', path: key },
  };
  const { provider } = await createProvider(user);
  await expect(provider.current({ signal })).rejects.toThrow(certificate);
  await writeFile(certificate, one.certificate);
  await expect(provider.current({ signal })).rejects.toThrow(key);
  await writeFile(key, one.privateKey);
  const current = async () => (await provider.current({ signal })).clientCertificate;
  const first = { certificatePem: one.certificate, keyPem: one.privateKey };
  expect(await current()).toEqual(first);
  await writeFile(certificate, two.certificate);
  expect(await current()).toEqual(first);
  await rm(key);
  expect(await current()).toEqual(first);
  await writeFile(key, two.privateKey);
  expect(await current()).toEqual({ certificatePem: two.certificate, keyPem: two.privateKey });
});

test.each([
  ['a token', { token: 'static' }],
  ['a password', { username: 'u', password: 'p' }],
  [
    'a client certificate',
    { clientCertificate: { kind: 'data', pem: 'C' }, clientKey: { kind: 'data', pem: 'K' } },
  ],
] as const)('ex-skipped: the plugin is not run where there is %s', async (_what, user) => {
  const { plugin, runs } = await writePlugin(printAnswer({ token: 'plugin' }));
  const { provider } = await createProvider({ ...user, exec: plugin });
  const credential = await provider.current({ signal });
  expect(credential.authorization).not.toBe('Bearer plugin');
  expect(await provider.renew(credential, { signal })).toEqual(credential);
  expect(await runs()).toBe(0);
});
