import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../fakes/until.ts';

const START = fileURLToPath(new URL('../../build/start.mjs', import.meta.url));

test('npm start says what it runs in one line, then the link, and ends at a signal', async () => {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-start-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const child = spawn(process.execPath, [START, '--browser', '--no-open'], {
    env: { ...process.env, KUBEREEL_HOME: home, KUBECONFIG: join(home, 'none') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => lines.push(line));
  await until(() => lines.length > 0 || child.exitCode !== null);
  expect(lines[0]).toBe('Starting in the browser: as asked.');
  await until(() => lines.length > 1 || child.exitCode !== null);
  expect(lines[1]).toMatch(/^Kubereel is at http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}$/);
  child.kill('SIGTERM');
  const [exitCode] = (await once(child, 'exit')) as [number];
  expect(exitCode).toBe(0);
});
