import type { Events } from '../../preload/contract.ts';
import type { UpdateCalls, UpdatesInfo } from '../../preload/contract-updates.ts';

/** As in a browser. */
export const noUpdates: UpdatesInfo = {
  version: '0.1.0',
  stage: { kind: 'elsewhere', why: 'browser' },
  choice: { channel: 'stable', check: 'automatic' },
  liveShells: 0,
};

/** Says what the state has; a look finds nothing, a download is there at once, and an install begins. */
export function answerUpdates(
  state: { updates: UpdatesInfo },
  emit: (name: 'updates.changed', event: Events['updates.changed']) => void,
): { readonly [Name in keyof UpdateCalls]: () => UpdateCalls[Name]['output'] } {
  function move(stage: UpdatesInfo['stage']): UpdatesInfo {
    state.updates = { ...state.updates, stage };
    emit('updates.changed', state.updates);
    return state.updates;
  }
  return {
    'updates.state': () => state.updates,
    'updates.check': () => move({ kind: 'idle', checkedAtMs: Date.now() }),
    'updates.download': () => {
      const { stage } = state.updates;
      return stage.kind === 'available' ? move({ ...stage, kind: 'ready', atQuit: false }) : state.updates;
    },
    'updates.install': () => {
      const { stage } = state.updates;
      if (stage.kind === 'ready') move({ kind: 'installing', version: stage.version });
      return {};
    },
  };
}
