/** The 256 colours of terminals as CSS has them. */
import type { ITheme } from '@xterm/xterm';
import { ANSI_NAMES } from '../terminal/terminal-theme.ts';

/** Of the cube's six steps (xterm, 256colres.pl). */
const STEPS = [0, 95, 135, 175, 215, 255] as const;
const FIRST_OF_CUBE = 16;
const FIRST_GREY = 232;

/** The first sixteen are the theme's. */
export function colourOfPalette(index: number, theme: ITheme): string {
  const name = ANSI_NAMES[index];
  if (name) return theme[name] ?? '';
  if (index >= FIRST_GREY) {
    const level = 8 + 10 * (index - FIRST_GREY);
    return `rgb(${level}, ${level}, ${level})`;
  }
  const place = index - FIRST_OF_CUBE;
  const [red, green, blue] = [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6];
  return `rgb(${STEPS[red] ?? 0}, ${STEPS[green] ?? 0}, ${STEPS[blue] ?? 0})`;
}
