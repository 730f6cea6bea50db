import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { PluginConfig } from '../../../main/credentials/credential.ts';
import { runPlugin } from '../../../main/credentials/exec-plugin.ts';
import { isRunning } from '../../fakes/processes.ts';

const V1 = 'client.authentication.k8s.io/v1';
const never = new AbortController().signal;
const environment = { PATH: process.env['PATH'], MARKER: 'inherited' };

/** A plugin that is a real program: a shell script. */
async function writePlugin(script: string, overrides: Partial<PluginConfig> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-plugin-'));
  const command = join(folder, 'plugin');
  await writeFile(command, `#!/bin/sh\ncd ${folder}\n${script}\n`);
  await chmod(command, 0o755);
  const plugin: PluginConfig = {
    apiVersion: V1,
    command,
    args: [],
    env: [],
    provideClusterInfo: false,
    interactiveMode: 'IfAvailable',
    ...overrides,
  };
  return { folder, plugin };
}

function answer(status: unknown, apiVersion = V1): string {
  return `cat <<'EOF'\n${JSON.stringify({ kind: 'ExecCredential', apiVersion, status })}\nEOF`;
}

describe.skipIf(process.platform === 'win32')('an exec plugin', () => {
  test('gives a token, a certificate and a time', async () => {
    const status = {
      token: 'marker-token',
      clientCertificateData: 'CERT',
      clientKeyData: 'KEY',
      expirationTimestamp: '2026-11-21T10:00:00Z',
    };
    const { plugin } = await writePlugin(answer(status));
    expect(await runPlugin({ environment }, plugin, undefined, { signal: never })).toEqual({
      authorization: 'Bearer marker-token',
      clientCertificate: { certificatePem: 'CERT', keyPem: 'KEY' },
      expiresAtMs: Date.UTC(2026, 10, 21, 10),
    });
  });

  test('gets its arguments, its variables, what it is for, and no input', async () => {
    const { plugin, folder } = await writePlugin(
      `printf '%s|%s|%s|%s' "$1" "$MARKER" "$OWN" "$(cat)" > seen; printf '%s' "$KUBERNETES_EXEC_INFO" > info\n${answer({ token: 't' })}`,
      { args: ['a b;$(x)'], env: [{ name: 'OWN', value: 'mine' }], provideClusterInfo: true },
    );
    const cluster = { server: 'https://h:6443', config: { audience: 'a' } };
    await runPlugin({ environment: { ...environment, KUBERNETES_EXEC_INFO: 'old' } }, plugin, cluster, {
      signal: never,
    });
    expect(await readFile(join(folder, 'seen'), 'utf8')).toBe('a b;$(x)|inherited|mine|');
    expect(JSON.parse(await readFile(join(folder, 'info'), 'utf8'))).toEqual({
      kind: 'ExecCredential',
      apiVersion: V1,
      spec: { cluster, interactive: false },
    });
  });

  test('is told of no cluster unless it asks for it', async () => {
    const { plugin, folder } = await writePlugin(
      `printf '%s' "$KUBERNETES_EXEC_INFO" > info\n${answer({ token: 't' })}`,
    );
    await runPlugin({ environment }, plugin, { server: 'https://h' }, { signal: never });
    expect(JSON.parse(await readFile(join(folder, 'info'), 'utf8')).spec).toEqual({ interactive: false });
  });

  test.each([
    ['no JSON', 'echo marker-secret', 'decoding stdout: it is not JSON'],
    [
      'another version',
      answer({ token: 't' }, 'client.authentication.k8s.io/v1beta1'),
      `exec plugin is configured to use API version ${V1}, plugin returned version client.authentication.k8s.io/v1beta1`,
    ],
    ['no status', `echo '{"apiVersion":"${V1}"}'`, "exec plugin didn't return a status field"],
    ['an empty status', answer({}), "exec plugin didn't return a token or cert/key pair"],
    [
      'half a pair',
      answer({ clientCertificateData: 'marker-secret' }),
      'exec plugin returned only certificate or key, not both',
    ],
    [
      'a time that is none',
      answer({ token: 'marker-secret', expirationTimestamp: 'soon' }),
      'expirationTimestamp',
    ],
    ['too much', 'yes marker-secret | head -c 3000000', 'more than 1 MiB'],
  ])('ex-bad-output: %s is an error that quotes nothing of it', async (_what, script, message) => {
    const { plugin } = await writePlugin(script);
    const failure = await runPlugin({ environment }, plugin, undefined, { signal: never }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: 'plugin-answer-invalid',
      message: expect.stringContaining(message),
    });
    expect(JSON.stringify(failure)).not.toContain('marker-secret');
  });

  test('ex-failure: its exit code and the end of what it complained about are told, its output is not', async () => {
    const { plugin } = await writePlugin(
      "echo marker-secret; printf 'please \\033[31mlog in\\n' >&2; exit 3",
    );
    const failure = await runPlugin({ environment }, plugin, undefined, { signal: never }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: 'plugin-failed',
      message: expect.stringContaining('failed with exit code 3'),
      detail: 'please \\x1b[31mlog in',
    });
    expect(JSON.stringify(failure)).not.toContain('marker-secret');
  });

  test('ex-failure: one that is not installed is told with the PATH that was searched and the hint', async () => {
    const { plugin } = await writePlugin('', {
      command: 'no-such-plugin',
      installHint: 'get it\u001b[2J at x',
    });
    await expect(
      runPlugin({ environment: { PATH: '/empty' } }, plugin, undefined, { signal: never }),
    ).rejects.toMatchObject({
      code: 'plugin-not-found',
      hint: expect.stringContaining('get it\\x1b[2J at x'),
      detail: 'PATH searched: /empty',
    });
  });

  test('ex-hang: one that never answers is ended, with all that it started', async () => {
    const { plugin, folder } = await writePlugin('sleep 600 & echo $! > child; wait');
    await expect(
      runPlugin({ environment, timeoutMs: 500 }, plugin, undefined, { signal: never }),
    ).rejects.toMatchObject({ code: 'plugin-timed-out' });
    const child = Number(await readFile(join(folder, 'child'), 'utf8'));
    await vi.waitUntil(() => !isRunning(child));
  });

  test('a cancelled run ends the plugin', async () => {
    const { plugin, folder } = await writePlugin('echo $$ > child; sleep 600');
    const controller = new AbortController();
    const running = runPlugin({ environment }, plugin, undefined, { signal: controller.signal });
    const settled = running.catch((error: unknown) => error);
    const readChild = (): Promise<string> => readFile(join(folder, 'child'), 'utf8').catch(() => '');
    await vi.waitUntil(async () => (await readChild()) !== '');
    controller.abort();
    expect(await settled).toMatchObject({ code: 'cancelled' });
    await vi.waitUntil(async () => !isRunning(Number(await readChild())));
  });

  test('ex-interactive-modes: one that must be interactive is not run', async () => {
    const { plugin, folder } = await writePlugin('touch ran', { interactiveMode: 'Always' });
    await expect(runPlugin({ environment }, plugin, undefined, { signal: never })).rejects.toMatchObject({
      code: 'plugin-interactive',
    });
    await expect(readFile(join(folder, 'ran'))).rejects.toThrow('ENOENT');
  });
});
