import type { Credential, CredentialProvider, PluginClusterInfo, PluginConfig } from './credential.ts';
import type { PluginAdmission, PluginOrigin } from './plugin-admission.ts';
import type { PluginCache } from './plugin-cache.ts';

export interface PluginProviderNeeds {
  readonly admission: PluginAdmission;
  /** Shared by all contexts. */
  readonly cache: PluginCache;
}

/**
 * One context's way to a plugin's credential. The credential is shared with other contexts that name the same
 * plugin, the leave is not: a kubeconfig that nobody allowed gets nothing of what another one's plugin gave.
 */
export function createPluginProvider(
  { admission, cache }: PluginProviderNeeds,
  plugin: PluginConfig,
  cluster: PluginClusterInfo,
  origin: PluginOrigin,
): CredentialProvider {
  const entry = cache.entry(plugin, cluster);
  let isAdmitted = false;

  async function current(options: Parameters<CredentialProvider['current']>[0]): Promise<Credential> {
    options.signal.throwIfAborted();
    const known = isAdmitted ? entry.kept() : undefined;
    if (known) return known;
    const program = await admission.admit(plugin, origin, options);
    isAdmitted = true;
    return entry.kept() ?? entry.fetch(program, options);
  }

  return {
    current,
    async renew(stale, options) {
      return entry.refuse(stale, options) ? current(options) : stale;
    },
  };
}
