/** The settings as the core keeps them. A change shows at once and is taken back where the core refuses it. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { RedactionSettings, RedactionTrial, Settings, SettingsState } from '../preload/contract.ts';
import type { CoreClient } from './core-client.ts';

export interface SettingsStore {
  readonly state: ReadonlySignal<SettingsState>;
  /** Rejects where the core refused, after the change was taken back. */
  change(changes: Partial<Settings>): Promise<void>;
  /** What a recording would hold of a text. */
  tryRedaction(text: string, patterns: RedactionSettings['patterns']): Promise<RedactionTrial>;
  /** What is masked without patterns of one's own, in words. */
  builtInRedaction(): Promise<readonly string[]>;
  load(): Promise<void>;
  end(): void;
}

/** What the page is drawn with until the core has answered: a frame or two. */
const FIRST_SETTINGS: Settings = {
  theme: 'system',
  fontFamily: '',
  fontSize: 13,
  scrollback: 10_000,
  copyOnSelect: false,
  rightClick: 'menu',
  pasteGuard: true,
  cursorBlink: true,
  screenReader: false,
  minimumContrast: 'readable',
  reduceMotion: 'system',
  textSize: 100,
  replayIdleSeconds: 2,
  debugImage: 'busybox:1.37',
  recordingSessionMiB: 2_048,
  recordingFreeMiB: 512,
  recordingLibraryMiB: 20_480,
  promptMarkers: true,
  mayPause: true,
  recordingRequired: false,
  redaction: { enabled: false, patterns: [] },
  encryption: { recipients: [] },
  retention: { days: 0, quotaBytes: 0 },
  updateChannel: 'stable',
  updatesAutomatically: true,
  recentTargets: [],
};

export function createSettingsStore(client: CoreClient): SettingsStore {
  const state = signal<SettingsState>({ settings: FIRST_SETTINGS, problems: [] });
  const stop = client.on('settings.changed', (next) => {
    state.value = next;
  });
  return {
    state,
    async change(changes) {
      const before = state.value;
      const wished: SettingsState = { ...before, settings: { ...before.settings, ...changes } };
      state.value = wished;
      try {
        state.value = await client.call('settings.set', { changes });
      } catch (error) {
        if (state.value === wished) state.value = before;
        throw error;
      }
    },
    tryRedaction: (text, patterns) => client.call('redaction.try', { text, patterns }),
    builtInRedaction: () => client.call('redaction.builtIn', {}),
    async load() {
      state.value = await client.call('settings.get', {});
    },
    end: stop,
  };
}
