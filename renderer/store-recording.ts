/** What a user decides about a session's recording while it is made. */
import type { SessionInfo } from '../preload/contract.ts';
import type { CoreClient } from './core-client.ts';
import type { SessionStore } from './store-sessions.ts';
import type { SettingsStore } from './store-settings.ts';
import type { ViewStore } from './store-view.ts';

export interface RecordingDeeds {
  /** The session in front, while it is being recorded. */
  active(): RunningSession | undefined;
  /** Whether the settings and what the policy had for it allow a pause. */
  mayPause(session: SessionInfo): boolean;
  /** Asks for a label. */
  askToMark(sessionId: string): void;
  /** Asks first: what is typed can be more than what is shown. */
  askToRecordInput(sessionId: string): void;
  /** What fails is said; none of them throws. */
  mark(sessionId: string, label: string): Promise<void>;
  recordInput(sessionId: string, on: boolean): Promise<void>;
  pause(sessionId: string, on: boolean): Promise<void>;
}

export type RunningSession = SessionInfo & { readonly recording: { readonly kind: 'recording' } };

export interface RecordingDeedsNeeds {
  readonly client: CoreClient;
  readonly sessions: SessionStore;
  readonly settings: SettingsStore;
  readonly view: ViewStore;
  tell(title: string, deed: () => Promise<void>): Promise<void>;
}

export function createRecordingDeeds(needs: RecordingDeedsNeeds): RecordingDeeds {
  const { client, sessions, settings, view, tell } = needs;
  return {
    active() {
      const content = view.activeTab.value?.content;
      const session =
        content?.kind === 'session' ? sessions.sessions.value.get(content.sessionId) : undefined;
      return session && isRunning(session) ? session : undefined;
    },
    mayPause({ policy }) {
      const { mayPause, recordingRequired } = settings.state.value.settings;
      return mayPause && !recordingRequired && policy?.pause !== 'never';
    },
    askToMark(sessionId) {
      view.overlay.value = { kind: 'mark', sessionId };
    },
    askToRecordInput(sessionId) {
      view.overlay.value = { kind: 'record-input', sessionId };
    },
    mark: (sessionId, label) =>
      tell('The marker was not written', async () => {
        await client.call('sessions.mark', { sessionId, label });
        view.say('quiet', label.trim() === '' ? 'Marked' : `Marked: ${label.trim()}`);
      }),
    recordInput: (sessionId, on) =>
      tell('What is typed is recorded as before', async () => {
        await client.call('sessions.recordInput', { sessionId, on });
      }),
    pause: (sessionId, on) =>
      tell(on ? 'The recording was not paused' : 'The recording did not go on', async () => {
        await client.call('sessions.pauseRecording', { sessionId, on });
      }),
  };
}

export function isRunning(session: SessionInfo): session is RunningSession {
  return session.state.kind !== 'ended' && session.recording.kind === 'recording';
}
