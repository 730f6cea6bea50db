import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { createEmitter } from '../../../main/base/event.ts';
import { createLifetime, type Lifetime } from '../../../main/base/lifetime.ts';
import { createLog } from '../../../main/base/log.ts';
import type { UpdateChoice } from '../../../main/updates/update-choice.ts';
import { createNoUpdates, createUpdates, type Updates } from '../../../main/updates/updates.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';
import { until } from '../../fakes/until.ts';

const schedule = { firstMs: 100, everyMs: 10_000, retryMs: 1_000 };

/** What the feed has, what is done with it, and what the world around says. */
let clock: ManualClock;
let life: Lifetime;
let choice: UpdateChoice | AppError;
let shells: number;
let newest: string | undefined;
let failure: Error | undefined;
let deeds: string[];
let release: (() => void) | undefined;
let isHeld: boolean;
const choiceChanged = createEmitter<void>();
const shellsChanged = createEmitter<void>();

beforeEach(() => {
  clock = createManualClock();
  life = createLifetime('test');
  choice = { channel: 'stable', check: 'automatic' };
  shells = 0;
  newest = '2.0.0';
  failure = undefined;
  deeds = [];
  isHeld = false;
});
afterEach(() => life.end());

function start(canInstallAtQuit = true): Updates {
  return createUpdates(
    {
      clock,
      log: createLog({ level: 'silent' }),
      random: () => 0.5,
      updater: {
        canInstallAtQuit,
        async check(channel) {
          deeds.push(`check ${channel}`);
          if (failure) throw failure;
          return newest === undefined ? undefined : { version: newest };
        },
        async download({ onProgress, signal }) {
          deeds.push('download');
          onProgress(40.2);
          if (isHeld) {
            await new Promise<void>((resolve, reject) => {
              release = resolve;
              signal.addEventListener('abort', () => reject(signal.reason), { once: true });
            });
          }
          if (failure) throw failure;
        },
        installAtQuit: (isWanted) => deeds.push(`at quit: ${isWanted}`),
        async install() {
          deeds.push('install');
          if (failure) throw failure;
        },
      },
      async choose() {
        if (choice instanceof AppError) throw choice;
        return choice;
      },
      onChoiceChanged: choiceChanged.event,
      countShells: async () => shells,
      onShellsChanged: shellsChanged.event,
      schedule,
    },
    life,
  );
}

const stageOf = async (updates: Updates) => (await updates.snapshot()).stage;

async function change(next: UpdateChoice | AppError): Promise<void> {
  choice = next;
  choiceChanged.fire();
  await new Promise((resolve) => setImmediate(resolve));
}

test('what is new is looked for, downloaded, and installed when the app ends', async () => {
  const updates = start();
  const stages: string[] = [];
  updates.onChanged(({ stage }) => stages.push(stage.kind));
  await clock.advance(99);
  expect(deeds).toEqual([]);
  await clock.advance(1);
  await until(async () => (await stageOf(updates)).kind === 'ready');
  expect(await stageOf(updates)).toEqual({ kind: 'ready', version: '2.0.0', atQuit: true });
  expect(stages.filter((kind, at) => kind !== stages[at - 1])).toEqual([
    'idle',
    'checking',
    'available',
    'downloading',
    'ready',
  ]);
  await life.end();
  expect(deeds).toEqual(['check stable', 'download', 'at quit: true']);
});

test('nothing is installed at the end while a shell is live, and nothing on a system that cannot', async () => {
  const updates = start();
  await updates.check();
  shells = 1;
  await life.end();
  expect(deeds.at(-1)).toBe('at quit: false');

  life = createLifetime('second');
  shells = 0;
  const onMac = start(false);
  await onMac.check();
  expect(await stageOf(onMac)).toMatchObject({ kind: 'ready', atQuit: false });
  await life.end();
  expect(deeds.at(-1)).toBe('at quit: false');
});

test('a ready update waits until the last shell has ended', async () => {
  const updates = start();
  shells = 2;
  await updates.check();
  const told: number[] = [];
  updates.onChanged(({ liveShells }) => told.push(liveShells));
  await expect(updates.install()).rejects.toMatchObject({
    code: 'update-refused',
    message: '2 shells are live',
  });
  shells = 1;
  shellsChanged.fire();
  await until(() => told.at(-1) === 1);
  await expect(updates.install()).rejects.toThrow('1 shell is live');
  expect(await stageOf(updates)).toMatchObject({ kind: 'ready' });
  shells = 0;
  shellsChanged.fire();
  await until(() => told.at(-1) === 0);
  await updates.install();
  expect(deeds).toEqual(['check stable', 'download', 'install']);
  expect(await stageOf(updates)).toEqual({ kind: 'installing', version: '2.0.0' });
});

