// covers: main/commands/run.ts
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { INSPECTED, throwInside } from '../../fakes/inspector.ts';
import { BARE_ENVIRONMENT, CLI } from '../../fakes/kubereel-cli.ts';
import { until } from '../../fakes/until.ts';

const SECRET = 'hunter2-in-a-message';

test('what nobody caught ends a command in order, with exit code 1 and without its words', async () => {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-failure-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const child = spawn(process.execPath, [CLI, 'demo'], {
    env: { ...BARE_ENVIRONMENT, HOME: home, KUBEREEL_HOME: home, ...INSPECTED },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  let errors = '';
  child.stdout.on('data', (bytes: Buffer) => {
    printed += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  const closed = once(child, 'close');
  await until(() => printed.includes('kubeconfig'));
  await throwInside(() => errors, SECRET);
  expect(await closed).toEqual([1, null]);
  expect(errors).toContain('nobody caught this');
  expect(errors).not.toContain(SECRET);
});
