import type { CellColour } from '../terminal/cells.ts';

/** The colours of a terminal where neither a page nor a player chooses them: xterm's 256 on a dark ground. */
export const DEFAULT_FOREGROUND = '#d8dee9';
export const DEFAULT_BACKGROUND = '#11151c';

const ANSI = [
  ...['#3b4252', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d8dee9'],
  ...['#616e88', '#f28b93', '#b5e08f', '#f0d399', '#8cc8ff', '#dc9ef0', '#7fd5e0', '#ffffff'],
];
/** The six steps of the cube's sides, as xterm has them. */
const CUBE = [0, 95, 135, 175, 215, 255];

/** As CSS has it. */
export function colourOf(colour: CellColour): string {
  if (colour === 'text') return DEFAULT_FOREGROUND;
  if (colour === 'ground') return DEFAULT_BACKGROUND;
  if (typeof colour === 'string') return colour;
  if (colour < 16) return ANSI[colour] ?? DEFAULT_FOREGROUND;
  if (colour >= 232) return toHex((8 + (colour - 232) * 10) * 0x010101);
  const place = colour - 16;
  const [red = 0, green = 0, blue = 0] = [place / 36, (place / 6) % 6, place % 6].map(
    (side) => CUBE[Math.floor(side)],
  );
  return toHex((red << 16) | (green << 8) | blue);
}

function toHex(rgb: number): string {
  return `#${rgb.toString(16).padStart(6, '0')}`;
}
