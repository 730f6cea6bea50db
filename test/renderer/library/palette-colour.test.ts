import { expect, test } from 'vitest';
import { colourOfPalette } from '../../../renderer/library/palette-colour.ts';

const theme = { red: '#c00', brightWhite: '#fff' };

test('the first sixteen colours are the theme’s', () => {
  expect(colourOfPalette(1, theme)).toBe('#c00');
  expect(colourOfPalette(15, theme)).toBe('#fff');
});

test('the others are the cube’s and the greys, as in xterm', () => {
  expect(colourOfPalette(16, theme)).toBe('rgb(0, 0, 0)');
  expect(colourOfPalette(208, theme)).toBe('rgb(255, 135, 0)');
  expect(colourOfPalette(231, theme)).toBe('rgb(255, 255, 255)');
  expect(colourOfPalette(232, theme)).toBe('rgb(8, 8, 8)');
  expect(colourOfPalette(255, theme)).toBe('rgb(238, 238, 238)');
});
