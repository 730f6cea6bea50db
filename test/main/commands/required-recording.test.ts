// covers: main/commands/recorded-relay.ts
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DemoCluster } from '../../../main/demo/demo-cluster.ts';
import { type DebugApi, startDebugApi } from '../../fakes/debug-api.ts';
import { DEMO_PODS, startTestDemo } from '../../fakes/demo-start.ts';
import { kubeconfigFor } from '../../fakes/doctor-report.ts';
import { type ExecCluster, startExecCluster } from '../../fakes/exec-cluster.ts';
import { type KubereelResult, runKubereel } from '../../fakes/kubereel-cli.ts';

/** Commands of a home whose settings require recordings. */
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kubereel-required-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function useSettings(settings: object = {}): Promise<void> {
  await writeFile(join(home, 'settings.json'), JSON.stringify({ recordingRequired: true, ...settings }));
}

function run(kubeconfig: string, ...args: string[]): Promise<KubereelResult> {
  return runKubereel(kubeconfig, args, { KUBEREEL_HOME: home });
}

describe('where no recording can be begun', () => {
  let cluster: ExecCluster;
  let debugApi: DebugApi;
  let folder: string;
  beforeAll(async () => {
    cluster = await startExecCluster({
      pods: { 'web-1': { spec: { containers: [{ name: 'app', image: 'i' }] } } },
      objects: {},
    });
    debugApi = await startDebugApi();
    folder = await mkdtemp(join(tmpdir(), 'kubereel-required-config-'));
    for (const [name, server] of [
      ['exec', cluster.address],
      ['debug', debugApi.address],
    ] as const)
      await writeFile(join(folder, name), JSON.stringify(kubeconfigFor({ server }, {})));
  });
  afterAll(async () => {
    await cluster.close();
    await debugApi.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('the API server sees no exec; the reason and what to do are told, and the exit code is 1', async () => {
    await useSettings();
    const recordings = join(home, 'recordings');
    await writeFile(recordings, 'a file where the folder should be');
    const { code, stdout, stderr } = await run(join(folder, 'exec'), 'exec', 'web-1', '--', 'exit', '0');
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      `no shell is opened that cannot be recorded: no recording could be begun in ${recordings}`,
    );
    expect(stderr).toContain('The settings require recordings');
    expect(cluster.execs).toEqual([]);
  });

  test('nor with recipients that are none, or a library that is full', async () => {
    await mkdir(join(home, 'recordings'));
    await writeFile(join(home, 'recordings', 'old.cast'), Buffer.alloc(2 * 1024 * 1024));
    for (const settings of [{ encryption: { recipients: ['age1x'] } }, { recordingLibraryMiB: 1 }]) {
      await useSettings(settings);
      const { code, stderr } = await run(join(folder, 'exec'), 'exec', 'web-1', '--', 'exit', '0');
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('cannot be recorded'),
      });
    }
    expect(cluster.execs).toEqual([]);
  });

  test('nothing is made for a debug container or a shell on a node', async () => {
    await useSettings();
    await writeFile(join(home, 'recordings'), '');
    for (const target of [['web'], ['node/n', '--yes']]) {
      const { code, stderr } = await run(join(folder, 'debug'), 'debug', ...target, '--image=busybox:1.37');
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('cannot be recorded'),
      });
    }
    expect(debugApi.deeds).toEqual([]);
  });

  test('where it can be begun the command runs, and its record is the only thing left', async () => {
    await useSettings();
    const { code, stderr } = await run(join(folder, 'exec'), 'exec', '-q', 'web-1', '--', 'exit', '3');
    expect({ code, stderr }).toEqual({ code: 3, stderr: 'err\ncommand terminated with exit code 3\n' });
    expect(cluster.execs).toHaveLength(1);
    const names = await readdir(join(home, 'recordings'));
    expect(names.filter((name) => name.endsWith('.cast'))).toHaveLength(1);
    expect(names.filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('against the demo cluster', () => {
  let demo: DemoCluster;
  beforeAll(async () => {
    demo = await startTestDemo();
  });
  afterAll(() => demo.stop());

  test('a command that reaches the limit ends there, with a marker, and what was printed is on record', async () => {
    await useSettings({ recordingSessionMiB: 1 });
    const shell = ['sh', '-c', 'yes "a line of output"'];
    const { code, stdout, stderr } = await run(demo.kubeconfigPath, 'exec', DEMO_PODS.web, '--', ...shell);
    expect(code).toBe(1);
    const reason =
      'the shell was ended, as it has to be recorded: this recording has reached its limit of 1 MiB';
    expect(stderr).toContain(reason);
    const folder = join(home, 'recordings');
    const name = (await readdir(folder)).find((one) => one.endsWith('.cast')) ?? '';
    const events = (await readFile(join(folder, name), 'utf8'))
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as [number, string, string]);
    expect(events.at(-1)).toEqual([expect.any(Number), 'm', reason]);
    const recorded = events.map(([, kind, text]) => (kind === 'o' ? text : '')).join('');
    expect(stdout.length).toBeGreaterThan(0);
    expect(recorded.startsWith(stdout.toString())).toBe(true);
  });

  test('with a folder that is a file the command does not run', async () => {
    await useSettings();
    await writeFile(join(home, 'recordings'), '');
    const command = ['exec', DEMO_PODS.web, '--', 'echo', 'it ran'];
    const { code, stdout } = await run(demo.kubeconfigPath, ...command);
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 1, stdout: '' });
  });
});
