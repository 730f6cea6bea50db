/** Whose a key is in a replay's pane, by what has the focus. */
import type { PlayerCommand } from './replay-keys.ts';

export function isInBar({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.closest('.player-bar') !== null;
}

/** Text is typed in fields, lists are walked, and what has the focus acts on Space by itself. */
export function isOthers(event: KeyboardEvent, command: PlayerCommand): boolean {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('.find-bar, [role="menu"], dialog, select')) return true;
  if (target.closest('[role="tablist"]') && command !== 'text') return true;
  const isWalking = command === 'start' || command === 'end';
  if (isWalking && target.closest('.transcript [role="listbox"]')) return true;
  return command === 'toggle' && target.closest('button, input[type="checkbox"]') !== null;
}
