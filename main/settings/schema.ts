import * as v from 'valibot';

/** What the user may choose. Every key has a default, so that a file may lack any of them. */
export interface Settings {
  readonly theme: 'system' | 'light' | 'dark' | 'contrast';
  readonly fontFamily: string;
  /** CSS pixels. */
  readonly fontSize: number;
  /** Lines kept above the screen in a terminal. */
  readonly scrollback: number;
  readonly copyOnSelect: boolean;
  readonly rightClick: 'menu' | 'paste';
  /** Asks before several lines are pasted. */
  readonly pasteGuard: boolean;
  readonly cursorBlink: boolean;
  readonly screenReader: boolean;
  /** Of text in terminals to its ground: as the programs chose it, 4.5 to 1, 7 to 1. */
  readonly minimumContrast: 'none' | 'readable' | 'high';
  /** Whether anything moves that need not; `system` asks the machine. */
  readonly reduceMotion: 'system' | 'on' | 'off';
  /** Percent, of the whole page in the desktop app; a browser has a zoom of its own. */
  readonly textSize: number;
  /** Longest pause that a replay shows, in seconds; 0 shows all of it. */
  readonly replayIdleSeconds: number;
  /** The image that a debug container or a node shell is offered with. */
  readonly debugImage: string;
  /** MiB: largest recording of one session; 0 for any. */
  readonly recordingSessionMiB: number;
  /** MiB: what recordings leave free on the disk; 0 fills it. */
  readonly recordingFreeMiB: number;
  /** MiB: all recordings together; 0 for any. */
  readonly recordingLibraryMiB: number;
  /** Prompts and commands become markers in recordings where the shell tells them (OSC 133). */
  readonly promptMarkers: boolean;
  /** A session's recording may be paused. */
  readonly mayPause: boolean;
  /** A shell that cannot be recorded is not opened, and ends where its recording cannot go on. */
  readonly recordingRequired: boolean;
  /** Masks secrets in the output that is recorded. */
  readonly redaction: RedactionSettings;
  /** Recordings are encrypted to these. */
  readonly encryption: EncryptionSettings;
  /** Which recordings are let go by themselves. */
  readonly retention: RetentionSettings;
  /** Which updates are looked for: finished versions, or those to be tried as well. */
  readonly updateChannel: 'stable' | 'beta';
  /** Updates are looked for, downloaded, and installed when the app ends. */
  readonly updatesAutomatically: boolean;
  /** Newest first. */
  readonly recentTargets: readonly RecentTarget[];
}

export interface RedactionSettings {
  readonly enabled: boolean;
  /** The user's own, beside those that are built in; one that cannot be used is left out. */
  readonly patterns: readonly { readonly name: string; readonly pattern: string }[];
}

export interface EncryptionSettings {
  /** Public keys of age (`age1…`); with none recordings are in the clear. Whether they are keys is not looked at here. */
  readonly recipients: readonly string[];
}

export interface RetentionSettings {
  /** 0 for any age. */
  readonly days: number;
  /** Of all recordings together; 0 for any. */
  readonly quotaBytes: number;
}

export interface RecentTarget {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string;
  readonly command?: readonly string[];
}

export const defaultSettings: Settings = {
  theme: 'system',
  fontFamily: '"JetBrains Mono", "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace',
  fontSize: 13,
  scrollback: 5_000,
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

const MAX_NAME = 512;
const MAX_RECENT_TARGETS = 50;
const MAX_PATTERNS = 64;
const MAX_PATTERN = 4_096;
const MAX_RECIPIENTS = 32;
const MAX_RETENTION_DAYS = 36_500;
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME));

const parseEncryption = parserOf(
  v.object({ recipients: v.pipe(v.array(name), v.maxLength(MAX_RECIPIENTS)) }),
);
/** A mistake in the file must not turn encryption off: nothing is recorded to what is no key. */
const NOT_UNDERSTOOD = '(a value that is not understood)';

/** Up to a tebibyte. */
const mebibytes = parserOf(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_048_576)));

/** One parser a key, undefined for what is wrong: such a key falls back alone. */
export const settingsParsers: {
  readonly [Key in keyof Settings]: (value: unknown) => Settings[Key] | undefined;
} = {
  theme: parserOf(v.picklist(['system', 'light', 'dark', 'contrast'])),
  fontFamily: parserOf(name),
  fontSize: parserOf(v.pipe(v.number(), v.minValue(8), v.maxValue(32))),
  scrollback: parserOf(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100_000))),
  copyOnSelect: parserOf(v.boolean()),
  rightClick: parserOf(v.picklist(['menu', 'paste'])),
  pasteGuard: parserOf(v.boolean()),
  cursorBlink: parserOf(v.boolean()),
  screenReader: parserOf(v.boolean()),
  minimumContrast: parserOf(v.picklist(['none', 'readable', 'high'])),
  reduceMotion: parserOf(v.picklist(['system', 'on', 'off'])),
  textSize: parserOf(v.pipe(v.number(), v.minValue(80), v.maxValue(200))),
  replayIdleSeconds: parserOf(v.pipe(v.number(), v.minValue(0), v.maxValue(3_600))),
  debugImage: parserOf(name),
  recordingSessionMiB: mebibytes,
  recordingFreeMiB: mebibytes,
  recordingLibraryMiB: mebibytes,
  promptMarkers: parserOf(v.boolean()),
  mayPause: parserOf(v.boolean()),
  recordingRequired: parserOf(v.boolean()),
  redaction: parserOf(
    v.object({
      enabled: v.boolean(),
      patterns: v.pipe(
        v.array(
          v.object({
            name: v.pipe(v.string(), v.maxLength(MAX_NAME)),
            pattern: v.pipe(v.string(), v.maxLength(MAX_PATTERN)),
          }),
        ),
        v.maxLength(MAX_PATTERNS),
      ),
    }),
  ),
  encryption: (value) => parseEncryption(value) ?? { recipients: [NOT_UNDERSTOOD] },
  // A mistake in the file lets nothing go.
  retention: parserOf(
    v.object({
      days: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_RETENTION_DAYS)),
      quotaBytes: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER)),
    }),
  ),
  updateChannel: parserOf(v.picklist(['stable', 'beta'])),
  updatesAutomatically: parserOf(v.boolean()),
  recentTargets: parserOf(
    v.pipe(
      v.array(
        v.object({
          context: name,
          namespace: name,
          pod: name,
          container: v.exactOptional(name),
          command: v.exactOptional(v.array(v.string())),
        }),
      ),
      v.maxLength(MAX_RECENT_TARGETS),
    ),
  ),
};

function parserOf<Output>(schema: v.GenericSchema<unknown, Output>): (value: unknown) => Output | undefined {
  return (value) => {
    const parsed = v.safeParse(schema, value);
    return parsed.success ? parsed.output : undefined;
  };
}
