/** A player's keys, wherever in its pane the focus is but in a field. */
import type { KeyPress } from '../ui/keys.ts';

export type PlayerCommand = 'toggle' | 'back' | 'forward' | 'start' | 'end' | 'faster' | 'slower';

const COMMANDS: ReadonlyMap<string, PlayerCommand> = new Map([
  [' ', 'toggle'],
  ['ArrowLeft', 'back'],
  ['ArrowRight', 'forward'],
  ['Home', 'start'],
  ['End', 'end'],
  ['>', 'faster'],
  ['<', 'slower'],
]);

export function playerCommandOf(press: KeyPress): PlayerCommand | undefined {
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
