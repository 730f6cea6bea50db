import type {
  AppUpdater,
  CancellationToken,
  Provider,
  ResolvedUpdateFileInfo,
  UpdateInfo,
} from 'electron-updater';
import type { ProviderRuntimeOptions } from 'electron-updater/out/providers/Provider';
import { AppError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { UpdateChannel } from '../../updates/update-choice.ts';
import { type FeedSource, type FetchFeed, feedNameOf, readFeed } from '../../updates/update-feed.ts';
import type { Updater } from '../../updates/updates.ts';

/** What of the package is used. */
export interface UpdaterParts {
  /** For this system and kind of package. */
  readonly updater: AppUpdater;
  readonly Provider: typeof Provider;
  readonly CancellationToken: new () => CancellationToken;
}

export interface ElectronUpdaterNeeds {
  /** Loaded at the first look. */
  load(): Promise<UpdaterParts>;
  readonly fetch: FetchFeed;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Closes shells with their recordings complete, and all else. */
  end(): Promise<void>;
  /** The new version may be the one instance. */
  releaseLock(): void;
  /** Starts this version again, after it was ended for one that could not be installed. */
  restart(): void;
}

/** Brings updates with electron-updater, whose feeds are read and believed here and not there. */
export function createElectronUpdater(needs: ElectronUpdaterNeeds, source: FeedSource): Updater {
  let loading: Promise<UpdaterParts> | undefined;
  let channel: UpdateChannel = 'stable';
  let looking: AbortSignal = AbortSignal.abort();
  // Squirrel would do it whatever has happened since the download.
  const canInstallAtQuit = needs.platform !== 'darwin';

  async function load(): Promise<UpdaterParts> {
    const parts = await needs.load();
    const { updater } = parts;
    updater.logger = toLogger(needs.log);
    updater.autoDownload = false;
    updater.allowDowngrade = false;
    updater.disableWebInstaller = true;
    updater.setFeedURL({
      provider: 'custom',
      updateProvider: signedProvider(parts.Provider, source.feed, () =>
        readFeed(needs, source, feedNameOf(channel, needs.platform, needs.arch), { signal: looking }),
      ),
    });
    return parts;
  }

  function parts(): Promise<UpdaterParts> {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw toUpdateError('updates cannot be looked for', error);
    });
    return loading;
  }

  return {
    canInstallAtQuit,
    async check(wanted, { signal }) {
      const { updater } = await parts();
      channel = wanted;
      looking = signal;
      try {
        const found = await updater.checkForUpdates();
        if (found === null) throw new Error('this installation does not update itself');
        return found.isUpdateAvailable ? { version: found.updateInfo.version } : undefined;
      } catch (error) {
        throw toUpdateError('updates cannot be looked for', error);
      }
    },
    async download({ onProgress, signal }) {
      const { updater, CancellationToken } = await parts();
      const token = new CancellationToken();
      const cancel = (): void => token.cancel();
      const show = ({ percent }: { percent: number }): void => onProgress(percent);
      // It is asked for here, and once more at the quit: what holds then is said by `installAtQuit`.
      updater.autoInstallOnAppQuit = canInstallAtQuit;
      updater.on('download-progress', show);
      signal.addEventListener('abort', cancel, { once: true });
      try {
        signal.throwIfAborted();
        await updater.downloadUpdate(token);
      } catch (error) {
        throw toUpdateError('the update cannot be downloaded', error);
      } finally {
        updater.autoInstallOnAppQuit = false;
        updater.off('download-progress', show);
        signal.removeEventListener('abort', cancel);
      }
    },
    installAtQuit(isWanted) {
      // Loaded long since where there is something to install.
      void loading?.then(({ updater }) => {
        updater.autoInstallOnAppQuit = isWanted;
      });
    },
    async install() {
      const { updater } = await parts();
      await needs.end();
      needs.releaseLock();
      // Nothing else runs any more: this version comes back where the other one does not come.
      updater.once('error', (error) => {
        needs.log.error({ error: String(error) }, 'the update could not be installed');
        needs.restart();
      });
      updater.quitAndInstall(true, true);
    },
  };
}

/** Names files by what was signed; asks for nothing but them and carries no number of this installation. */
function signedProvider(
  Base: typeof Provider,
  feed: string,
  read: () => ReturnType<typeof readFeed>,
): new (
  options: unknown,
  updater: unknown,
  runtime: ProviderRuntimeOptions,
) => Provider<UpdateInfo> {
  return class SignedProvider extends Base<UpdateInfo> {
    constructor(_options: unknown, _updater: unknown, runtime: ProviderRuntimeOptions) {
      super(runtime);
    }

    override async getLatestVersion(): Promise<UpdateInfo> {
      const { files, ...info } = await read();
      const [first] = files;
      return {
        ...info,
        files: [...files],
        path: first?.url ?? '',
        sha512: first?.sha512 ?? '',
        releaseDate: '',
      };
    }

    override resolveFiles({ files }: UpdateInfo): ResolvedUpdateFileInfo[] {
      return files.map((info) => ({ url: new URL(info.url, feed), info }));
    }
  };
}

/** It tells addresses and versions, and each failure a second time. */
function toLogger(log: Log): NonNullable<AppUpdater['logger']> {
  const tell = (message?: unknown): void => log.debug({}, String(message));
  return { info: tell, warn: tell, error: tell, debug: tell };
}

/** What electron-updater calls a file that is not the one that was promised. */
const MISMATCHES: ReadonlySet<unknown> = new Set(['ERR_CHECKSUM_MISMATCH', 'ERR_UPDATER_INVALID_SIGNATURE']);

function toUpdateError(deed: string, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  // Squirrel on macOS has no code for it.
  if (MISMATCHES.has(code) || /code signature/i.test(words)) {
    return new AppError('update-untrusted', 'the update was refused: it is not the file that was promised', {
      hint: 'It was deleted. It is tried again later; if that goes on, tell whoever gives you Kubereel.',
      detail: words,
      cause: thrown,
    });
  }
  return new AppError('update-failed', `${deed}: ${words}`, {
    hint: 'It is tried again later; Kubereel goes on as it is.',
    cause: thrown,
  });
}
