// covers: main/credentials/login-terminal.ts
import { describe, expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { runPlugin } from '../../../main/credentials/exec-plugin.ts';
import type { LoginPatience } from '../../../main/credentials/plugin-login.ts';
import { createSharedTask } from '../../../main/credentials/shared-task.ts';
import { createUserRequests } from '../../../main/credentials/user-requests.ts';
import { ORIGIN, printAnswer, type TestPlugin, writePlugin } from '../../fakes/credentials.ts';
import { isRunning } from '../../fakes/processes.ts';
import { until } from '../../fakes/until.ts';

const never = new AbortController().signal;
const QUICK: LoginPatience = { talkingMs: 50, silentMs: 200 };
const PATIENT: LoginPatience = { talkingMs: 60_000, silentMs: 120_000 };

function login(
  { plugin }: TestPlugin,
  { patience = QUICK, signal = never, loginTimeoutMs = 30_000, platform = process.platform } = {},
) {
  const requests = createUserRequests();
  const shown: string[] = [];
  requests.onChanged((list) => shown.push(list.map(({ kind }) => kind).join()));
  const subject = { ...ORIGIN, command: plugin.command, path: plugin.command, args: plugin.args };
  const environment = { PATH: process.env['PATH'] };
  const program = { plugin, path: plugin.command, environment, subject };
  const needs = { clock: createSystemClock(), platform, patience, loginTimeoutMs };
  const task = createSharedTask(
    (options) =>
      runPlugin(
        needs,
        program,
        { server: 'https://h' },
        { kind: 'page', requests, waiting: options.waiting },
        options,
      ),
    () => {},
  );
  const result = task.join({ signal });
  result.catch(() => {});
  return { requests, shown, task, result, ...follow(requests) };
}

async function childOf(plugin: TestPlugin): Promise<number> {
  await until(async () => (await plugin.read('child')).endsWith('\n'));
  return Number(await plugin.read('child'));
}

/** Looks at the login as a window does. */
function follow(requests: ReturnType<typeof createUserRequests>) {
  let text = '';
  const opened = until(() => requests.list()[0]?.requestId);
  // A login that is never shown has no window.
  opened.catch(() => {});
  return {
    async open() {
      const requestId = (await opened) ?? '';
      const terminal = requests.terminal(requestId);
      void terminal.view(
        async (record) => {
          if (record.kind === 'output') text += Buffer.from(record.bytes).toString();
        },
        { signal: never },
      );
      return {
        requestId,
        type: (keys: string) => terminal.write(Buffer.from(keys), { signal: never }),
        terminal,
      };
    },
    said: (words: string) => until(() => text.includes(words)),
  };
}

describe.skipIf(process.platform === 'win32')('a plugin that asks', () => {
  test('is shown in a terminal, answered there, and its output is read apart', async () => {
    const plugin = await writePlugin(
      `test -t 0 && test -t 2 && ! test -t 1 || exit 9
       printf 'Code for ABCD: ' >&2; read code; printf '%s|' "$KUBERNETES_EXEC_INFO" >> seen
       echo "code was $code" > /dev/tty; stty size < /dev/tty > size
       ${printAnswer({ token: 'from-$code' }).replace('$code', '$code')}`,
      { interactiveMode: 'IfAvailable' },
    );
    const { open, said, result, shown, requests } = login(plugin);
    const { terminal, type } = await open();
    await said('Code for ABCD: ');
    terminal.resize({ cols: 100, rows: 30 });
    await type('1234\r');
    expect(await result).toEqual({ authorization: 'Bearer from-1234' });
    await said('code was 1234');
    expect(await plugin.read('size')).toBe('30 100\n');
    expect(await plugin.read('seen')).toContain('"interactive":true');
    expect(shown).toEqual(['login', '']);
    expect(requests.list()).toEqual([]);
  });

  test('but answers at once is not shown', async () => {
    const plugin = await writePlugin(`echo working >&2\n${printAnswer({ token: 't' })}`, {
      interactiveMode: 'Always',
    });
    const { result, shown } = login(plugin, { patience: PATIENT });
    expect(await result).toEqual({ authorization: 'Bearer t' });
    expect(shown).toEqual([]);
  });

  test('without a word is shown after a while all the same', async () => {
    const plugin = await writePlugin(`read answer\n${printAnswer({ token: 't' })}`, {
      interactiveMode: 'IfAvailable',
    });
    const { open, result } = login(plugin);
    await (await open()).type('\r');
    expect(await result).toEqual({ authorization: 'Bearer t' });
  });

  test('and may print more than a pipe holds, at once', async () => {
    const padding = 'x'.repeat(200_000);
    const plugin = await writePlugin(printAnswer({ token: 't', note: padding }), {
      interactiveMode: 'Always',
    });
    expect(await login(plugin).result).toEqual({ authorization: 'Bearer t' });
    const endless = await writePlugin('yes marker-secret', { interactiveMode: 'Always' });
    const failure = await login(endless).result.catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: expect.stringContaining('more than 1 MiB') });
  });

  test('is ended with all it started when it is given up, and that is told', async () => {
    const plugin = await writePlugin('sleep 600 & echo $! > child; echo waiting >&2; wait', {
      interactiveMode: 'Always',
    });
    const { open, result, requests } = login(plugin);
    const { requestId } = await open();
    const child = await childOf(plugin);
    requests.answer(requestId, 'refuse');
    await expect(result).rejects.toMatchObject({
      code: 'plugin-refused',
      message: expect.stringContaining('was given up'),
    });
    await until(() => !isRunning(child));
    expect(requests.list()).toEqual([]);
  });

  test('goes when nobody waits for it any more', async () => {
    const plugin = await writePlugin('echo $$ > child; echo waiting >&2; read answer', {
      interactiveMode: 'Always',
    });
    const leaving = new AbortController();
    const { open, result, requests, task } = login(plugin, { signal: leaving.signal });
    await open();
    const child = await childOf(plugin);
    const second = new AbortController();
    const other = task.join({ signal: second.signal });
    expect(requests.list()[0]?.waiting).toBe(2);
    leaving.abort(new Error('tab closed'));
    await expect(result).rejects.toThrow('tab closed');
    expect(requests.list()[0]?.waiting).toBe(1);
    second.abort(new Error('window closed'));
    await expect(other).rejects.toThrow('window closed');
    await until(() => !isRunning(child) && requests.list().length === 0);
  });

  test('and is never answered is ended in the end', async () => {
    const plugin = await writePlugin('echo waiting >&2; read answer', { interactiveMode: 'Always' });
    await expect(login(plugin, { loginTimeoutMs: 300 }).result).rejects.toMatchObject({
      code: 'plugin-timed-out',
    });
  });

  test('and fails tells its words, but none once something was typed, since that is echoed', async () => {
    const silent = await writePlugin("printf '\\033[1mno browser\\n' >&2; exit 4", {
      interactiveMode: 'Always',
    });
    await expect(login(silent).result).rejects.toMatchObject({
      message: expect.stringContaining('exit code 4'),
      detail: 'no browser',
    });
    const typed = await writePlugin('printf "Password: " >&2; read password; exit 4', {
      interactiveMode: 'Always',
    });
    const { open, result, said } = login(typed);
    const { type } = await open();
    await said('Password: ');
    await type('marker-secret\r');
    const failure = await result.catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: expect.stringContaining('exit code 4'), detail: undefined });
  });

  test('is told what is missing where no terminal can be made', async () => {
    const plugin = await writePlugin('', { interactiveMode: 'Always' });
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = '/no/such/folder';
    try {
      await expect(login(plugin).result).rejects.toMatchObject({
        code: 'plugin-failed',
        message: expect.stringContaining('no terminal could be opened'),
        detail: 'ENOENT',
      });
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
    expect(await plugin.runs()).toBe(0);
  });

  test('is refused with what to do where there are no such terminals', async () => {
    const plugin = await writePlugin('', { interactiveMode: 'Always' });
    await expect(login(plugin, { platform: 'win32' }).result).rejects.toMatchObject({
      code: 'plugin-interactive',
      hint: expect.stringContaining('in a terminal'),
    });
    expect(await plugin.runs()).toBe(0);
  });
});
