import { createSystemClock } from '../../main/base/clock.ts';
import { createLog } from '../../main/base/log.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import { createSession, type Session, type SessionNeeds } from '../../main/session/session.ts';
import type { ShellTarget } from '../../main/session/session-state.ts';
import { createScriptedShell, type ScriptedShell } from './scripted-shell.ts';

export const SHELL_TARGET: ShellTarget = { context: 'demo', namespace: 'shop', pod: 'web-1' };

/** A session whose shell does what a test tells it to; it is recorded into that folder. */
export function openScriptedSession(
  folder: string,
  changes: Partial<SessionNeeds> = {},
  target: ShellTarget = SHELL_TARGET,
): { readonly shell: ScriptedShell; readonly session: Session } {
  const shell = createScriptedShell();
  const clock = createSystemClock();
  const needs: SessionNeeds = {
    clock,
    log: createLog({ level: 'silent' }),
    random: () => 0.5,
    openShell: async () => ({
      stream: shell.stream,
      container: 'app',
      command: ['sh'],
      place: { server: 'https://demo' },
    }),
    newCastWriter: (details, size) => createCastWriter({ clock, folder }, { details, size }),
    onChanged: () => {},
    ...changes,
  };
  return { shell, session: createSession(needs, 's1', target, { cols: 80, rows: 24 }) };
}
