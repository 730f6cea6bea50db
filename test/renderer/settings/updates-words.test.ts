import { expect, test } from 'vitest';
import type { UpdateStage, UpdatesInfo } from '../../../preload/contract-updates.ts';
import { describeDecider, describeRuling, describeStage } from '../../../renderer/settings/updates-words.ts';

const nowMs = Date.UTC(2026, 10, 21, 19, 30);
const lineOf = (stage: UpdateStage, more: Partial<UpdatesInfo> = {}) =>
  describeStage(
    { version: '0.1.0', stage, choice: { channel: 'stable', check: 'automatic' }, liveShells: 0, ...more },
    nowMs,
  )?.line;

test('each stage has its line, and a failure is shown as one', () => {
  expect(lineOf({ kind: 'elsewhere', why: 'package-manager' })).toContain('updates come with the system’s');
  expect(lineOf({ kind: 'off' })).toBe('Switched off: nothing is looked for.');
  expect(lineOf({ kind: 'idle' })).toBe('Not looked for yet.');
  expect(lineOf({ kind: 'idle' }, { choice: { channel: 'stable', check: 'by-hand' } })).toBe(
    'Looked for when you say so.',
  );
  expect(lineOf({ kind: 'idle', checkedAtMs: nowMs })).toMatch(/^The newest, as of \d\d:\d\d\.$/);
  expect(lineOf({ kind: 'downloading', version: '0.2.0', percent: 40 })).toBe(
    'Downloading Kubereel 0.2.0: 40 %',
  );
  const problem = { code: 'update-failed', message: 'no answer' };
  expect(lineOf({ kind: 'failed', during: 'check', problem })).toBeUndefined();
  expect(lineOf({ kind: 'off', problem })).toBeUndefined();
});

test('what is ready says which shells it waits for, and when it comes', () => {
  const ready = { kind: 'ready', version: '0.2.0', atQuit: false } as const;
  expect(lineOf(ready)).toBe('Kubereel 0.2.0 is downloaded.');
  expect(lineOf(ready, { liveShells: 1 })).toBe(
    'Kubereel 0.2.0 is downloaded. 1 shell is live: end it first.',
  );
  expect(lineOf({ ...ready, atQuit: true }, { liveShells: 2 })).toBe(
    'Kubereel 0.2.0 is downloaded. 2 shells are live: end them first. ' +
      'It is installed when Kubereel ends, unless a shell is live elsewhere then.',
  );
});

test('who decided is told, and what a file says', () => {
  expect(describeDecider({ file: '/etc/kubereel/policy.yaml', isLocked: true })).toBe(
    'Set by the administrator, in /etc/kubereel/policy.yaml.',
  );
  expect(describeDecider({ file: '/home/p.yaml', isLocked: false })).toBe(
    'Set by your policy, in /home/p.yaml.',
  );
  expect(describeRuling({ check: 'off', channel: 'stable' })).toBe('switched off; finished versions only');
  expect(describeRuling({})).toBe('nothing is said of them');
});