test('by hand nothing is asked, downloaded or installed until somebody says so', async () => {
  choice = { channel: 'beta', check: 'by-hand' };
  const updates = start();
  await clock.advance(50_000);
  expect(deeds).toEqual([]);
  await updates.check();
  expect(await stageOf(updates)).toEqual({ kind: 'available', version: '2.0.0' });
  await updates.download();
  expect(await stageOf(updates)).toEqual({ kind: 'ready', version: '2.0.0', atQuit: false });
  await life.end();
  expect(deeds).toEqual(['check beta', 'download', 'at quit: false']);
});

test('where nothing is newer it is looked for again later, and where that fails sooner, then later', async () => {
  newest = undefined;
  const updates = start();
  await clock.advance(100);
  await until(async () => (await stageOf(updates)).kind === 'idle');
  expect(await stageOf(updates)).toEqual({ kind: 'idle', checkedAtMs: clock.nowMs() });
  failure = new AppError('update-failed', 'no answer');
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  await clock.advance(10_000);
  await settle();
  expect(await stageOf(updates)).toMatchObject({
    kind: 'failed',
    during: 'check',
    problem: { code: 'update-failed', message: 'no answer' },
  });
  await clock.advance(1_000);
  await settle();
  expect(deeds).toHaveLength(3);
  await clock.advance(1_999);
  await settle();
  expect(deeds).toHaveLength(3);
  await clock.advance(1);
  await settle();
  expect(deeds).toHaveLength(4);
});

test('a download that is not what was promised is told, and nothing of it is installed', async () => {
  choice = { channel: 'stable', check: 'by-hand' };
  const updates = start();
  await updates.check();
  failure = new AppError('update-untrusted', 'the update was refused');
  await updates.download();
  expect(await stageOf(updates)).toMatchObject({ kind: 'failed', during: 'download' });
  await expect(updates.install()).rejects.toThrow('there is no update to be installed');
  await life.end();
  expect(deeds).toEqual(['check stable', 'download']);
});

test('who asks while it is being looked for gets the same answer', async () => {
  const updates = start();
  isHeld = true;
  const first = updates.check();
  await until(() => release !== undefined && deeds.includes('download'));
  const second = updates.check();
  expect(await stageOf(updates)).toEqual({ kind: 'downloading', version: '2.0.0', percent: 40 });
  release?.();
  await Promise.all([first, second]);
  expect(deeds).toEqual(['check stable', 'download']);
});

test('switched off by the policy, a download is given up and what is ready stays where it is', async () => {
  const updates = start();
  isHeld = true;
  const looking = updates.check();
  await until(() => deeds.includes('download'));
  await change({ channel: 'stable', check: 'off', checkBy: { file: '/etc/p', isLocked: true } });
  await looking;
  expect(await stageOf(updates)).toEqual({ kind: 'off' });
  await updates.check();
  await expect(updates.install()).rejects.toThrow('switched off by the policy');

  isHeld = false;
  await change({ channel: 'stable', check: 'by-hand' });
  await updates.check();
  await updates.download();
  expect(await stageOf(updates)).toMatchObject({ kind: 'ready' });
  await change({ channel: 'stable', check: 'off' });
  await life.end();
  expect(deeds).not.toContain('at quit: true');
});

test('a policy that cannot be followed switches updates off, and says why', async () => {
  choice = new AppError('policy-invalid', 'Kubereel is not updated until the policy is mended: p.yaml:1: no');
  const updates = start();
  await clock.advance(50_000);
  expect(await stageOf(updates)).toEqual({ kind: 'off', problem: choice });
  expect(deeds).toEqual([]);
});

test('another channel is looked at at once, and what the first one brought is not installed', async () => {
  choice = { channel: 'beta', check: 'automatic' };
  const updates = start();
  await clock.advance(100);
  await until(async () => (await stageOf(updates)).kind === 'ready');
  newest = undefined;
  await change({ channel: 'stable', check: 'automatic' });
  await until(() => deeds.includes('check stable'));
  await until(async () => (await stageOf(updates)).kind === 'idle');
  await life.end();
  expect(deeds).not.toContain('at quit: true');
});

test('a ready update that is found again is not downloaded again', async () => {
  const updates = start();
  await updates.check();
  await updates.check();
  expect(await stageOf(updates)).toMatchObject({ kind: 'ready' });
  newest = '2.0.1';
  await updates.check();
  expect(await stageOf(updates)).toMatchObject({ kind: 'ready', version: '2.0.1' });
  expect(deeds).toEqual(['check stable', 'download', 'check stable', 'check stable', 'download']);
});

test('an installation that cannot begin is told', async () => {
  const updates = start();
  await updates.check();
  failure = new Error('no room');
  await expect(updates.install()).rejects.toThrow('no room');
  expect(await stageOf(updates)).toMatchObject({ kind: 'failed', during: 'install' });
});

test('where another brings updates nothing is done, and the reason told', async () => {
  const updates = createNoUpdates('package-manager', async () => ({ channel: 'stable', check: 'automatic' }));
  await updates.check();
  await updates.download();
  await expect(updates.install()).rejects.toMatchObject({ code: 'update-refused' });
  expect(await stageOf(updates)).toEqual({ kind: 'elsewhere', why: 'package-manager' });
});
