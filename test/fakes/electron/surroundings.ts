/** What of the system the app sees: keychain, power, colours, screen, other programs and the tray. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { app } from './app.ts';
import { WORK_AREA } from './browser-window.ts';
import type { TrayFacts } from './control-contract.ts';
import { machine } from './machine.ts';
import { describeMenu, type Menu } from './menus.ts';
import { nameMissing } from './missing.ts';
import { note } from './notes.ts';

export const shell = nameMissing('shell', {
  async openExternal(address: string) {
    note({ kind: 'opened externally', address });
  },
  /** Resolves with why not; nothing where it was opened. */
  async openPath(path: string) {
    if (!existsSync(path)) return 'Failed to open path';
    note({ kind: 'opened path', path });
    return '';
  },
  showItemInFolder(path: string) {
    note({ kind: 'shown in folder', path });
  },
});

const backend = machine.keychain ?? 'none';
/** Of this run only: what is locked by it is not opened by another. */
const keychainKey = randomBytes(32);

const TOO_EARLY = 'safeStorage cannot be used before app is ready';

export const safeStorage = nameMissing('safeStorage', {
  async isAsyncEncryptionAvailable() {
    app.needReady(TOO_EARLY);
    return backend !== 'none';
  },
  isEncryptionAvailable() {
    app.needReady(TOO_EARLY);
    return backend !== 'none';
  },
  getSelectedStorageBackend() {
    app.needReady(TOO_EARLY);
    return backend === 'none' ? 'unknown' : backend;
  },
  async encryptStringAsync(text: string) {
    app.needReady(TOO_EARLY);
    if (backend === 'none') throw new Error('Error while encrypting the text provided to safeStorage');
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', keychainKey, nonce);
    return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  },
  async decryptStringAsync(bytes: Buffer) {
    app.needReady(TOO_EARLY);
    const decipher = createDecipheriv('aes-256-gcm', keychainKey, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(-16));
    const result = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString();
    return { result, shouldReEncrypt: false };
  },
});

export const powerMonitor: EventEmitter = nameMissing('powerMonitor', new EventEmitter());

class NativeTheme extends EventEmitter {
  shouldUseDarkColors: boolean = machine.isDark ?? false;
  readonly shouldUseHighContrastColors: boolean = false;
  themeSource = 'system';
}
export const nativeTheme: NativeTheme = nameMissing('nativeTheme', new NativeTheme());

function getPrimaryDisplay() {
  app.needReady("The 'screen' module can't be used before the app 'ready' event");
  return { id: 1, bounds: WORK_AREA, workArea: WORK_AREA, scaleFactor: 1 };
}
export const screen = nameMissing(
  'screen',
  Object.assign(new EventEmitter(), {
    getPrimaryDisplay,
    getAllDisplays: () => [getPrimaryDisplay()],
    getDisplayMatching: getPrimaryDisplay,
  }),
);

/** Images are not looked at. */
export const nativeImage = nameMissing('nativeImage', {
  createFromPath: (path: string) => ({ path }),
  createFromBuffer: (bytes: Buffer) => ({ path: `${bytes.length} bytes` }),
  createFromDataURL: (path: string) => ({ path }),
  createEmpty: () => ({ path: '' }),
});

let tray: Tray | undefined;

export class Tray extends EventEmitter {
  private toolTip = '';
  private title = '';
  private menu: Menu | null = null;

  constructor(_image: unknown) {
    super();
    app.needReady('Cannot create Tray before app is ready');
    tray = nameMissing('Tray', this);
    // biome-ignore lint/correctness/noConstructorReturn: whoever has it must hear of what it has not
    return tray as this;
  }

  setToolTip(toolTip: string): void {
    this.toolTip = toolTip;
  }

  setTitle(title: string): void {
    this.title = title;
  }

  setContextMenu(menu: Menu | null): void {
    this.menu = menu;
  }

  setImage(): void {}

  isDestroyed(): boolean {
    return tray === undefined;
  }

  destroy(): void {
    tray = undefined;
  }

  /** For the control. */
  describe(): TrayFacts & { readonly contextMenu: Menu | null } {
    return {
      toolTip: this.toolTip,
      title: this.title,
      menu: describeMenu(this.menu),
      contextMenu: this.menu,
    };
  }
}

export function currentTray(): Tray | undefined {
  return tray;
}
