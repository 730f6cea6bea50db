/** What a test says to the stand-in from its own process, and what it hears of it. */
import type { MessageBoxOptions, OpenDialogOptions, SaveDialogOptions } from 'electron';

/** What the app did to the world outside of its windows, in order. */
export type Note =
  | { readonly kind: 'opened externally'; readonly address: string }
  | { readonly kind: 'shown in folder'; readonly path: string }
  | { readonly kind: 'opened path'; readonly path: string }
  /** A request of a page that would have left this machine; it was kept here. */
  | { readonly kind: 'foreign request'; readonly address: string }
  | { readonly kind: 'message box'; readonly options: MessageBoxOptions }
  | { readonly kind: 'open dialog'; readonly options: OpenDialogOptions }
  | { readonly kind: 'save dialog'; readonly options: SaveDialogOptions }
  | { readonly kind: 'error box'; readonly title: string; readonly content: string }
  | { readonly kind: 'recent document'; readonly path: string }
  | { readonly kind: 'protocol client'; readonly scheme: string };

export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly type: string;
  readonly role?: string;
  readonly accelerator?: string;
  readonly isEnabled: boolean;
  readonly isVisible: boolean;
  readonly isChecked: boolean;
  readonly submenu?: readonly MenuEntry[];
}

export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WindowFacts {
  readonly id: number;
  readonly title: string;
  readonly address: string;
  readonly bounds: Bounds;
  readonly isVisible: boolean;
  readonly isFocused: boolean;
  readonly isMinimized: boolean;
  readonly isMaximized: boolean;
  readonly isFullScreen: boolean;
  /** By which a test finds its page in Chromium. */
  readonly targetId: string;
}

export interface TrayFacts {
  readonly toolTip: string;
  readonly title: string;
  readonly menu: readonly MenuEntry[];
}

/** Answers to dialogs that are yet to come, one each; a dialog without an answer waits for one. */
export type DialogAnswer =
  | { readonly dialog: 'message box'; readonly response: number; readonly checkboxChecked?: boolean }
  | { readonly dialog: 'open dialog'; readonly filePaths: readonly string[] }
  | { readonly dialog: 'save dialog'; readonly filePath: string };

/** The environment variable that tells the app of its machine, as JSON. */
export const MACHINE_VARIABLE = 'KUBEREEL_STAND_IN_MACHINE';

/** How the machine is, told before the app starts. */
export interface Machine {
  readonly isPackaged?: boolean;
  /** `none`: there is no keychain. Otherwise as safeStorage.getSelectedStorageBackend names it. */
  readonly keychain?: 'none' | 'basic_text' | 'gnome_libsecret';
  readonly isDark?: boolean;
  readonly workArea?: Bounds;
}

export interface ControlCommands {
  /** Takes the notes of this kind that have come so far. */
  notes: { input: Record<string, never>; output: readonly Note[] };
  windows: { input: Record<string, never>; output: readonly WindowFacts[] };
  /** What a person does to a window from outside. */
  window: {
    input: {
      readonly id: number;
      readonly does:
        | { readonly kind: 'close' | 'focus' | 'blur' | 'minimize' | 'restore' | 'maximize' | 'unmaximize' }
        | { readonly kind: 'full screen'; readonly isOn: boolean }
        | { readonly kind: 'move'; readonly bounds: Bounds }
        | { readonly kind: 'crash' | 'reload' };
    };
    output: undefined;
  };
  menu: { input: Record<string, never>; output: readonly MenuEntry[] };
  tray: { input: Record<string, never>; output: TrayFacts | null };
  /** By the id of the entry, in the application's menu or the tray's. */
  clickMenu: { input: { readonly id: string; readonly menu?: 'application' | 'tray' }; output: undefined };
  clickTray: { input: Record<string, never>; output: undefined };
  answerDialog: { input: DialogAnswer; output: undefined };
  /** An event of `app` that comes from the system. */
  emit: {
    input:
      | { readonly event: 'second-instance'; readonly argv: readonly string[] }
      | { readonly event: 'open-url'; readonly url: string }
      | { readonly event: 'open-file'; readonly path: string }
      | { readonly event: 'activate' };
    /** Whether a listener prevented the system's own. */
    output: { readonly isPrevented: boolean };
  };
  power: {
    input: { readonly event: 'suspend' | 'resume' | 'lock-screen' | 'unlock-screen' };
    output: undefined;
  };
  /** As the system asks: app.quit(). */
  quit: { input: Record<string, never>; output: undefined };
}

/** Over the channel between test and app. */
export type ToApp = {
  readonly id: number;
  readonly command: keyof ControlCommands;
  readonly input: unknown;
};
export type ToTest =
  | { readonly kind: 'answer'; readonly id: number; readonly output: unknown; readonly problem?: string }
  | { readonly kind: 'chromium'; readonly address: string; readonly pid: number };
