// covers: main/compose-updates.ts
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Core, compose } from '../../../main/compose.ts';
import type { Updater } from '../../../main/updates/updates.ts';
import { type ContractClient, createClient } from '../../../preload/client.ts';
import { WEB_SHELL } from '../../fakes/cast-folder.ts';
import { until } from '../../fakes/until.ts';
import { createMemoryPair } from '../../fakes/wires.ts';

let home: string;
let core: Core;
let client: ContractClient;
let deeds: string[];

/** A feed that has 2.0.0 in both channels. */
const updater: Updater = {
  canInstallAtQuit: true,
  async check(channel) {
    deeds.push(`check ${channel}`);
    return { version: '2.0.0' };
  },
  async download() {
    deeds.push('download');
  },
  installAtQuit: (isWanted) => deeds.push(`at quit: ${isWanted}`),
  async install() {
    deeds.push('install');
  },
};

beforeEach(async () => {
  deeds = [];
  home = await mkdtemp(join(tmpdir(), 'kubereel-updates-'));
  core = await compose({
    environment: { PATH: process.env['PATH'], KUBEREEL_HOME: home, KUBECONFIG: join(home, 'none') },
    platform: process.platform,
    lockedPolicy: { path: join(home, 'locked.yaml'), isLocked: true },
  });
  const pages = await core.openPages({ host: 'electron', newWindow: async () => ({}), updates: { updater } });
  const pair = createMemoryPair();
  pages.serve(pair.core);
  client = createClient(pair.page);
});
afterEach(async () => {
  await core.end();
  await rm(home, { recursive: true, force: true });
});

const state = () => client.call('updates.state', {});

test('a page looks for an update, has it downloaded, and sees each step', async () => {
  await client.call('settings.set', { changes: { updatesAutomatically: false, updateChannel: 'beta' } });
  const stages: string[] = [];
  client.on('updates.changed', ({ stage }) => stages.push(stage.kind));
  expect(await client.call('updates.check', {})).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    stage: { kind: 'available', version: '2.0.0' },
    choice: { channel: 'beta', check: 'by-hand' },
  });
  expect(await client.call('updates.download', {})).toMatchObject({
    stage: { kind: 'ready', atQuit: false },
    liveShells: 0,
  });
  expect(deeds).toEqual(['check beta', 'download']);
  await until(() => stages.at(-1) === 'ready');
  await client.call('updates.install', {});
  expect(deeds.at(-1)).toBe('install');
});

test('the administrator’s word locks the user’s, and names its file', async () => {
  await writeFile(
    join(home, 'policy.yaml'),
    'version: 1\nupdates: { channel: stable, check: automatic }\nrules: []\n',
  );
  await writeFile(join(home, 'locked.yaml'), 'version: 1\nupdates: { check: off }\nrules: []\n');
  expect(await state()).toMatchObject({
    stage: { kind: 'off' },
    choice: {
      channel: 'stable',
      check: 'off',
      channelBy: { file: join(home, 'policy.yaml'), isLocked: false },
      checkBy: { file: join(home, 'locked.yaml'), isLocked: true },
    },
  });
  await client.call('updates.check', {});
  await expect(client.call('updates.install', {})).rejects.toMatchObject({ code: 'update-refused' });
  expect(deeds).toEqual([]);
  expect((await client.call('policy.state', {})).files).toMatchObject([
    { updates: { check: 'off' } },
    { updates: { channel: 'stable', check: 'automatic' } },
  ]);
});

test('a policy that cannot be followed switches updates off, and its mistake is told', async () => {
  await writeFile(join(home, 'policy.yaml'), 'version: 1\nupdates: { check: never }\nrules: []\n');
  expect(await client.call('updates.check', {})).toMatchObject({
    stage: {
      kind: 'off',
      problem: {
        code: 'policy-invalid',
        message: expect.stringContaining('check must be automatic, by-hand or off'),
      },
    },
  });
  expect(deeds).toEqual([]);
});

test('a shell of the command in a terminal keeps an update from being installed', async () => {
  await client.call('updates.check', {});
  // Recorded by none of the page's sessions.
  const { details, size } = WEB_SHELL;
  const writer = await core.newCastWriter(details, size);
  expect(await state()).toMatchObject({ stage: { kind: 'ready' }, liveShells: 1 });
  await expect(client.call('updates.install', {})).rejects.toMatchObject({ message: '1 shell is live' });
  await core.end();
  expect(deeds.at(-1)).toBe('at quit: false');
  await writer.close({ kind: 'exited', exitCode: 0 }, core.clock.nowMicros());
});
