/** What a core knows, made up: each takes what a test cares about and fills in the rest. */
import type {
  ContainerInfo,
  ContextInfo,
  CredentialRequest,
  PodInfo,
  RecordingInfo,
  SessionInfo,
  Settings,
} from '../../preload/contract.ts';

export const FIRST_SETTINGS: Settings = {
  theme: 'system',
  fontFamily: '"JetBrains Mono", Cascadia, Menlo, "DejaVu Sans Mono", monospace',
  fontSize: 13,
  scrollback: 10_000,
  copyOnSelect: false,
  rightClick: 'menu',
  pasteGuard: true,
  cursorBlink: false,
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

export function contextNamed(name: string, changes: Partial<ContextInfo> = {}): ContextInfo {
  return {
    name,
    cluster: name,
    user: 'ada@example.com',
    namespace: 'shop',
    server: `https://${name}.example.com:6443`,
    kubeconfigPath: '/home/ada/.kube/config',
    isDemo: false,
    ...changes,
  };
}

export function podNamed(name: string, changes: Partial<PodInfo> = {}): PodInfo {
  return {
    uid: `uid-${name}`,
    name,
    namespace: 'shop',
    phase: 'Running',
    status: 'Running',
    readyContainers: 1,
    totalContainers: 1,
    restarts: 0,
    createdAtMs: Date.now() - 3 * 86_400_000,
    node: 'node-1',
    containers: [containerNamed('app')],
    defaultContainer: 'app',
    ...changes,
  };
}

export function containerNamed(name: string, changes: Partial<ContainerInfo> = {}): ContainerInfo {
  return {
    name,
    kind: 'container',
    image: `registry.example.com/shop/${name}:2.4.1`,
    state: 'running',
    ...changes,
  };
}

export function sessionNamed(sessionId: string, changes: Partial<SessionInfo> = {}): SessionInfo {
  const startedAtMs = Date.now() - 761_000;
  return {
    sessionId,
    target: { context: 'staging', namespace: 'shop', pod: 'web-7f9c5d8b4-x2x9z', container: 'app' },
    size: { cols: 120, rows: 40 },
    state: { kind: 'live', startedAtMs },
    recording: {
      kind: 'recording',
      recordingId: `recording-of-${sessionId}`,
      startedAtMs,
      bytes: 1_234_567,
      lostBytes: 0,
    },
    viewers: 1,
    ...changes,
  };
}

export function recordingNamed(recordingId: string, changes: Partial<RecordingInfo> = {}): RecordingInfo {
  return {
    recordingId,
    context: 'staging',
    namespace: 'shop',
    pod: 'web-7f9c5d8b4-x2x9z',
    container: 'app',
    command: ['/bin/bash'],
    startedAtMs: Date.now() - 86_400_000,
    durationMicros: 133_000_000,
    bytes: 48_213,
    size: { cols: 120, rows: 40 },
    state: 'closed',
    exitCode: 0,
    path: `/home/ada/.local/share/kubereel/recordings/${recordingId}.cast`,
    ...changes,
  };
}

export function requestNamed(requestId: string, changes: Partial<CredentialRequest> = {}): CredentialRequest {
  return {
    requestId,
    kind: 'consent',
    context: 'staging',
    kubeconfigPath: '/home/ada/.kube/config',
    command: 'kubelogin',
    path: '/usr/local/bin/kubelogin',
    args: ['get-token', '--login', 'devicecode', '--server-id', '6dae42f8-4368-4678-94ff-3960e28e3630'],
    waiting: 1,
    ...changes,
  };
}
