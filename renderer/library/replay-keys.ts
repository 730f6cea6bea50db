/** A player's keys, wherever in its pane the focus is but in a field. */
import type { KeyPress } from '../ui/keys.ts';

export type PlayerCommand =
  | 'toggle'
  | 'text'
  | 'back'
  | 'forward'
  | 'start'
  | 'end'
  | 'faster'
  | 'slower'
  | 'step.next'
  | 'step.previous'
  | 'marker.next'
  | 'marker.previous';

const COMMANDS: ReadonlyMap<string, PlayerCommand> = new Map([
  [' ', 'toggle'],
  ['t', 'text'],
  ['ArrowLeft', 'back'],
  ['ArrowRight', 'forward'],
  ['Home', 'start'],
  ['End', 'end'],
  ['>', 'faster'],
  ['<', 'slower'],
  ['.', 'step.next'],
  [',', 'step.previous'],
]);

const MARKER_COMMANDS: ReadonlyMap<string, PlayerCommand> = new Map([
  ['[', 'marker.previous'],
  [']', 'marker.next'],
]);

export function playerCommandOf(press: KeyPress): PlayerCommand | undefined {
  const toMarker = MARKER_COMMANDS.get(press.key);
  // Many keyboards have brackets with AltGr or Option only.
  if (toMarker) return press.metaKey || (press.ctrlKey && !press.altKey) ? undefined : toMarker;
  if (press.ctrlKey || press.altKey || press.metaKey) return undefined;
  // Shift selects and scrolls; only the two signs may need it.
  if (press.shiftKey && press.key !== '>' && press.key !== '<') return undefined;
  return COMMANDS.get(press.key);
}

/** The next speed up or down; the same at either end. */
export function stepSpeed(speeds: readonly number[], speed: number, step: 1 | -1): number {
  const place = speeds.indexOf(speed);
  return speeds[Math.max(0, Math.min(speeds.length - 1, place + step))] ?? speed;
}
