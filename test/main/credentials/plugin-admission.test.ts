import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CredentialOptions } from '../../../main/credentials/credential.ts';
import type { PluginSubject } from '../../../main/credentials/user-requests.ts';
import { createTestCredentials, ORIGIN, type TestCredentials, writePlugin } from '../../fakes/credentials.ts';
import { until } from '../../fakes/until.ts';

const signal = new AbortController().signal;

/** With a page that is open. */
async function withPage(): Promise<TestCredentials & { open(): ReturnType<typeof list> }> {
  const made = await createTestCredentials();
  made.credentials.usePages();
  made.credentials.requests.attend();
  return { ...made, open: () => list(made) };
}

function list({ credentials }: TestCredentials) {
  return credentials.requests.list();
}

function admit(
  { credentials }: TestCredentials,
  { plugin }: Awaited<ReturnType<typeof writePlugin>>,
  options: Partial<CredentialOptions> = {},
  origin = ORIGIN,
) {
  const admitted = credentials.admission.admit(plugin, origin, { signal, ...options });
  // Judged below; until then nobody looks.
  admitted.catch(() => {});
  return admitted;
}

describe.skipIf(process.platform === 'win32')('leave for a plugin', () => {
  test('is asked for once, for as many as wait, and remembered', async () => {
    const room = await withPage();
    const plugin = await writePlugin('', { args: ['get-token', '--client-secret=marker-secret'] });
    const waiting = [1, 2, 3].map(() => admit(room, plugin));
    await until(() => room.open()[0]?.waiting === 3);
    expect(room.open()).toMatchObject([
      { kind: 'consent', ...ORIGIN, path: plugin.plugin.command, args: ['get-token', '--client-secret=•••'] },
    ]);
    room.credentials.requests.answer(room.open()[0]?.requestId ?? '', 'allow');
    for (const program of await Promise.all(waiting)) expect(program.path).toBe(plugin.plugin.command);
    expect(room.open()).toEqual([]);
    await admit(room, plugin);
    expect(room.open()).toEqual([]);
  });

  test('is for one kubeconfig file: another one that names the same plugin asks for itself', async () => {
    const room = await withPage();
    const plugin = await writePlugin('');
    await room.allow(plugin.plugin);
    const other = admit(room, plugin, {}, { context: 'evil', kubeconfigPath: '/tmp/downloaded' });
    await until(() => room.open().length === 1);
    expect(room.open()[0]).toMatchObject({ kubeconfigPath: '/tmp/downloaded', context: 'evil' });
    room.credentials.requests.answer(room.open()[0]?.requestId ?? '', 'refuse');
    await expect(other).rejects.toMatchObject({ code: 'plugin-refused' });
  });

  test('for a relative kubeconfig is for the file in this folder, not for its namesake in another', async () => {
    const room = await withPage();
    const plugin = await writePlugin('');
    await room.allow(plugin.plugin, { context: 'c', kubeconfigPath: join(process.cwd(), 'config') });
    const origin = { context: 'c', kubeconfigPath: 'config' };
    expect((await admit(room, plugin, {}, origin)).subject.kubeconfigPath).toBe(
      join(process.cwd(), 'config'),
    );
    const here = process.cwd();
    process.chdir(plugin.folder);
    const elsewhere = admit(room, plugin, { isUnattended: true }, origin);
    await expect(elsewhere).rejects.toMatchObject({ code: 'plugin-refused' });
    process.chdir(here);
  });

  test('that is refused is told to all, and asked for again by the next', async () => {
    const room = await withPage();
    const plugin = await writePlugin('');
    const waiting = [admit(room, plugin), admit(room, plugin)];
    await until(() => room.open()[0]?.waiting === 2);
    room.credentials.requests.answer(room.open()[0]?.requestId ?? '', 'refuse');
    for (const one of waiting) {
      await expect(one).rejects.toMatchObject({
        code: 'plugin-refused',
        message: expect.stringContaining(plugin.plugin.command),
        hint: expect.any(String),
      });
    }
    const leaving = new AbortController();
    const again = admit(room, plugin, { signal: leaving.signal });
    await until(() => room.open().length === 1);
    leaving.abort(new Error('tab closed'));
    await expect(again).rejects.toThrow('tab closed');
    expect(room.open()).toEqual([]);
  });

  test('is not asked for where nobody asked for the shell, or nobody is there', async () => {
    const room = await withPage();
    const plugin = await writePlugin('');
    await expect(admit(room, plugin, { isUnattended: true })).rejects.toMatchObject({
      code: 'plugin-refused',
      message: expect.stringContaining('waits for your leave'),
      hint: expect.stringContaining('kubereel plugins allow --context prod'),
    });
    await expect(admit(await createTestCredentials(), plugin)).rejects.toThrow('waits for your leave');
    expect(room.open()).toEqual([]);
  });

  test('is asked for at a command’s terminal, until there are pages', async () => {
    const asked: PluginSubject[] = [];
    const answers = [false, true];
    const room = await createTestCredentials({
      async confirm(subject) {
        asked.push(subject);
        return answers.shift() ?? false;
      },
    });
    const plugin = await writePlugin('');
    await expect(admit(room, plugin)).rejects.toMatchObject({ code: 'plugin-refused' });
    await admit(room, plugin);
    await admit(room, plugin);
    expect(asked).toHaveLength(2);
    room.credentials.usePages();
    await expect(admit(room, await writePlugin(''))).rejects.toThrow('waits for your leave');
    expect(asked).toHaveLength(2);
  });

  test('is asked for one plugin at a time at a terminal', async () => {
    let open = 0;
    let most = 0;
    const room = await createTestCredentials({
      async confirm() {
        open += 1;
        most = Math.max(most, open);
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
        return true;
      },
    });
    const plugins = await Promise.all([1, 2, 3].map(() => writePlugin('')));
    await Promise.all(plugins.map((plugin) => admit(room, plugin)));
    expect(most).toBe(1);
  });

  test('does not help against the policy, which is not a question', async () => {
    const room = await withPage();
    const plugin = await writePlugin('');
    await room.allow(plugin.plugin);
    await mkdir(join(room.home, '.kube'));
    await writeFile(
      join(room.home, '.kube', 'kuberc'),
      'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ncredentialPluginPolicy: DenyAll\n',
    );
    await expect(admit(room, plugin)).rejects.toThrow('policy set to "DenyAll"');
    expect(room.open()).toEqual([]);
  });

  test('is not asked for a plugin that is not there', async () => {
    const room = await withPage();
    const plugin = await writePlugin('', { command: 'no-such-plugin', installHint: 'brew\u001b[2J it' });
    await expect(admit(room, plugin)).rejects.toMatchObject({
      code: 'plugin-not-found',
      message: 'getting credentials: exec: executable no-such-plugin not found',
      hint: expect.stringContaining('brew\\x1b[2J it'),
      detail: `PATH searched: ${process.env['PATH']}`,
    });
  });
});
