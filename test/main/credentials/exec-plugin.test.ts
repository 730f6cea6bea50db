// covers: main/credentials/captured-process.ts
// covers: main/credentials/plugin-error.ts
import { rm } from 'node:fs/promises';
import { describe, expect, test, vi } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import type { PluginConfig } from '../../../main/credentials/credential.ts';
import { type PluginNeeds, runPlugin } from '../../../main/credentials/exec-plugin.ts';
import { ORIGIN, printAnswer, type TestPlugin, takeTimers, writePlugin } from '../../fakes/credentials.ts';
import { isRunning } from '../../fakes/processes.ts';
import { until } from '../../fakes/until.ts';

const never = new AbortController().signal;
const environment = { PATH: process.env['PATH'], MARKER: 'inherited' };
const cluster = { server: 'https://h' };

function run(
  { plugin }: { readonly plugin: PluginConfig },
  { signal = never, ...needs }: Partial<PluginNeeds> & { readonly signal?: AbortSignal } = {},
) {
  const subject = { ...ORIGIN, command: plugin.command, path: plugin.command, args: plugin.args };
  const program = { plugin, path: plugin.command, environment, subject };
  const all = { clock: createSystemClock(), platform: process.platform, ...needs };
  return runPlugin(all, program, cluster, { kind: 'nobody' }, { signal });
}

async function failureOf(running: Promise<unknown>): Promise<unknown> {
  return running.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function childOf(plugin: TestPlugin): Promise<number> {
  await until(async () => (await plugin.read('child')).endsWith('\n'));
  return Number(await plugin.read('child'));
}

describe.skipIf(process.platform === 'win32')('an exec plugin', () => {
  test('gets its arguments, its variables, and an input that has ended', async () => {
    const plugin = await writePlugin(
      `printf '%s|%s|%s|%s' "$1" "$MARKER" "$OWN" "$(cat)" > seen\n${printAnswer({ token: 't' })}`,
      { args: ['a b;$(x)'], env: [{ name: 'OWN', value: 'mine' }] },
    );
    expect(await run(plugin)).toEqual({ authorization: 'Bearer t' });
    expect(await plugin.read('seen')).toBe('a b;$(x)|inherited|mine|');
  });

  test('its exit code and the end of what it complained about are told, its output is not', async () => {
    const plugin = await writePlugin(
      "echo marker-secret; yes padding | head -c 9000 >&2; printf 'please \\033[31mlog in\\n' >&2; exit 3",
    );
    const failure = await failureOf(run(plugin));
    expect(failure).toMatchObject({
      code: 'plugin-failed',
      message: `getting credentials: exec: executable ${plugin.plugin.command} failed with exit code 3`,
      detail: expect.stringMatching(/please log in$/),
    });
    expect(JSON.stringify(failure).length).toBeLessThan(10_000);
    expect(JSON.stringify(failure)).not.toContain('marker-secret');
  });

  test('one that failed without a word, or was killed, is told as such', async () => {
    const silent = await failureOf(run(await writePlugin('exit 3')));
    expect(silent).toMatchObject({ message: expect.stringContaining('exit code 3'), detail: undefined });
    const killed = await failureOf(run(await writePlugin('kill -TERM $$')));
    expect(killed).toMatchObject({ message: expect.stringContaining('was ended by SIGTERM') });
  });

  test('one that vanished after it was found, and one that cannot be given its arguments, are told', async () => {
    const gone = await writePlugin('');
    await rm(gone.plugin.command);
    expect(await failureOf(run(gone))).toMatchObject({
      code: 'plugin-failed',
      message: `getting credentials: exec: ${gone.plugin.command} could not be started`,
      detail: 'ENOENT',
    });
    const withNul = await writePlugin('', { args: ['--token=marker-secret\0'] });
    const failure = await failureOf(run(withNul));
    expect(failure).toMatchObject({ code: 'plugin-failed' });
    expect(JSON.stringify(failure)).not.toContain('marker-secret');
  });

  test('one that prints without end is stopped', async () => {
    const plugin = await writePlugin('echo $$ > child; yes marker-secret');
    expect(await failureOf(run(plugin))).toMatchObject({
      code: 'plugin-answer-invalid',
      message: expect.stringContaining('more than 1 MiB'),
    });
    const child = await childOf(plugin);
    await until(() => !isRunning(child));
  });

  test('one that never answers is ended, with all that it started', async () => {
    const plugin = await writePlugin('sleep 600 & echo $! > child; wait');
    takeTimers();
    const failed = failureOf(run(plugin));
    const child = await childOf(plugin);
    vi.advanceTimersByTime(59_999);
    expect(isRunning(child)).toBe(true);
    vi.advanceTimersByTime(1);
    expect(await failed).toMatchObject({
      code: 'plugin-timed-out',
      message: expect.stringContaining('within 60 s'),
    });
    await until(() => !isRunning(child));
  });

  test('one that ends and leaves a helper behind with its output has answered', async () => {
    const plugin = await writePlugin(`sleep 600 &\necho $! > child\n${printAnswer({ token: 'agent' })}`);
    expect(await run(plugin)).toEqual({ authorization: 'Bearer agent' });
    const child = await childOf(plugin);
    expect(isRunning(child)).toBe(true);
    process.kill(child);
  });

  test('a cancelled run ends the plugin and all that it started', async () => {
    const plugin = await writePlugin('sleep 600 & echo $! > child; wait');
    const controller = new AbortController();
    const settled = failureOf(run(plugin, { signal: controller.signal }));
    const child = await childOf(plugin);
    controller.abort(new Error('tab closed'));
    expect(await settled).toMatchObject({ message: 'tab closed' });
    await until(() => !isRunning(child));
    await expect(run(plugin, { signal: controller.signal })).rejects.toThrow('tab closed');
    expect(await plugin.runs()).toBe(1);
  });
});
