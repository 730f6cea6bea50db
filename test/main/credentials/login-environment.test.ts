import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  createLoginEnvironment,
  createOwnEnvironment,
  isStartedFromIcon,
} from '../../../main/credentials/login-environment.ts';
import { isRunning } from '../../fakes/processes.ts';
import { until } from '../../fakes/until.ts';

const never = new AbortController().signal;

/** A shell that reads a profile of its own and then does what it is asked with `-c`. */
async function writeShell(profile: string, name = 'sh'): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'kubereel-shell-')), name);
  await writeFile(path, `#!/bin/sh\n${profile}\nfor last; do :; done\nexec /bin/sh -c "$last"\n`);
  await chmod(path, 0o755);
  return path;
}

/** How soon a shell answers on a machine that does other things as well is not what is asked here. */
const PATIENCE_MS = 60_000;

async function resolve(SHELL: string, timeoutMs = PATIENCE_MS) {
  const environment = { SHELL, PATH: '/usr/bin:/bin', SHLVL: '7', OWN: 'kept' };
  return createLoginEnvironment(
    { environment, platform: process.platform, timeoutMs },
    { signal: never },
  ).current();
}

describe.skipIf(process.platform === 'win32')('the login shell', () => {
  test('adds what its profile says, whatever else that prints', async () => {
    const shell = await writeShell(
      'echo Welcome; echo warning >&2; export PATH="/opt/tools:$PATH" MULTI="a\nb=c" KUBECONFIG=/k',
    );
    const { environment, problem } = await resolve(shell);
    expect(problem).toBeUndefined();
    expect(environment).toMatchObject({
      PATH: '/opt/tools:/usr/bin:/bin',
      MULTI: 'a\nb=c',
      KUBECONFIG: '/k',
      OWN: 'kept',
      SHLVL: '7',
    });
    expect(environment['TERM']).toBeUndefined();
  });

  const shells = ['/bin/bash', '/bin/sh', '/bin/dash', '/usr/bin/zsh', '/usr/bin/fish'];
  // Those that this machine has.
  describe.each(shells.filter((path) => existsSync(path)))('%s', (SHELL) => {
    test('reads the profile of its logins', async () => {
      const HOME = await mkdtemp(join(tmpdir(), 'kubereel-home-'));
      for (const name of ['.profile', '.bash_profile', '.zprofile']) {
        await writeFile(join(HOME, name), 'echo Welcome\nexport FROM_PROFILE=yes\n');
      }
      await mkdir(join(HOME, '.config/fish'), { recursive: true });
      await writeFile(join(HOME, '.config/fish/config.fish'), 'echo Welcome\nset -x FROM_PROFILE yes\n');
      const needs = {
        environment: { SHELL, HOME, PATH: '/usr/bin:/bin', OWN: 'kept' },
        platform: process.platform,
        timeoutMs: PATIENCE_MS,
      };
      const { environment, problem } = await createLoginEnvironment(needs, { signal: never }).current();
      expect(problem).toBeUndefined();
      expect(environment).toMatchObject({ FROM_PROFILE: 'yes', OWN: 'kept' });
    });
  });

  test.each(['csh', 'nu', 'pwsh'])('%s is given flags that it knows', async (name) => {
    const shell = await writeShell('export ARGUMENTS="$*"', name);
    const { environment } = await resolve(shell);
    // Nushell's carets mean nothing to the sh behind this test's shell.
    if (name !== 'nu') expect(environment['ARGUMENTS']).toMatch(/^(-i -c|-Login -Command) printf/);
  });

  test('that hangs is waited for so long, then the process’s own is used and the reason told', async () => {
    const shell = await writeShell('sleep 600');
    const { environment, problem } = await resolve(shell, 300);
    expect(environment['OWN']).toBe('kept');
    expect(problem).toContain(shell);
    expect(problem).toContain('did not answer');
  });

  test.each([
    ['that prints without end', 'yes', 'printed without end'],
    ['that fails', 'exit 1', 'did not print it'],
  ])('%s is given up', async (_what, profile, reason) => {
    expect((await resolve(await writeShell(profile))).problem).toContain(reason);
  });

  test('that is not there is told', async () => {
    expect((await resolve('/no/such/shell')).problem).toContain('/no/such/shell could not be started');
  });

  test('is ended when nobody needs it any more', async () => {
    const shell = await writeShell('echo $$ > "$0.child"; sleep 600');
    const ending = new AbortController();
    const environment = { SHELL: shell, PATH: '/bin' };
    const needs = { environment, platform: 'linux', timeoutMs: PATIENCE_MS } as const;
    const login = createLoginEnvironment(needs, { signal: ending.signal });
    const readChild = () => readFile(`${shell}.child`, 'utf8').catch(() => '');
    await until(async () => (await readChild()).endsWith('\n'));
    ending.abort(new Error('the app ends'));
    expect((await login.current()).problem).toContain('the app ends');
    const child = Number(await readChild());
    await until(() => !isRunning(child));
  });

  test('is asked once', async () => {
    const shell = await writeShell('echo x >> "$0.runs"; RUNS=$(wc -l < "$0.runs"); export RUNS');
    const environment = { SHELL: shell, PATH: '/bin' };
    const needs = { environment, platform: 'linux', timeoutMs: PATIENCE_MS } as const;
    const login = createLoginEnvironment(needs, { signal: never });
    const [first, second] = await Promise.all([login.current(), login.current()]);
    expect(first).toBe(second);
    expect((await login.current()).environment['RUNS']?.trim()).toBe('1');
  });
});

test('a process that a shell started has what it needs', async () => {
  const environment = { PATH: '/x' };
  expect(await createOwnEnvironment(environment).current()).toEqual({ environment });
  expect(isStartedFromIcon({ TERM: 'xterm', SHLVL: '1' }, 'linux')).toBe(false);
  expect(isStartedFromIcon({ SHLVL: '1' }, 'linux')).toBe(true);
  expect(isStartedFromIcon({ TERM: 'xterm' }, 'darwin')).toBe(true);
  expect(isStartedFromIcon({}, 'win32')).toBe(false);
});
