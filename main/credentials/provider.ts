import { readFile } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Credential, CredentialProvider, PemSource, PluginClusterInfo, UserAuth } from './credential.ts';
import { runPlugin } from './exec-plugin.ts';

export interface ProviderNeeds {
  readonly clock: Pick<Clock, 'nowMs'>;
  /** What plugins inherit. */
  readonly environment: NodeJS.ProcessEnv;
  /** Plugin credentials of this process, shared by all contexts that would run the same plugin the same way. */
  readonly pluginCache: PluginCache;
}

/** How long a token file's content is used before it is read again (client-go, transport/token_source.go). */
const TOKEN_FILE_LIFE_MS = 60_000;

/**
 * kubectl's order: a token file or token, basic authentication, a client certificate; the plugin only where
 * there is none of them. Certificate files are read when a credential is asked for, so that a new one is seen.
 */
export function createCredentialProvider(
  needs: ProviderNeeds,
  user: UserAuth,
  cluster: PluginClusterInfo,
): CredentialProvider {
  const hasStatic = Boolean(user.token || user.tokenFile || user.username || user.clientCertificate);
  if (user.exec && !hasStatic) return needs.pluginCache.provider(user.exec, cluster);
  const readToken = user.tokenFile ? createTokenFile(needs, user.tokenFile, user.token) : undefined;

  async function current(): Promise<Credential> {
    const token = readToken ? await readToken() : user.token;
    const authorization = token
      ? `Bearer ${token}`
      : user.username
        ? `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`
        : undefined;
    const clientCertificate =
      user.clientCertificate && user.clientKey
        ? {
            certificatePem: await readPem(user.clientCertificate, 'client certificate'),
            keyPem: await readPem(user.clientKey, 'client key'),
          }
        : undefined;
    return {
      ...(authorization ? { authorization } : {}),
      ...(clientCertificate ? { clientCertificate } : {}),
    };
  }

  return { current, renew: current };
}

/** Credentials of exec plugins: one run at a time for each, kept until they expire or are refused. */
export interface PluginCache {
  provider(plugin: NonNullable<UserAuth['exec']>, cluster: PluginClusterInfo): CredentialProvider;
}

export function createPluginCache(needs: Omit<ProviderNeeds, 'pluginCache'>): PluginCache {
  const providers = new Map<string, CredentialProvider>();
  return {
    provider(plugin, cluster) {
      // client-go keys its cache by the whole plugin configuration, and by the cluster only where it is passed on.
      const key = JSON.stringify([plugin, plugin.provideClusterInfo ? cluster : null]);
      const known = providers.get(key) ?? createPluginProvider(needs, plugin, cluster);
      providers.set(key, known);
      return known;
    },
  };
}

function createPluginProvider(
  needs: Omit<ProviderNeeds, 'pluginCache'>,
  plugin: NonNullable<UserAuth['exec']>,
  cluster: PluginClusterInfo,
): CredentialProvider {
  let kept: Credential | undefined;
  let running:
    | { readonly result: Promise<Credential>; waiters: number; readonly stop: AbortController }
    | undefined;

  function run(): NonNullable<typeof running> {
    if (running) return running;
    const stop = new AbortController();
    const result = runPlugin(needs, plugin, cluster, { signal: stop.signal })
      .then((credential) => {
        kept = credential;
        return credential;
      })
      .finally(() => {
        running = undefined;
      });
    // Each caller has its own copy of the rejection; this one is nobody's.
    result.catch(() => {});
    running = { result, waiters: 0, stop };
    return running;
  }

  /** The run goes on while anybody waits for it. */
  async function join(signal: AbortSignal): Promise<Credential> {
    signal.throwIfAborted();
    const flight = run();
    flight.waiters += 1;
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([flight.result, left.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
      flight.waiters -= 1;
      if (flight.waiters === 0) flight.stop.abort();
    }
  }

  function holds(credential: Credential): boolean {
    return credential.expiresAtMs === undefined || needs.clock.nowMs() <= credential.expiresAtMs;
  }

  return {
    async current({ signal }) {
      return kept && holds(kept) ? kept : join(signal);
    },
    async renew(stale, { signal }) {
      // Somebody else was faster: what is kept is newer than what was refused.
      if (kept && kept !== stale && holds(kept)) return kept;
      if (kept === stale) kept = undefined;
      return join(signal);
    },
  };
}

function createTokenFile(
  { clock }: Pick<ProviderNeeds, 'clock'>,
  path: string,
  fallback: string | undefined,
): () => Promise<string | undefined> {
  let kept: { readonly token: string; readonly readAtMs: number } | undefined;
  return async () => {
    if (kept && clock.nowMs() - kept.readAtMs < TOKEN_FILE_LIFE_MS) return kept.token;
    try {
      kept = { token: (await readFile(path, 'utf8')).trim(), readAtMs: clock.nowMs() };
    } catch (cause) {
      // The last good one may still do; without one there is nothing to send.
      if (!kept && !fallback) throw createUnreadable('token file', path, cause);
    }
    return kept?.token ?? fallback;
  };
}

async function readPem(source: PemSource, what: string): Promise<string> {
  if (source.kind === 'data') return source.pem;
  try {
    return await readFile(source.path, 'utf8');
  } catch (cause) {
    throw createUnreadable(what, source.path, cause);
  }
}

function createUnreadable(what: string, path: string, cause: unknown): AppError {
  return new AppError('context-unusable', `unable to read the ${what} ${path}`, {
    hint: 'Check that the file is there and that you may read it.',
    cause,
  });
}
