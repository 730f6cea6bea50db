/** A page with one terminal pane on a core in memory, for test/renderer/terminal/*.test.ts. Runs in the browser. */
import { batch, signal } from '@preact/signals';
import { type JSX, render } from 'preact';
import type { CallName, Calls, SessionInfo, Settings, TerminalSize } from '../../preload/contract.ts';
import type { PaneClient } from '../../renderer/core-client.ts';
import { RecordingBadge } from '../../renderer/terminal/recording-badge.tsx';
import { TerminalPane } from '../../renderer/terminal/terminal-pane.tsx';
import { followTheme } from '../../renderer/ui/theme.ts';
import { createRecordSource, type RecordSource } from './record-source.ts';

const START_MS = Date.UTC(2026, 10, 20, 3, 0, 0);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const settings = signal<Settings>({
  theme: 'dark',
  fontFamily: '',
  fontSize: 13,
  scrollback: 5_000,
  copyOnSelect: false,
  rightClick: 'menu',
  pasteGuard: true,
  cursorBlink: false,
  screenReader: true,
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
});
const session = signal<SessionInfo>({
  sessionId: 's1',
  target: { context: 'prod-eu', namespace: 'shop', pod: 'web-7f9c', container: 'app' },
  size: { cols: 80, rows: 24 },
  state: { kind: 'opening' },
  recording: { kind: 'none' },
  viewers: 1,
});
/** `#hidden`: as the tabs that are behind when a page is loaded. */
const isVisible = signal(location.hash !== '#hidden');
const nowMs = signal(START_MS);
const themeSetting = signal<Settings['theme']>('dark');
const { shown: shownTheme } = followTheme(themeSetting);

const calls: { readonly name: CallName; readonly input: unknown }[] = [];
const deeds: string[] = [];
let typed = '';
let sources: RecordSource[] = [];
let thaw = (): void => {};
/** A core sizes its session and tells every viewer. */
let obeysResize = true;

const client: PaneClient = {
  on: () => () => {},
  async call<Name extends CallName>(name: Name, input: Calls[Name]['input']) {
    calls.push({ name, input });
    if (name === 'sessions.resize' && obeysResize) {
      const { size } = input as Calls['sessions.resize']['input'];
      session.value = { ...session.value, size };
      stage.resize(size);
    }
    return {} as Calls[Name]['output'];
  },
  open() {
    const source = createRecordSource([], { open: true });
    sources.push(source);
    return {
      input: source.input,
      async write(bytes) {
        typed += decoder.decode(bytes);
      },
      end: source.end,
      closed: new Promise(() => {}),
    };
  },
};

function App(): JSX.Element {
  return (
    <div style={{ display: 'flex', flexDirection: 'column', height: '100%' }}>
      <div style={{ height: '28px', padding: '4px 12px', borderBottom: '1px solid var(--line)' }}>
        <RecordingBadge session={session.value} nowMs={nowMs.value} />
      </div>
      <div style={{ flex: 1, minHeight: 0 }}>
        <TerminalPane
          client={client}
          session={session.value}
          kubectl={{ shell: 'kubectl exec …', debug: 'kubectl debug …' }}
          settings={settings.value}
          host={{ platform: 'linux', host: 'browser' }}
          isVisible={isVisible.value}
          onSettings={(changes) => {
            settings.value = { ...settings.value, ...changes };
          }}
          onOpenAgain={() => deeds.push('open again')}
          onDebug={() => deeds.push('debug')}
          onOpenRecording={(id) => deeds.push(`open recording ${id}`)}
          onCloseTab={() => deeds.push('close tab')}
          onCheck={() => {}}
          onBell={() => deeds.push('bell')}
        />
      </div>
    </div>
  );
}

/** What a test does from outside. */
const stage = {
  output(text: string): void {
    stage.bytes(encoder.encode(text));
  },
  bytes(bytes: Uint8Array): void {
    sources.at(-1)?.push({ kind: 'output', timeMicros: 0, bytes });
  },
  marker(label: string): void {
    sources.at(-1)?.push({ kind: 'marker', timeMicros: 0, label });
  },
  resize(size: TerminalSize): void {
    sources.at(-1)?.push({ kind: 'resize', timeMicros: 0, size });
  },
  caughtUp(): void {
    sources.at(-1)?.push({ kind: 'caught-up', timeMicros: 0 });
  },
  end(code?: string): void {
    const error = code === undefined ? undefined : Object.assign(new Error(`ended: ${code}`), { code });
    sources.at(-1)?.finish(error);
  },
  live(): void {
    session.value = {
      ...session.value,
      state: { kind: 'live', startedAtMs: START_MS },
      recording: {
        kind: 'recording',
        recordingId: 'r1',
        startedAtMs: START_MS,
        bytes: 1_234_567,
        lostBytes: 0,
      },
    };
    nowMs.value = START_MS + 761_000;
    stage.caughtUp();
  },
  session: () => session.value,
  setSession(changes: Partial<SessionInfo>): void {
    session.value = { ...session.value, ...changes };
  },
  setSettings(changes: Partial<Settings>): void {
    batch(() => {
      settings.value = { ...settings.value, ...changes };
      themeSetting.value = settings.value.theme;
    });
  },
  setVisible(next: boolean): void {
    isVisible.value = next;
  },
  disobeyResize(): void {
    obeysResize = false;
  },
  /** Holds back every timer, which is where xterm.js parses; the returned function lets them run. */
  freeze(): void {
    const { setTimeout, clearTimeout } = globalThis;
    const held = new Map<number, () => void>();
    let lastId = 0;
    globalThis.setTimeout = ((callback: () => void) => {
      // The browser's own begin at 1: to clear one of these must not clear one of those.
      lastId -= 1;
      held.set(lastId, callback);
      return lastId;
    }) as typeof setTimeout;
    globalThis.clearTimeout = ((id?: number) => {
      if (id === undefined || !held.delete(id)) clearTimeout(id);
    }) as typeof clearTimeout;
    thaw = () => {
      Object.assign(globalThis, { setTimeout, clearTimeout });
      for (const callback of held.values()) setTimeout(callback, 0);
    };
  },
  thaw: (): void => thaw(),
  typed: (): string => typed,
  calls: () => calls,
  deeds: () => deeds,
  settings: () => settings.value,
  theme: () => shownTheme.value,
  views: (): number => sources.length,
  taken: (): number => sources.at(-1)?.taken ?? 0,
  startMs: START_MS,
};
export type TerminalStage = typeof stage;
Object.assign(globalThis, { stage });

/** xterm.js tells screen readers of its screen once a second; tests, which read there, do not wait for that. */
function tellAtOnce(): void {
  const { setTimeout } = globalThis;
  globalThis.setTimeout = ((callback: () => void, ms = 0) =>
    setTimeout(callback, ms > 300 && ms <= 1_000 ? 0 : ms)) as typeof setTimeout;
}

tellAtOnce();
document.body.innerHTML = '<div id="page"></div>';
sources = [];
render(<App />, document.querySelector('#page') as HTMLElement);
