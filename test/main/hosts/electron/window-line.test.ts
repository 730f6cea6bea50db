import { expect, test } from 'vitest';
import type { WindowWish } from '../../../../main/bridge/desktop.ts';
import { createWindowLine } from '../../../../main/hosts/electron/window-line.ts';

const shown = (sessionId: string): WindowWish => ({ kind: 'session', sessionId });

test('what is wished before the page is there is heard by it first, in order', () => {
  const line = createWindowLine();
  const heard: WindowWish[] = [];
  line.wish(shown('1'));
  line.wish(shown('2'));
  line.attend((wish) => heard.push(wish));
  line.wish(shown('3'));
  expect(heard).toEqual([shown('1'), shown('2'), shown('3')]);
});

test('while the page is loaded again wishes wait, and the old one hears nothing any more', () => {
  const line = createWindowLine();
  const old: WindowWish[] = [];
  const next: WindowWish[] = [];
  const leave = line.attend((wish) => old.push(wish));
  line.offer(['find']);
  leave();
  expect([...line.commands()]).toEqual([]);
  line.wish(shown('1'));
  line.attend((wish) => next.push(wish));
  line.offer(['keys']);
  // The old connection may be found dead after the new one stands.
  leave();
  line.wish(shown('2'));
  expect({ old, next, can: [...line.commands()] }).toEqual({
    old: [],
    next: [shown('1'), shown('2')],
    can: ['keys'],
  });
});

test('a flood of wishes is kept within bounds', () => {
  const line = createWindowLine();
  const heard: WindowWish[] = [];
  for (let count = 0; count < 1_000; count += 1) line.wish(shown(`${count}`));
  line.attend((wish) => heard.push(wish));
  expect(heard).toHaveLength(64);
  expect(heard[0]).toEqual(shown('0'));
});

test('what the page can do is told as it changes', () => {
  const line = createWindowLine();
  let told = 0;
  line.onOffered(() => {
    told += 1;
  });
  line.offer(['find', 'keys']);
  line.offer(['keys']);
  expect({ told, can: [...line.commands()] }).toEqual({ told: 2, can: ['keys'] });
});
