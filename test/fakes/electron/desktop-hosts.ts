/** Where the list of what we rely on is checked: with the stand-in, and in a real Electron where there is one. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromiumPath } from '../chromium.ts';
import { type DesktopApp, type DesktopAppOptions, startDesktopApp } from './desktop-app.ts';
import { electronPath, startRealElectron } from './real-electron.ts';

export interface DesktopHost {
  /** Ends a test's name. */
  readonly name: string;
  readonly isStandIn: boolean;
  /** Why it cannot run here; its tests are skipped then. */
  readonly isMissing: boolean;
  start(options?: DesktopAppOptions): Promise<DesktopApp>;
}

const isBuilt = existsSync(fileURLToPath(new URL('../../../out/main.mjs', import.meta.url)));

export const DESKTOP_HOSTS: readonly DesktopHost[] = [
  {
    name: 'in Chromium with a stand-in for Electron',
    isStandIn: true,
    isMissing: chromiumPath === undefined || !isBuilt,
    start: startDesktopApp,
  },
  {
    name: 'in Electron',
    isStandIn: false,
    isMissing: electronPath === undefined || !isBuilt,
    start: startRealElectron,
  },
];
