import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { describeGap, describeLoss, describePause, PAUSE_LABEL } from '../../../main/session/terminal-gap.ts';
import { isGap } from '../../../renderer/terminal/gap-words.ts';

test('where something is missing there is a line on the screen', () => {
  const lost = new AppError('connection-lost', 'gone', { detail: 'reset' });
  for (const label of [
    describeLoss(lost),
    describeGap(4_000),
    PAUSE_LABEL,
    describePause('resumed', 42_000, 12),
    describePause('ended', 42_000, 12),
    '12 bytes of output are not on record: the disk was too slow',
  ]) {
    expect([label, isGap(label)]).toEqual([label, true]);
  }
});

test('what is only noted is none', () => {
  for (const label of ['', 'prompt', 'command', 'exit 1', 'input hidden', 'before the fix']) {
    expect([label, isGap(label)]).toEqual([label, false]);
  }
});
