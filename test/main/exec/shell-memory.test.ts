import { expect, test } from 'vitest';
import { createShellMemory } from '../../../main/exec/shell-memory.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

test('what was found out about an image is known, and nothing of others', () => {
  const memory = createShellMemory({ clock: createManualClock() });
  memory.note('app@sha256:1', 'no-shell');
  memory.note('win@sha256:2', 'windows');
  expect(memory.recall('app@sha256:1')).toBe('no-shell');
  expect(memory.recall('win@sha256:2')).toBe('windows');
  expect(memory.recall('other')).toBeUndefined();
});

test('an image without a shell is tried again after ten minutes; Windows stays Windows', async () => {
  const clock = createManualClock();
  const memory = createShellMemory({ clock });
  memory.note('app', 'no-shell');
  memory.note('win', 'windows');
  await clock.advance(10 * 60_000);
  expect(memory.recall('app')).toBe('no-shell');
  await clock.advance(1);
  expect(memory.recall('app')).toBeUndefined();
  expect(memory.recall('win')).toBe('windows');
});

test('of many images those that were not used for longest are forgotten', () => {
  const memory = createShellMemory({ clock: createManualClock() });
  memory.note('used', 'windows');
  memory.note('unused', 'windows');
  for (let i = 0; i < 499; i += 1) {
    memory.recall('used');
    memory.note(`image-${i}`, 'windows');
  }
  expect(memory.recall('used')).toBe('windows');
  expect(memory.recall('unused')).toBeUndefined();
});
