import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { uptime } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { describeThisProcess, isOwnerAlive } from '../../../main/recording/owner.ts';

const self = describeThisProcess();

async function startChild() {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  await once(child, 'spawn');
  return { child, exited, owner: { ...self, processId: child.pid ?? -1 } };
}

test('this process is alive, and an earlier one with its id is not', () => {
  expect(isOwnerAlive(self)).toBe(true);
  expect(isOwnerAlive({ ...self, processStartedAtMs: self.processStartedAtMs - 1 })).toBe(false);
});

test('another process is alive until it has exited', async () => {
  const { child, exited, owner } = await startChild();
  expect(isOwnerAlive(owner)).toBe(true);
  child.kill('SIGKILL');
  await exited;
  expect(isOwnerAlive(owner)).toBe(false);
});

test('a process that was started before this machine was booted is gone, whoever has its id now', async () => {
  const { owner } = await startChild();
  const longBeforeBoot = Date.now() - uptime() * 1_000 - 3_600_000;
  expect(isOwnerAlive({ ...owner, processStartedAtMs: longBeforeBoot })).toBe(false);
});

test('a process of another machine counts as gone', () => {
  expect(isOwnerAlive({ ...self, hostName: 'elsewhere' })).toBe(false);
});
