import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { App, Net, Session } from 'electron';
import { systemCode } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { parseFeedSource } from '../../updates/update-feed.ts';
import type { NoUpdatesReason, Updater } from '../../updates/updates.ts';
import { createElectronUpdater } from './electron-updater.ts';
import { findOtherWay, type Installation } from './update-way.ts';

export interface UpdateHostNeeds {
  readonly app: Pick<App, 'releaseSingleInstanceLock' | 'relaunch' | 'exit'>;
  readonly net: Pick<Net, 'fetch'>;
  /** The one that electron-updater downloads in. */
  downloads(): Session;
  readonly log: Log;
  /** Ends the core. */
  end(): Promise<void>;
}

/** How this installation of the desktop app comes by updates. To be called once the app is ready. */
export async function findUpdateWay(
  needs: UpdateHostNeeds,
  installation: Installation,
  /** Written by the build where whoever makes it has a place for updates. */
  sourceFile: string,
): Promise<{ readonly updater: Updater } | { readonly why: NoUpdatesReason }> {
  const { app, net, log, end } = needs;
  const why = findOtherWay(installation, existsSync);
  if (why) return { why };
  const text = await readFile(sourceFile, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return { why: 'no-feed' };
  const updater = createElectronUpdater(
    {
      async load() {
        // Files are what the signed feed says they are, whatever carries them; yet nobody on the way need know which.
        needs
          .downloads()
          .webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !url.startsWith('https:') }));
        const { default: parts } = await import('electron-updater');
        const { autoUpdater: updater, Provider, CancellationToken } = parts;
        return { updater, Provider, CancellationToken };
      },
      fetch: (address, options) => net.fetch(address, options),
      log,
      platform: installation.platform,
      arch: process.arch,
      end,
      releaseLock: () => app.releaseSingleInstanceLock(),
      restart() {
        app.relaunch();
        app.exit(1);
      },
    },
    parseFeedSource(text),
  );
  return { updater };
}
