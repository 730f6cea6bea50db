import type { App, Dialog, RenderProcessGoneDetails, WebContents } from 'electron';
import { AFTER_CRASH } from '../../../preload/handshake.ts';
import type { AppError } from '../../base/errors.ts';
import { endOnFailure } from '../../base/failure.ts';
import type { Log } from '../../base/log.ts';
import { PAGE_ADDRESS } from './addresses.ts';

export interface CrashNeeds {
  readonly app: {
    on(event: 'web-contents-created', listener: (event: unknown, contents: CrashingPage) => void): unknown;
    on(
      event: 'child-process-gone',
      listener: (event: unknown, details: { type: string; reason: string; exitCode: number }) => void,
    ): unknown;
    exit: App['exit'];
  };
  readonly dialog: Pick<Dialog, 'showMessageBox' | 'showErrorBox'>;
  readonly process: Parameters<typeof endOnFailure>[0]['process'];
  readonly log: Log;
  readonly nowMs: () => number;
  /** Where the log is, for people. */
  readonly logFile: string;
  /** Ends the core. */
  end(failure: AppError): Promise<void>;
}

/** What of a page is used. */
export type CrashingPage = Pick<WebContents, 'loadURL' | 'forcefullyCrashRenderer' | 'isDestroyed'> & {
  on(
    event: 'render-process-gone',
    listener: (event: unknown, details: RenderProcessGoneDetails) => void,
  ): unknown;
  on(event: 'unresponsive' | 'responsive', listener: () => void): unknown;
};

/** A page that dies more often in a minute is not loaded by itself any more. */
const MOST_CRASHES = 3;
const CRASHES_WITHIN_MS = 60_000;

/**
 * Sees to it that no crash loses a recording. Shells live in this process: a page that has died is loaded again and
 * finds them; what kills this process in order has their recordings finished first. Nothing is sent anywhere, and no
 * dump is written: there may be secrets in it.
 */
export function outliveCrashes(needs: CrashNeeds): void {
  const { app, dialog, log } = needs;
  app.on('web-contents-created', (_event, contents) => reloadAfterCrash(needs, contents));
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    // Chromium starts its own helpers again.
    log.warn({ process: type, reason, exitCode }, 'a helper process has gone');
  });
  endOnFailure({
    process: needs.process,
    log,
    end: needs.end,
    exit() {
      dialog.showErrorBox(
        'Kubereel has ended because of a mistake of its own',
        'Its shells have ended, and their recordings were finished as far as that could be done; what was cut off is ' +
          `mended at the next start. Where the mistake is stands in ${needs.logFile}.`,
      );
      app.exit(1);
    },
  });
}

function reloadAfterCrash(
  { dialog, log, nowMs }: Pick<CrashNeeds, 'dialog' | 'log' | 'nowMs'>,
  contents: CrashingPage,
): void {
  let crashes: readonly number[] = [];
  let asking: AbortController | undefined;

  function load(): void {
    if (contents.isDestroyed()) return;
    contents.loadURL(`${PAGE_ADDRESS}#${AFTER_CRASH}`).catch((error: unknown) => {
      log.error({ error: String(error) }, 'page did not load after a crash');
    });
  }

  async function ask(message: string, buttons: readonly [string, string]): Promise<boolean> {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const { response } = await dialog.showMessageBox({
      type: 'warning',
      message,
      detail: 'Its shells go on in the background, and so do their recordings.',
      buttons: [...buttons],
      defaultId: 1,
      cancelId: 0,
      signal,
    });
    return response === 1 && !signal.aborted;
  }

  async function follow(deed: () => Promise<void>): Promise<void> {
    await deed().catch((error: unknown) => log.error({ error: String(error) }, 'nobody could be asked'));
  }

  contents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return;
    log.error({ reason, exitCode }, 'a page has gone');
    asking?.abort();
    crashes = [...crashes.filter((atMs) => nowMs() - atMs < CRASHES_WITHIN_MS), nowMs()];
    if (crashes.length < MOST_CRASHES) return load();
    void follow(async () => {
      if (await ask('This window has failed several times', ['Leave it', 'Load it again'])) load();
    });
    return undefined;
  });
  contents.on('unresponsive', () => {
    void follow(async () => {
      if (await ask('This window does not answer', ['Wait', 'Load it again']))
        contents.forcefullyCrashRenderer();
    });
  });
  contents.on('responsive', () => asking?.abort());
}
