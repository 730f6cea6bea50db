import { basename, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { planRecording } from '../../../main/recording/planned-recording.ts';

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

test('a recording that is planned has an id and the absolute place of the cast that it will be', () => {
  const { recordingId, path } = planRecording('recordings', { nowMs: NOW_MS, encryptTo: [] });
  expect(recordingId).toMatch(/^20260102-030405-[a-z2-7]{6}$/);
  expect(path).toBe(resolve('recordings', `${recordingId}.cast`));
});

test('for recipients it is an encrypted one', () => {
  const { path } = planRecording('/r', { nowMs: NOW_MS, encryptTo: ['age1x'] });
  expect(basename(path)).toMatch(/\.cast\.age$/);
});
