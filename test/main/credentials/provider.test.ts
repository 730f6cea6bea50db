import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PluginConfig, UserAuth } from '../../../main/credentials/credential.ts';
import { createCredentialProvider, createPluginCache } from '../../../main/credentials/provider.ts';

const signal = new AbortController().signal;
const cluster = { server: 'https://h' };

function createNeeds() {
  let nowMs = Date.UTC(2026, 0, 1);
  const environment = { PATH: process.env['PATH'] };
  const clock = { nowMs: () => nowMs };
  const needs = { clock, environment, pluginCache: createPluginCache({ clock, environment }) };
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { needs, pass };
}

function createProvider(user: UserAuth) {
  const { needs, pass } = createNeeds();
  return { provider: createCredentialProvider(needs, user, cluster), pass };
}

async function writePlugin(
  statusOf: (run: string) => string,
): Promise<{ plugin: PluginConfig; runs(): Promise<number> }> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-provider-'));
  const command = join(folder, 'plugin');
  const json = `{"apiVersion":"client.authentication.k8s.io/v1","status":${statusOf('$RUN')}}`;
  await writeFile(
    command,
    `#!/bin/sh\necho x >> ${folder}/runs\nsleep 0.1\nRUN=$(wc -l < ${folder}/runs | tr -d ' ')\ncat <<EOF\n${json}\nEOF\n`,
  );
  await chmod(command, 0o755);
  const runs = async (): Promise<number> => {
    const text = await readFile(join(folder, 'runs'), 'utf8').catch(() => '');
    return text.split('\n').length - 1;
  };
  return {
    plugin: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command,
      args: [],
      env: [],
      provideClusterInfo: false,
      interactiveMode: 'Never',
    },
    runs,
  };
}

test('a token, a password and nothing', async () => {
  expect(await createProvider({ token: 't' }).provider.current({ signal })).toEqual({
    authorization: 'Bearer t',
  });
  const basic = await createProvider({ username: 'u', password: 'p:w' }).provider.current({ signal });
  expect(basic.authorization).toBe(`Basic ${Buffer.from('u:p:w').toString('base64')}`);
  expect(await createProvider({}).provider.current({ signal })).toEqual({});
});

test('kc-tokenfile: the file wins over the token, is trimmed, read again after a minute, and kept when it is gone', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'kubereel-provider-')), 'token');
  await writeFile(path, ' one\n');
  const { provider, pass } = createProvider({ token: 'static', tokenFile: path });
  expect((await provider.current({ signal })).authorization).toBe('Bearer one');
  await writeFile(path, 'two');
  pass(59_000);
  expect((await provider.current({ signal })).authorization).toBe('Bearer one');
  pass(1_000);
  expect((await provider.current({ signal })).authorization).toBe('Bearer two');
  await chmod(path, 0o000);
  await writeFile(`${path}.gone`, '');
  pass(60_000);
  expect((await provider.current({ signal })).authorization).toMatch(/^Bearer two$/);
});

test('certificate files are read when they are used, so that new ones are seen', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-provider-'));
  const [certificate, key] = [join(folder, 'a.crt'), join(folder, 'a.key')];
  await writeFile(certificate, 'CERT 1');
  await writeFile(key, 'KEY');
  const { provider } = createProvider({
    clientCertificate: { kind: 'file', path: certificate },
    clientKey: { kind: 'file', path: key },
  });
  expect(await provider.current({ signal })).toEqual({
    clientCertificate: { certificatePem: 'CERT 1', keyPem: 'KEY' },
  });
  await writeFile(certificate, 'CERT 2');
  expect((await provider.current({ signal })).clientCertificate?.certificatePem).toBe('CERT 2');
});

test('a file that is not there is named', async () => {
  const { provider } = createProvider({ tokenFile: '/no/such/token' });
  await expect(provider.current({ signal })).rejects.toThrow('/no/such/token');
});

describe.skipIf(process.platform === 'win32')('with a plugin', () => {
  test('ten callers run it once, and later ones not at all', async () => {
    const { plugin, runs } = await writePlugin((run) => `{"token":"t${run}"}`);
    const { provider } = createProvider({ exec: plugin });
    const got = await Promise.all(Array.from({ length: 10 }, () => provider.current({ signal })));
    expect(new Set(got.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer t1']));
    await provider.current({ signal });
    expect(await runs()).toBe(1);
  });

  test('ex-expiry: what has expired is fetched anew, once', async () => {
    const { plugin, runs } = await writePlugin(
      (run) => `{"token":"t${run}","expirationTimestamp":"2026-01-01T00:01:00Z"}`,
    );
    const { provider, pass } = createProvider({ exec: plugin });
    await provider.current({ signal });
    pass(60_000);
    await provider.current({ signal });
    expect(await runs()).toBe(1);
    pass(1);
    expect((await provider.current({ signal })).authorization).toBe('Bearer t2');
    expect(await runs()).toBe(2);
  });

  test('ten refusals of one credential run it once more, and a stale refusal not at all', async () => {
    const { plugin, runs } = await writePlugin((run) => `{"token":"t${run}"}`);
    const { provider } = createProvider({ exec: plugin });
    const stale = await provider.current({ signal });
    const renewed = await Promise.all(Array.from({ length: 10 }, () => provider.renew(stale, { signal })));
    expect(new Set(renewed.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer t2']));
    expect((await provider.renew(stale, { signal })).authorization).toBe('Bearer t2');
    expect(await runs()).toBe(2);
  });

  test('ex-cache-key: contexts with the same plugin share its answer, unless it is told of different clusters', async () => {
    const shared = await writePlugin((run) => `{"token":"t${run}"}`);
    const { needs } = createNeeds();
    for (const server of ['https://a', 'https://b']) {
      await createCredentialProvider(needs, { exec: shared.plugin }, { server }).current({ signal });
    }
    expect(await shared.runs()).toBe(1);
    const own = await writePlugin((run) => `{"token":"t${run}"}`);
    const told = { ...own.plugin, provideClusterInfo: true };
    for (const server of ['https://a', 'https://b']) {
      await createCredentialProvider(needs, { exec: told }, { server }).current({ signal });
    }
    expect(await own.runs()).toBe(2);
  });

  test('ex-skipped: it is not run where there is a token or a certificate', async () => {
    const { plugin, runs } = await writePlugin(() => '{"token":"plugin"}');
    const { provider } = createProvider({ token: 'static', exec: plugin });
    expect((await provider.current({ signal })).authorization).toBe('Bearer static');
    expect(await runs()).toBe(0);
  });

  test('one caller that gives up does not take the others’ login with it', async () => {
    const { plugin, runs } = await writePlugin((run) => `{"token":"t${run}"}`);
    const { provider } = createProvider({ exec: plugin });
    const leaving = new AbortController();
    const left = provider.current({ signal: leaving.signal }).catch((error: Error) => error.message);
    const stays = provider.current({ signal });
    leaving.abort(new Error('tab closed'));
    expect(await left).toBe('tab closed');
    expect((await stays).authorization).toBe('Bearer t1');
    expect(await runs()).toBe(1);
  });

  test('a failed run is not kept', async () => {
    const { plugin } = await writePlugin((run) => `{"token":"t${run}"}`);
    const { provider } = createProvider({ exec: plugin });
    await chmod(plugin.command, 0o600);
    await expect(provider.current({ signal })).rejects.toMatchObject({ code: 'plugin-failed' });
    await chmod(plugin.command, 0o755);
    expect((await provider.current({ signal })).authorization).toBe('Bearer t1');
  });
});
