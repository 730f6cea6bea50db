/** What can be done with the recording of the session in front. */
import type { Store } from '../store.ts';
import type { RunningSession } from '../store-recording.ts';
import type { CommandDeed } from './commands.ts';

export const RECORDING_COMMANDS: readonly CommandDeed[] = [
  {
    id: 'mark',
    words: 'label note bookmark moment',
    icon: 'marker',
    shortcut: 'mark',
    ...forRunning(
      () => true,
      ({ recording }, { sessionId }) => recording.askToMark(sessionId),
    ),
  },
  {
    id: 'pause',
    words: 'stop record off',
    icon: 'pause',
    ...forRunning(
      ({ recording }, session) => recording.mayPause(session) && session.recording.pausedAtMs === undefined,
      ({ recording }, { sessionId }) => recording.pause(sessionId, true),
    ),
  },
  {
    id: 'resume',
    words: 'resume pause record',
    icon: 'play',
    ...forRunning(
      (_store, session) => session.recording.pausedAtMs !== undefined,
      ({ recording }, { sessionId }) => recording.pause(sessionId, false),
    ),
  },
  {
    id: 'input.on',
    words: 'input keys keyboard',
    icon: 'keys',
    ...forRunning(
      (_store, session) => !session.recording.inputOn && session.policy?.input !== 'never',
      ({ recording }, { sessionId }) => recording.askToRecordInput(sessionId),
    ),
  },
  {
    id: 'input.off',
    words: 'input keys keyboard',
    icon: 'keys',
    ...forRunning(
      (_store, session) => session.recording.inputOn === true && session.policy?.input !== 'always',
      ({ recording }, { sessionId }) => recording.recordInput(sessionId, false),
    ),
  },
];

function forRunning(
  isOffered: (store: Store, session: RunningSession) => boolean,
  run: (store: Store, session: RunningSession) => void | Promise<void>,
): Required<Pick<CommandDeed, 'isOffered' | 'run'>> {
  return {
    isOffered(store) {
      const session = store.recording.active();
      return session !== undefined && isOffered(store, session);
    },
    run(store) {
      const session = store.recording.active();
      return session && run(store, session);
    },
  };
}
