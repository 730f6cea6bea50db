import { visibleText } from './visible-text.ts';

/** A marker as one dim line of its own on a terminal, in escape sequences: alike live, replayed and in a keyframe. */
export function formatMarkerLine(label: string, cursorColumn: number): string {
  const before = cursorColumn === 0 ? '' : '\r\n';
  return `${before}\x1b[0;2m— ${visibleText(label)} —\x1b[0m\r\n`;
}
