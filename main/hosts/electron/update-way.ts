import { dirname, join } from 'node:path';
import type { NoUpdatesReason } from '../../updates/updates.ts';

export interface Installation {
  readonly isPackaged: boolean;
  readonly platform: NodeJS.Platform;
  /** Of the app's program, and of the folder beside its archive. */
  readonly execPath: string;
  readonly resourcesPath: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Why this installation does not update itself; undefined where it does. electron-builder marks a deb and an rpm with
 * `package-type`, an AppImage says where it is, and an installer for Windows leaves what takes it away again.
 */
export function findOtherWay(
  { isPackaged, platform, execPath, resourcesPath, environment }: Installation,
  exists: (path: string) => boolean,
): NoUpdatesReason | undefined {
  if (!isPackaged) return 'source';
  if (platform === 'darwin') return undefined;
  if (platform === 'win32') {
    return exists(join(dirname(execPath), 'Uninstall Kubereel.exe')) ? undefined : 'unpacked';
  }
  if (exists(join(resourcesPath, 'package-type'))) return 'package-manager';
  return environment['APPIMAGE'] ? undefined : 'unpacked';
}
