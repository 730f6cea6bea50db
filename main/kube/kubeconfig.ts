import { resolve } from 'node:path';
import { AppError } from '../base/errors.ts';
import type { UserAuth } from '../credentials/credential.ts';
import { type KubeconfigFile, readKubeconfigFile } from './kubeconfig-file.ts';
import { isSamePath } from './kubeconfig-origin.ts';
import type { KubeconfigPlaces } from './kubeconfig-places.ts';
import type { ClusterFields, ContextFields, UserFields } from './kubeconfig-schema.ts';
import { withoutLogin } from './server-address.ts';

/** The user's kubeconfig as kubectl would see it: several files, the first with a name wins. */
export interface Kubeconfig {
  /** Files in kubectl's order, with what became of each. */
  readonly sources: readonly KubeconfigSource[];
  /** In kubectl's words: that none of the files that the environment names is there. */
  readonly warning?: string;
  readonly contexts: readonly ContextEntry[];
  readonly currentContext: string | null;
  /** All entries, unchecked: only the context in use is validated, as kubectl does. */
  readonly entries: KubeconfigEntries;
}

export interface KubeconfigSource {
  readonly path: string;
  readonly state: 'loaded' | 'missing' | 'failed';
  /** Set where `failed`: names file, line and column. */
  readonly error?: Error;
}

/** A named context, not yet checked: that happens when it is used (`resolveContext`). */
export interface ContextEntry {
  readonly name: string;
  readonly clusterName: string;
  readonly userName: string;
  /** `default` where the entry names none. */
  readonly namespace: string;
  /** For people to see: without a login. Empty where the cluster is unknown. */
  readonly server: string;
  readonly originPath: string;
}

export interface KubeconfigEntries {
  readonly contexts: ReadonlyMap<string, Entry<ContextFields>>;
  readonly clusters: ReadonlyMap<string, Entry<ClusterFields>>;
  readonly users: ReadonlyMap<string, Entry<UserFields>>;
  /** All other keys at the top of the files: preferences, extensions, and those that nobody here knows. */
  readonly others: Readonly<Record<string, unknown>>;
}

/** All that is written there, paths made absolute, and the file where. */
export interface Entry<Fields> {
  readonly fields: Fields;
  readonly originPath: string;
}

/** All that is needed to reach one cluster as one user: immutable, paths absolute. */
export interface ResolvedContext {
  readonly name: string;
  readonly namespace: string;
  /** The file of the user entry, else the context's: whose word it is that a plugin be run. */
  readonly kubeconfigPath: string;
  readonly cluster: ClusterSettings;
  readonly user: UserAuth;
  readonly impersonation?: Impersonation;
  /** Unix milliseconds; from then on what stands here has run out, and the context must be resolved again. */
  readonly endsAtMs?: number;
}

/** Who to act as, sent as `Impersonate-*` headers with every request (client-go, transport/round_trippers.go). */
export interface Impersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

export interface ClusterSettings {
  readonly name: string;
  /** API server's base address, path prefix kept, no trailing slash. */
  readonly server: string;
  /** As written, where that differs: plugins are told so. */
  readonly writtenServer?: string;
  readonly tlsServerName?: string;
  readonly skipTlsVerify: boolean;
  /** PEM; absent: the system's roots. */
  readonly certificateAuthority?: string;
  readonly proxyUrl?: string;
  readonly disableCompression: boolean;
  /** Extension object `client.authentication.k8s.io/exec`, verbatim. */
  readonly pluginExtension?: unknown;
}

/**
 * Loads and merges the files. A missing one is skipped, unless a flag named it; a broken one is told in `sources`
 * and the others are loaded all the same, so that one bad file does not hide every cluster. Of the file at `derivedPath`,
 * which leads through our own proxy, only what was chosen in it counts: the context, and the namespace of each.
 */
export async function loadKubeconfig(
  paths: readonly string[],
  namedBy: KubeconfigPlaces['namedBy'] = 'home',
  derivedPath?: string,
): Promise<Kubeconfig> {
  const outcomes = await Promise.all(paths.map((path) => loadSource(path, namedBy)));
  const all = outcomes.flatMap(({ file }) => (file ? [file] : []));
  const derived = all.find(({ path }) => derivedPath !== undefined && isSamePath(path, derivedPath));
  const files = all.filter((file) => file !== derived);
  const entries: KubeconfigEntries = {
    contexts: chooseNamespaces(
      mergeFirstWins(files, (file) => file.contexts),
      derived,
    ),
    clusters: mergeFirstWins(files, (file) => file.clusters),
    users: mergeFirstWins(files, (file) => file.users),
    others: Object.assign({}, ...files.map(({ others }) => others).toReversed()),
  };
  const contexts = [...entries.contexts].map(([name, { fields, originPath }]) => ({
    name,
    clusterName: fields.cluster ?? '',
    userName: fields.user ?? '',
    namespace: fields.namespace || 'default',
    server: withoutLogin(entries.clusters.get(fields.cluster ?? '')?.fields.server ?? ''),
    originPath,
  }));
  const isNoneThere = namedBy === 'environment' && outcomes.every(({ source }) => source.state === 'missing');
  return {
    sources: outcomes.map(({ source }) => source),
    ...(isNoneThere ? { warning: `Config not found: ${paths.join(', ')}` } : {}),
    contexts,
    currentContext: all.find((file) => file.currentContext !== '')?.currentContext ?? null,
    entries,
  };
}

async function loadSource(
  path: string,
  namedBy: KubeconfigPlaces['namedBy'],
): Promise<{ source: KubeconfigSource; file?: KubeconfigFile }> {
  try {
    const file = await readKubeconfigFile(path);
    if (file) return { source: { path, state: 'loaded' }, file };
    if (namedBy !== 'flag') return { source: { path, state: 'missing' } };
    throw new AppError('kubeconfig-unreadable', `stat ${path}: no such file or directory`, {
      hint: 'Name another file with --kubeconfig, or leave the option away.',
    });
  } catch (error) {
    return {
      source: { path, state: 'failed', error: error instanceof Error ? error : new Error(String(error)) },
    };
  }
}

function chooseNamespaces(
  contexts: KubeconfigEntries['contexts'],
  derived: KubeconfigFile | undefined,
): KubeconfigEntries['contexts'] {
  return new Map(
    [...contexts].map(([name, entry]) => {
      const namespace = derived?.contexts.get(name)?.namespace;
      return [name, namespace ? { ...entry, fields: { ...entry.fields, namespace } } : entry];
    }),
  );
}

/** Whole entries: fields of the same name in a later file are not mixed in (clientcmd, merge.go). */
function mergeFirstWins<Fields>(
  files: readonly KubeconfigFile[],
  entriesOf: (file: KubeconfigFile) => ReadonlyMap<string, Fields>,
): ReadonlyMap<string, Entry<Fields>> {
  const merged = new Map<string, Entry<Fields>>();
  for (const file of files) {
    for (const [name, fields] of entriesOf(file)) {
      if (!merged.has(name)) merged.set(name, { fields, originPath: resolve(file.path) });
    }
  }
  return merged;
}
