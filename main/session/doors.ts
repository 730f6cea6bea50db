import { AppError } from '../base/errors.ts';
import { createEmitter } from '../base/event.ts';
import type { TappedRegister, TappedSessions } from './elsewhere.ts';

/** What comes in by one door. */
export type Door = TappedSessions & Pick<TappedRegister, 'endAll'>;

/** All doors as one: for who shows what other programs have open, and for the program's end. */
export interface Doors extends Door {
  /** From now on what comes in by it is among the others. */
  open(door: Door): void;
}

export function createDoors(): Doors {
  const doors: Door[] = [];
  const changed = createEmitter<void>();
  return {
    open(door) {
      doors.push(door);
      // Both go with the program.
      door.onChanged(() => changed.fire());
    },
    list: () =>
      doors.flatMap((door) => door.list()).toSorted((one, other) => one.startedAtMs - other.startedAtMs),
    onChanged: changed.event,
    async end(sessionId) {
      const door = doors.find((one) => one.list().some((session) => session.sessionId === sessionId));
      if (!door) throw new AppError('session-not-found', `there is no session ${sessionId}`);
      await door.end(sessionId);
    },
    async endAll(failure) {
      await Promise.all(doors.map((door) => door.endAll(failure)));
    },
  };
}
