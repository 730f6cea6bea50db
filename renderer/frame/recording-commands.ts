/** What can be done with the recording of the session in front. */
import type { Store } from '../store.ts';
import type { RunningSession } from '../store-recording.ts';
import type { Command } from './commands.ts';

export const RECORDING_COMMANDS: readonly Command[] = [
  {
    id: 'mark',
    title: 'Set a marker in the recording',
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
    title: 'Pause the recording',
    words: 'stop record off',
    icon: 'pause',
    ...forRunning(
      ({ recording }, session) => recording.mayPause(session) && session.recording.pausedAtMs === undefined,
      ({ recording }, { sessionId }) => recording.pause(sessionId, true),
    ),
  },
  {
    id: 'resume',
    title: 'Go on recording',
    words: 'resume pause record',
    icon: 'play',
    ...forRunning(
      (_store, session) => session.recording.pausedAtMs !== undefined,
      ({ recording }, { sessionId }) => recording.pause(sessionId, false),
    ),
  },
  {
    id: 'input.on',
    title: 'Record what I type',
    words: 'input keys keyboard',
    icon: 'keys',
    ...forRunning(
      (_store, session) => !session.recording.inputOn && session.policy?.input !== 'never',
      ({ recording }, { sessionId }) => recording.askToRecordInput(sessionId),
    ),
  },
  {
    id: 'input.off',
    title: 'Stop recording what I type',
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
): Required<Pick<Command, 'isOffered' | 'run'>> {
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
