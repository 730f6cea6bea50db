import { readFile } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { Credential, CredentialProvider, PluginClusterInfo, UserAuth } from './credential.ts';
import { createUnreadable } from './credential-file.ts';
import { createKeyPairReader } from './key-pair.ts';
import type { PluginOrigin } from './plugin-admission.ts';
import { createPluginProvider, type PluginProviderNeeds } from './plugin-provider.ts';

export interface ProviderNeeds extends PluginProviderNeeds {
  readonly clock: Pick<Clock, 'nowMs'>;
}

/**
 * How long a token file's content is used before it is read again: a minute, less the ten seconds by which client-go
 * is early (transport/token_source.go).
 */
const TOKEN_FILE_LIFE_MS = 50_000;

/**
 * kubectl's order: a token file or token, basic authentication, a client certificate; the plugin only where
 * there is none of them. Certificate files are read when a credential is asked for, so that a new one is seen.
 */
export function createCredentialProvider(
  needs: ProviderNeeds,
  user: UserAuth,
  cluster: PluginClusterInfo,
  origin: PluginOrigin,
): CredentialProvider {
  const hasStatic = Boolean(user.token || user.tokenFile || user.username || user.clientCertificate);
  if (user.exec && !hasStatic) return createPluginProvider(needs, user.exec, cluster, origin);
  const readKeyPair =
    user.clientCertificate && user.clientKey
      ? createKeyPairReader(user.clientCertificate, user.clientKey)
      : undefined;
  const readToken = user.tokenFile ? createTokenFile(needs, user.tokenFile, user.token) : undefined;

  async function current(): Promise<Credential> {
    const token = readToken ? await readToken() : user.token;
    const authorization = token
      ? `Bearer ${token}`
      : user.username
        ? `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`
        : undefined;
    const clientCertificate = await readKeyPair?.();
    return {
      ...(authorization ? { authorization } : {}),
      ...(clientCertificate ? { clientCertificate } : {}),
    };
  }

  return { current, renew: current };
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
      const token = (await readFile(path, 'utf8')).trim();
      if (token === '') throw new Error('it is empty');
      kept = { token, readAtMs: clock.nowMs() };
    } catch (cause) {
      // The last good one may still do; without one there is nothing to send.
      if (!kept && !fallback) throw createUnreadable('token file', path, cause);
    }
    return kept?.token ?? fallback;
  };
}
