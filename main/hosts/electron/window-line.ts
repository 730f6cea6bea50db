import type { CommandId } from '../../../preload/page-commands.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { PageWindow, WindowWish } from '../../bridge/desktop.ts';

/** What is wished of the page in one window: kept until that is there, also while it is loaded again. */
export interface WindowLine extends PageWindow {
  wish(wish: WindowWish): void;
  /** What the page has said that it can do; nothing before it is there. */
  commands(): ReadonlySet<CommandId>;
  readonly onOffered: Event<void>;
}

/** More are the doing of a program; of those the first are kept. */
const MOST_WAITING = 64;

export function createWindowLine(): WindowLine {
  const offered = createEmitter<void>();
  const waiting: WindowWish[] = [];
  let commands: ReadonlySet<CommandId> = new Set();
  let hear: ((wish: WindowWish) => void) | undefined;
  return {
    wish(wish) {
      if (hear) hear(wish);
      else if (waiting.length < MOST_WAITING) waiting.push(wish);
    },
    commands: () => commands,
    onOffered: offered.event,
    offer(next) {
      commands = new Set(next);
      offered.fire();
    },
    attend(listener) {
      hear = listener;
      for (const wish of waiting.splice(0)) listener(wish);
      return () => {
        // A page that was loaded again may attend already.
        if (hear !== listener) return;
        hear = undefined;
        commands = new Set();
        offered.fire();
      };
    },
  };
}
