/** What the desktop around a window and the page in it have to say to each other; a browser says nothing of it. */
import type { Empty, ProblemInfo, TerminalSize } from './contract.ts';
import type { CommandId } from './page-commands.ts';

export interface DesktopCalls {
  /** What the page can do now, for the menus. From the first time on it hears what it is wished to do. */
  'desktop.attend': { input: { readonly commands: readonly CommandId[] }; output: Empty };
  /** Takes a file that was opened into the library; rejects with why not, as `library.import`. */
  'desktop.import': {
    input: { readonly fileId: string };
    output: { readonly recordingId: string };
  };
  /** Forgets one. */
  'desktop.leave': { input: { readonly fileId: string }; output: Empty };
}

export interface DesktopEvents {
  'desktop.wished': DesktopWish;
}

export type DesktopWish =
  /** Chosen in a menu. */
  | { readonly kind: 'command'; readonly command: CommandId }
  /** A shell is to be shown. */
  | { readonly kind: 'session'; readonly sessionId: string }
  /** A recording is to be shown, by a link or because its file was opened. */
  | { readonly kind: 'recording'; readonly recordingId: string; readonly timeMicros?: number }
  /** A file was opened that can become a recording, if the user wants it. */
  | { readonly kind: 'file'; readonly file: OpenedFile }
  /** Something was opened that is of no use here. */
  | { readonly kind: 'refused'; readonly title: string; readonly problem: ProblemInfo };

/** What its beginning says, in its own words: whoever made it may have written anything there. */
export interface OpenedFile {
  readonly fileId: string;
  readonly name: string;
  readonly bytes: number;
  /** `asciicast v2`, `ttyrec`, … */
  readonly format: string;
  readonly packing: 'none' | 'gzip' | 'zstd';
  readonly size: TerminalSize;
  /** Unix milliseconds. */
  readonly startedAtMs?: number;
  readonly title?: string;
  readonly command?: string;
  /** Where it was recorded, if it was in a pod. */
  readonly pod?: { readonly namespace: string; readonly name: string; readonly container: string };
}
