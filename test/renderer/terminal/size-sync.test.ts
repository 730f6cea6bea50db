import { expect, test } from 'vitest';
import type { TerminalSize } from '../../../preload/contract.ts';
import { createSizeSync, SETTLE_MS } from '../../../renderer/terminal/size-sync.ts';
import { createManualTimers } from '../../fakes/manual-timers.ts';

const size = (cols: number, rows: number): TerminalSize => ({ cols, rows });

function make(resize?: (size: TerminalSize) => Promise<void>) {
  const timers = createManualTimers();
  const asked: string[] = [];
  const sync = createSizeSync({
    timers,
    async resize(wish) {
      asked.push(`${wish.cols}x${wish.rows}`);
      await resize?.(wish);
    },
  });
  return { sync, timers, asked };
}

test('a layout that keeps changing is asked for once, when it has settled', async () => {
  const { sync, timers, asked } = make();
  sync.shown(size(80, 24));
  for (let cols = 90; cols <= 100; cols += 1) {
    sync.layout(size(cols, 30));
    await timers.advance(SETTLE_MS - 1);
  }
  expect(asked).toEqual([]);
  await timers.advance(1);
  expect(asked).toEqual(['100x30']);
});

test('a size that the session has already is not asked for', async () => {
  const { sync, timers, asked } = make();
  sync.shown(size(80, 24));
  sync.layout(size(80, 24));
  await timers.advance(SETTLE_MS);
  sync.claim();
  await timers.settle();
  expect(asked).toEqual([]);
});

test('a viewer that another one has resized takes its size back when it is used', async () => {
  const { sync, timers, asked } = make();
  sync.layout(size(120, 40));
  await timers.advance(SETTLE_MS);
  sync.shown(size(120, 40));
  sync.shown(size(80, 24));
  await timers.advance(10 * SETTLE_MS);
  expect(asked).toEqual(['120x40']);
  sync.claim();
  await timers.settle();
  expect(asked).toEqual(['120x40', '120x40']);
});

test('many claims before the answer are one call', async () => {
  const { sync, timers, asked } = make();
  sync.shown(size(80, 24));
  sync.layout(size(120, 40));
  for (let key = 0; key < 20; key += 1) {
    sync.claim();
    await timers.settle();
  }
  expect(asked).toEqual(['120x40']);
});

test('one call at a time; of what was wished for meanwhile only the newest is asked for', async () => {
  const gates: (() => void)[] = [];
  const { sync, timers, asked } = make(() => new Promise((resolve) => gates.push(resolve)));
  sync.layout(size(100, 30));
  await timers.advance(SETTLE_MS);
  sync.layout(size(110, 30));
  await timers.advance(SETTLE_MS);
  sync.layout(size(120, 30));
  await timers.advance(SETTLE_MS);
  expect(asked).toEqual(['100x30']);
  gates.shift()?.();
  await timers.settle();
  expect(asked).toEqual(['100x30', '120x30']);
});

test('a refused call is no failure, and the next change is asked for again', async () => {
  const { sync, timers, asked } = make(() => Promise.reject(new Error('the session has ended')));
  sync.layout(size(100, 30));
  await timers.advance(SETTLE_MS);
  sync.layout(size(110, 30));
  await timers.advance(SETTLE_MS);
  expect(asked).toEqual(['100x30', '110x30']);
});

test('what is hidden or stopped asks for nothing', async () => {
  const { sync, timers, asked } = make();
  sync.layout(size(100, 30));
  sync.layout(undefined);
  sync.claim();
  await timers.advance(SETTLE_MS);
  sync.layout(size(110, 30));
  sync.stop();
  sync.claim();
  await timers.advance(SETTLE_MS);
  expect(asked).toEqual([]);
  expect(timers.pending).toBe(0);
});
