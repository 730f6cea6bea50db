import { expect, test } from 'vitest';
import { SPEEDS } from '../../../renderer/library/player-state.ts';
import { playerCommandOf, stepSpeed } from '../../../renderer/library/replay-keys.ts';
import type { KeyPress } from '../../../renderer/ui/keys.ts';

function press(key: string, held: Partial<KeyPress> = {}): KeyPress {
  return { key, code: key, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...held };
}

test.each([
  [' ', 'toggle'],
  ['ArrowLeft', 'back'],
  ['ArrowRight', 'forward'],
  ['Home', 'start'],
  ['End', 'end'],
  ['[', 'marker.previous'],
  [']', 'marker.next'],
])('%j: %s', (key, command) => {
  expect(playerCommandOf(press(key))).toBe(command);
});

test('the signs for speed may need Shift, all else with it is for selecting and scrolling', () => {
  expect(playerCommandOf(press('>', { shiftKey: true }))).toBe('faster');
  expect(playerCommandOf(press('<'))).toBe('slower');
  expect(playerCommandOf(press('Home', { shiftKey: true }))).toBeUndefined();
});

test('keys with Ctrl, Alt or Cmd are the page`s', () => {
  expect(playerCommandOf(press(' ', { ctrlKey: true }))).toBeUndefined();
  expect(playerCommandOf(press('ArrowLeft', { altKey: true }))).toBeUndefined();
  expect(playerCommandOf(press('ArrowLeft', { metaKey: true }))).toBeUndefined();
});

test('speeds are walked one by one and end at both ends', () => {
  expect(stepSpeed(SPEEDS, 1, 1)).toBe(2);
  expect(stepSpeed(SPEEDS, 1, -1)).toBe(0.5);
  expect(stepSpeed(SPEEDS, 16, 1)).toBe(16);
  expect(stepSpeed(SPEEDS, 0.5, -1)).toBe(0.5);
});

test('brackets may need AltGr, which some systems tell as Ctrl and Alt, or Option', () => {
  expect(playerCommandOf(press('[', { ctrlKey: true, altKey: true }))).toBe('marker.previous');
  expect(playerCommandOf(press(']', { altKey: true }))).toBe('marker.next');
  expect(playerCommandOf(press(']', { ctrlKey: true }))).toBeUndefined();
  expect(playerCommandOf(press('[', { metaKey: true }))).toBeUndefined();
});
