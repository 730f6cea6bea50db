import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** What each start of the built bundles has loaded: a package that comes in here costs everybody its time. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const HOOK = pathToFileURL(join(root, 'test', 'fakes', 'loaded-packages.ts')).href;
/** What log, files, flags, sockets and screens need, of whichever version. */
const ALWAYS = [
  '@pinojs/redact',
  '@xterm/addon-unicode-graphemes',
  '@xterm/headless',
  'atomic-sleep',
  'commander',
  'ip-address',
  'on-exit-leak-free',
  'pino',
  'pino-std-serializers',
  'quick-format-unescaped',
  're2js',
  'safe-stable-stringify',
  'smart-buffer',
  'socks',
  'sonic-boom',
  'thread-stream',
  'valibot',
  'ws',
  'yaml',
];

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kubereel-loaded-'));
});
afterEach(() => rm(home, { recursive: true, force: true, maxRetries: 10 }));

function start(bundle: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--import', HOOK, join(root, 'out', bundle), ...args], {
    env: { PATH: process.env['PATH'], HOME: home, KUBEREEL_HOME: home, KUBECONFIG: join(home, 'none') },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
}

test('the command loads nothing for --version but what every command may need at once', async () => {
  const child = start('cli.mjs', ['--version']);
  const [loaded] = (await once(child, 'message')) as [readonly string[]];
  expect(loaded.filter((name) => !ALWAYS.includes(name))).toEqual([]);
});

test('the page host at rest has loaded no client of clusters, no ciphers, nothing of the recorder or the demo', async () => {
  const child = start('headless.mjs', ['--no-open']);
  try {
    if (!child.stdout) throw new Error('its output is not read');
    await once(child.stdout, 'data');
    child.send('which');
    const [loaded] = (await once(child, 'message')) as [readonly string[]];
    expect(loaded.filter((name) => !ALWAYS.includes(name))).toEqual([]);
    expect(loaded).toContain('ws');
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});
