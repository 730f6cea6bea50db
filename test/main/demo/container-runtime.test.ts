import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import type { ContainerProcess } from '../../../main/demo/container-process.ts';
import { type ContainerRuntime, createContainerRuntime } from '../../../main/demo/container-runtime.ts';
import { type ContainerPlan, POD_PLANS, type PodPlan } from '../../../main/demo/demo-pods.ts';
import { findFamily, listProcesses } from '../../../main/demo/process-family.ts';
import { StatusError } from '../../../main/demo/status.ts';

const WEB = POD_PLANS.find(({ name }) => name.startsWith('web')) as PodPlan;
const POSTGRES = POD_PLANS.find(({ name }) => name.startsWith('postgres')) as PodPlan;
const DISTROLESS = POD_PLANS.find(({ containers }) => !containers[0]?.hasPrograms) as PodPlan;

describe.skipIf(process.platform === 'win32')('the container runtime', () => {
  let homes: string;
  let runtime: ContainerRuntime;
  beforeEach(async () => {
    homes = join(await mkdtemp(join(tmpdir(), 'kubereel-demo-')), 'homes');
    runtime = createContainerRuntime({ clock: createSystemClock(), homes });
  });
  afterEach(async () => {
    await runtime.stop();
    await rm(join(homes, '..'), { recursive: true });
  });

  function start(
    pod: PodPlan,
    command: string[],
    { tty = false, container = pod.containers[0] as ContainerPlan } = {},
  ): Promise<ContainerProcess> {
    return runtime.start({ pod, container, command, tty, hasInput: true });
  }

  async function outputOf(process: ContainerProcess): Promise<string> {
    let text = '';
    for await (const bytes of process.stdout) text += Buffer.from(bytes).toString();
    await process.exited;
    return text;
  }

  async function refusal(starting: Promise<unknown>): Promise<StatusError['status']> {
    const error = await starting.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(StatusError);
    return (error as StatusError).status;
  }

  test.each([false, true])('a program runs in the home of its container (terminal: %s)', async (tty) => {
    const shell = await start(WEB, ['sh', '-c', 'pwd; cat nginx.conf'], { tty });
    const text = (await outputOf(shell)).replaceAll('\r', '');
    expect(text.startsWith(`${homes}/shop/${WEB.name}/web\n`)).toBe(true);
    expect(text).toContain('listen 8080');
    await runtime.end(shell);
  });

  test('each container has a home of its own', async () => {
    const [first, second] = POSTGRES.containers;
    const writer = await start(POSTGRES, ['sh', '-c', 'echo x > mine'], { container: first });
    await outputOf(writer);
    const reader = await start(POSTGRES, ['ls'], { container: second });
    expect(await outputOf(reader)).not.toContain('mine');
  });

  test('nothing of this process’s environment is seen', async () => {
    process.env['KUBEREEL_TEST_SECRET'] = 'secret-value';
    try {
      for (const tty of [false, true]) {
        const env = await start(WEB, ['env'], { tty });
        const names = (await outputOf(env))
          .split(/\r?\n/)
          .map((line) => line.split('=')[0])
          .filter(Boolean);
        expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name ?? '')).sort()).toEqual([
          'ENV',
          'HOME',
          'HOSTNAME',
          'KUBERNETES_SERVICE_HOST',
          'KUBERNETES_SERVICE_PORT',
          'LANG',
          'PATH',
          'PS1',
          ...(tty ? ['TERM'] : []),
        ]);
      }
    } finally {
      delete process.env['KUBEREEL_TEST_SECRET'];
    }
  });

  test.each(['bash', 'sh'])('the prompt of %s is the pod’s name', async (name) => {
    const shell = await start(WEB, [name], { tty: true });
    let text = '';
    for await (const bytes of shell.stdout) {
      text += Buffer.from(bytes).toString();
      if (text.includes(WEB.name)) break;
    }
    await runtime.end(shell);
    expect(await shell.exited).toBeGreaterThan(128);
  });

  test('a program that is not in the image is refused in containerd’s words', async () => {
    const status = await refusal(start(WEB, ['nosuch']));
    expect(status).toMatchObject({ reason: 'InternalError', code: 500 });
    expect(status.message).toMatch(
      /^Internal error occurred: error executing command in container: .*OCI runtime exec failed: .*: exec: "nosuch": executable file not found in \$PATH: unknown$/,
    );
  });

  test('an image without programs runs none', async () => {
    expect((await refusal(start(DISTROLESS, ['sh']))).message).toContain(
      'exec: "sh": executable file not found in $PATH',
    );
    expect((await refusal(start(DISTROLESS, ['/bin/sh']))).message).toContain('/bin/sh');
  });

  test.each([false, true])('ending a program ends what it started (terminal: %s)', async (tty) => {
    const shell = await start(
      WEB,
      ['bash', '-c', 'set -m; sleep 600 & nohup sleep 600 & echo ready; exec cat'],
      { tty },
    );
    await shell.stdout[Symbol.asyncIterator]().next();
    expect(await familyOf(shell)).not.toEqual([]);
    await runtime.end(shell);
    expect(await familyOf(shell)).toEqual([]);
    await runtime.end(shell);
  });

  test('ending a container leaves the pod’s other ones, and it can be used again', async () => {
    const [first, second] = POSTGRES.containers as [ContainerPlan, ContainerPlan];
    const doomed = await start(POSTGRES, ['sleep', '600'], { container: first });
    const other = await start(POSTGRES, ['cat'], { container: second });
    await runtime.endContainer(POSTGRES, first.name);
    expect(await doomed.exited).toBe(143);
    expect(await outputOf(await start(POSTGRES, ['echo', 'again'], { container: first }))).toBe('again\n');
    await other.closeInput({ signal: new AbortController().signal });
    expect(await other.exited).toBe(0);
  });

  test('an ended pod has no programs, no homes, and starts nothing', async () => {
    const stubborn = await start(WEB, [
      'sh',
      '-c',
      'trap "" TERM HUP; echo ready; while :; do sleep 1; done',
    ]);
    await stubborn.stdout[Symbol.asyncIterator]().next();
    await runtime.endPod(WEB);
    expect(await stubborn.exited).toBe(137);
    await expect(access(join(homes, 'shop', WEB.name))).rejects.toThrow('ENOENT');
    expect((await refusal(start(WEB, ['sh']))).message).toContain('container not found ("web")');
    expect(await outputOf(await start(POSTGRES, ['echo', 'lives']))).toBe('lives\n');
  });

  test('nothing is left after a stop', async () => {
    const shells = await Promise.all(
      [false, true].map((tty) => start(WEB, ['sh', '-c', 'sleep 600 & wait'], { tty })),
    );
    await runtime.stop();
    for (const shell of shells) expect(await familyOf(shell)).toEqual([]);
    await expect(access(homes)).rejects.toThrow('ENOENT');
    expect((await refusal(start(WEB, ['sh']))).reason).toBe('InternalError');
  });
});

async function familyOf({ pid }: ContainerProcess): Promise<number[]> {
  return findFamily(await listProcesses(), new Set([pid])).map((entry) => entry.pid);
}
