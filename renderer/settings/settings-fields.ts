/** Every setting that a person can change, with its words: one table for the view and the palette. */
import type { AppInfo, Settings } from '../../preload/contract.ts';

export type SettingField =
  | (Base & { readonly kind: 'choice'; readonly options: readonly Option[] })
  | (Base & { readonly kind: 'switch' })
  | (Base & { readonly kind: 'text'; readonly placeholder: string })
  | (Base & {
      readonly kind: 'number';
      readonly least: number;
      readonly most: number;
      readonly step: number;
      readonly unit: string;
    });

interface Base {
  readonly key: Exclude<
    keyof Settings,
    'recentTargets' | 'redaction' | 'encryption' | 'retention' | 'updateChannel' | 'updatesAutomatically'
  >;
  readonly group: 'Appearance' | 'Accessibility' | 'Terminal' | 'Recording' | 'Debugging' | 'Replay';
  readonly label: string;
  readonly help?: string;
  /** Where it means something; everywhere by default. */
  readonly host?: AppInfo['host'];
}

interface Option {
  readonly value: string;
  readonly label: string;
}

/** A tebibyte. */
const MOST_MIB = 1_048_576;

export const SETTING_FIELDS: readonly SettingField[] = [
  {
    key: 'theme',
    group: 'Appearance',
    kind: 'choice',
    label: 'Theme',
    options: [
      { value: 'system', label: 'As the system' },
      { value: 'light', label: 'Light' },
      { value: 'dark', label: 'Dark' },
      { value: 'contrast', label: 'High contrast' },
    ],
  },
  {
    key: 'screenReader',
    group: 'Accessibility',
    kind: 'switch',
    label: 'Screen reader support',
    help: 'Makes the text of terminals readable to screen readers. Large output becomes slower.',
  },
  {
    key: 'minimumContrast',
    group: 'Accessibility',
    kind: 'choice',
    label: 'Contrast in terminals',
    help: 'Text that a program prints too faintly is shown darker or lighter than it asked for.',
    options: [
      { value: 'none', label: 'As programs choose it' },
      { value: 'readable', label: 'At least 4.5 to 1' },
      { value: 'high', label: 'At least 7 to 1' },
    ],
  },
  {
    key: 'reduceMotion',
    group: 'Accessibility',
    kind: 'choice',
    label: 'Reduce motion',
    help: 'Nothing slides or fades, no cursor blinks, and replays wait for Play.',
    options: [
      { value: 'system', label: 'As the system' },
      { value: 'on', label: 'Always' },
      { value: 'off', label: 'Never' },
    ],
  },
  {
    key: 'textSize',
    group: 'Accessibility',
    kind: 'number',
    label: 'Text size',
    help: 'Of everything in the windows of Kubereel, terminals too.',
    least: 80,
    most: 200,
    step: 10,
    unit: '%',
    host: 'electron',
  },
  {
    key: 'fontFamily',
    group: 'Terminal',
    kind: 'text',
    label: 'Font',
    help: 'Names in order of preference, separated by commas. Choose one with fixed width.',
    placeholder: 'JetBrains Mono, monospace',
  },
  {
    key: 'fontSize',
    group: 'Terminal',
    kind: 'number',
    label: 'Font size',
    least: 8,
    most: 32,
    step: 1,
    unit: 'px',
  },
  {
    key: 'scrollback',
    group: 'Terminal',
    kind: 'number',
    label: 'Scrollback',
    help: 'Lines kept above the screen. The recording keeps everything, whatever stands here.',
    least: 0,
    most: 100_000,
    step: 1_000,
    unit: 'lines',
  },
  { key: 'cursorBlink', group: 'Terminal', kind: 'switch', label: 'Blinking cursor' },
  {
    key: 'copyOnSelect',
    group: 'Terminal',
    kind: 'switch',
    label: 'Copy on select',
    help: 'Selected text goes to the clipboard at once.',
  },
  {
    key: 'rightClick',
    group: 'Terminal',
    kind: 'choice',
    label: 'Right click',
    options: [
      { value: 'menu', label: 'Opens a menu' },
      { value: 'paste', label: 'Pastes' },
    ],
  },
  {
    key: 'pasteGuard',
    group: 'Terminal',
    kind: 'switch',
    label: 'Ask before pasting several lines',
    help: 'Shows what would be sent to the shell first.',
  },
  {
    key: 'recordingSessionMiB',
    group: 'Recording',
    kind: 'number',
    label: 'Largest recording',
    help: 'Of one session; 0 for any. The shell goes on beyond it, and the recording says where it stopped.',
    least: 0,
    most: MOST_MIB,
    step: 256,
    unit: 'MiB',
  },
  {
    key: 'recordingFreeMiB',
    group: 'Recording',
    kind: 'number',
    label: 'Keep free on the disk',
    help: 'Recording stops below this and goes on when there is room again; 0 fills the disk.',
    least: 0,
    most: MOST_MIB,
    step: 256,
    unit: 'MiB',
  },
  {
    key: 'recordingLibraryMiB',
    group: 'Recording',
    kind: 'number',
    label: 'All recordings together',
    help: 'Nothing is recorded beyond it; 0 for any. The rules of retention let old ones go before.',
    least: 0,
    most: MOST_MIB,
    step: 1_024,
    unit: 'MiB',
  },
  {
    key: 'promptMarkers',
    group: 'Recording',
    kind: 'switch',
    label: 'Mark prompts and commands',
    help: 'Where the shell tells them (OSC 133): a replay goes from one to the next.',
  },
  {
    key: 'mayPause',
    group: 'Recording',
    kind: 'switch',
    label: 'Recording may be paused',
    help: 'A pause, and how much came in it, stays visible in the recording.',
  },
  {
    key: 'recordingRequired',
    group: 'Recording',
    kind: 'switch',
    label: 'Open no shell that cannot be recorded',
    help: 'Shells opened from now on wait while the disk is stuck, end after 30 seconds of that or at a limit, and cannot be paused.',
  },
  {
    key: 'debugImage',
    group: 'Debugging',
    kind: 'text',
    label: 'Debug image',
    help: 'Offered for debug containers and for shells on nodes. The last one used stands here.',
    placeholder: 'busybox:1.37',
  },
  {
    key: 'replayIdleSeconds',
    group: 'Replay',
    kind: 'number',
    label: 'Longest pause shown',
    help: 'Longer pauses are cut to this in a replay; 0 shows all of each pause.',
    least: 0,
    most: 3_600,
    step: 1,
    unit: 'seconds',
  },
];

/** A typed number brought into the field's range; undefined where it is no whole number. */
export function parseSetting(
  text: string,
  { least, most }: { least: number; most: number },
): number | undefined {
  const trimmed = text.trim();
  if (!/^-?\d+$/.test(trimmed)) return undefined;
  return Math.min(most, Math.max(least, Number(trimmed)));
}
