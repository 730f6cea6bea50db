import { expect, test } from 'vitest';
import { colourOf, DEFAULT_BACKGROUND, DEFAULT_FOREGROUND } from '../../../main/exchange/terminal-colours.ts';

test.each([
  [1, '#e06c75'],
  [15, '#ffffff'],
  [16, '#000000'],
  [196, '#ff0000'],
  [231, '#ffffff'],
  [232, '#080808'],
  [255, '#eeeeee'],
])('colour %i of the palette is %s, as xterm has it', (colour, hex) => {
  expect(colourOf(colour)).toBe(hex);
});

test('a colour of 24 bits is itself', () => {
  expect(colourOf('#0a0b0c')).toBe('#0a0b0c');
});

test('where nothing chose one, it is ours', () => {
  expect([colourOf('text'), colourOf('ground')]).toEqual([DEFAULT_FOREGROUND, DEFAULT_BACKGROUND]);
});
