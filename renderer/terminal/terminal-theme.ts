/** The page's colours as xterm.js takes them. Read when needed: themes change while terminals live. */
import type { ISearchDecorationOptions } from '@xterm/addon-search';
import type { ITheme } from '@xterm/xterm';
import { readColour } from '../ui/theme.ts';

export function readTerminalTheme(): ITheme {
  const ansi = ANSI_NAMES.map((name, index) => [name, readColour(`ansi-${index}`)] as const);
  const accent = toHex(readColour('accent'));
  const slider = toHex(readColour('text-3'));
  return {
    ...Object.fromEntries(ansi),
    background: readColour('surface-0'),
    foreground: readColour('text-1'),
    cursor: readColour('text-1'),
    cursorAccent: readColour('surface-0'),
    selectionBackground: `${accent}59`,
    selectionInactiveBackground: `${accent}33`,
    scrollbarSliderBackground: `${slider}66`,
    scrollbarSliderHoverBackground: `${slider}99`,
    scrollbarSliderActiveBackground: `${slider}cc`,
    overviewRulerBorder: readColour('surface-0'),
  };
}

/** How hits of the find bar look: all of them marked, the current one framed as well. */
export function readHitColours(): ISearchDecorationOptions {
  const hit = toHex(readColour('hit'));
  const accent = toHex(readColour('accent'));
  return {
    matchBackground: hit,
    matchOverviewRuler: hit,
    activeMatchBackground: hit,
    activeMatchBorder: accent,
    activeMatchColorOverviewRuler: accent,
  };
}

/** The face of terminals where the user chose none. */
export function readTerminalFace(): string {
  return getComputedStyle(document.documentElement).getPropertyValue('--face-terminal').trim() || 'monospace';
}

/** Calls back after the page has changed its theme. */
export function watchTheme(onChanged: () => void): () => void {
  const observer = new MutationObserver(onChanged);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}

/** `rgb(10, 86, 189)` as `#0a56bd`, the one form that addon-search takes. */
function toHex(rgb: string): string {
  const channels = rgb.match(/[\d.]+/g)?.slice(0, 3) ?? [];
  return `#${channels.map((channel) => Math.round(Number(channel)).toString(16).padStart(2, '0')).join('')}`;
}

/** In the order of their numbers. */
export const ANSI_NAMES: readonly Exclude<keyof ITheme, 'extendedAnsi'>[] = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'brightBlack',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
];
