import type { ProblemInfo, ShellTarget } from './contract.ts';
import type { RedactionSettings } from './contract-redaction.ts';
import type { RetentionRules } from './contract-retention.ts';

/** What the user has chosen; every key is there. */
export interface Settings {
  readonly theme: 'system' | 'light' | 'dark' | 'contrast';
  readonly fontFamily: string;
  /** CSS pixels, 8 to 32. */
  readonly fontSize: number;
  /** Lines kept above the screen in a terminal, 0 to 100000. */
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
  readonly redaction: RedactionSettings;
  readonly encryption: EncryptionSettings;
  /** Which recordings are let go by themselves: none, where both rules are 0. */
  readonly retention: RetentionRules;
  /** Finished versions, or those to be tried as well. */
  readonly updateChannel: 'stable' | 'beta';
  /** Updates are looked for, downloaded, and installed when the app ends; the policy may say otherwise. */
  readonly updatesAutomatically: boolean;
  /** Newest first, at most 50. */
  readonly recentTargets: readonly ShellTarget[];
}

export interface EncryptionSettings {
  /** Recordings are encrypted to these public keys of age (`age1…`), at most 32; with none they are in the clear. */
  readonly recipients: readonly string[];
}

export interface SettingsState {
  readonly settings: Settings;
  /** Keys of the file that were not understood; each fell back to its default. */
  readonly problems: readonly ProblemInfo[];
}
