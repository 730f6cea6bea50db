/** What we rely on of Electron, one item a sentence. Each is checked with the stand-in and in a real Electron. */
import type { Page } from 'playwright-core';
import type { DesktopApp } from '../fakes/electron/desktop-app.ts';
import { NAVIGATION } from './desktop-navigation.ts';
import { PAGE } from './desktop-page.ts';
import { PERMISSIONS } from './desktop-permissions.ts';
import { PORT } from './desktop-port.ts';

export interface ReliedOn {
  /** The test's name. */
  readonly sentence: string;
  /** With an app that shows its page; leaves it as it was. Throws where it does not hold. */
  check(app: DesktopApp, page: Page): Promise<void>;
}

export const RELIED_ON: readonly ReliedOn[] = [...PAGE, ...PORT, ...NAVIGATION, ...PERMISSIONS];
