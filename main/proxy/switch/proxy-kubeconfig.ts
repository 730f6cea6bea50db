import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import type { Entry } from '../../kube/kubeconfig.ts';
import { type KubeconfigFile, readKubeconfigFile } from '../../kube/kubeconfig-file.ts';
import { formatOrigin } from '../../kube/kubeconfig-origin.ts';
import type { ClusterFields, ContextFields, UserFields } from '../../kube/kubeconfig-schema.ts';
import { formatKubeconfig } from '../../kube/kubeconfig-text.ts';
import type { ProxyState } from './proxy-state.ts';

export function proxyKubeconfigPath(folder: string): string {
  return join(folder, 'kubeconfig');
}

/** What the user's own kubeconfig says of a context, for the one that is derived from it. */
export interface DerivedFrom {
  /** Absent where it names none. */
  readonly namespace?: string;
}

/** What the user's own kubeconfig says, where it has been asked. */
export interface OwnKubeconfig {
  /** The files that it consists of; absent: as they were. */
  readonly paths?: readonly string[];
  readonly contexts: ReadonlyMap<string, DerivedFrom>;
  readonly current: string | null;
}

/** Of a context's name, which may be an address: as much as helps to recognize it in a message. */
const MOST_OF_NAME = 40;
const DIGEST_DIGITS = 8;

/**
 * Where the proxy answers for a context. Each has a path of its own, since kubectl keeps what it has discovered of a
 * cluster under the server's address, all but letters, digits and dots made `_` (cli-runtime, config_flags.go): under
 * one address the resources of all clusters would be taken for those of each.
 */
export function proxyPath(context: string): string {
  const readable = context.replaceAll(/[^A-Za-z0-9.]+/g, '-').slice(0, MOST_OF_NAME);
  const digest = createHash('sha256').update(context).digest('hex').slice(0, DIGEST_DIGITS);
  return `/${readable}-${digest}`;
}

/** A request's address below the cluster's, without what stands for the context; as it is where that is left away. */
export function withoutProxyPath(target: string, context: string): string {
  const path = proxyPath(context);
  if (!target.startsWith(path) || !/^([/?]|$)/.test(target.slice(path.length))) return target;
  const rest = target.slice(path.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/**
 * Writes the kubeconfig whose contexts lead through the proxy. What kubectl and its like have changed in it since
 * (`use-context`, `set-context --namespace`) is kept. A new context has the namespace that it has in the user's own.
 */
export async function writeProxyKubeconfig(
  path: string,
  { port, certificates, contexts }: ProxyState,
  { paths, contexts: origin, current }: OwnKubeconfig,
): Promise<void> {
  // What is damaged there is written anew: nothing in it is the user's own.
  const before = await readKubeconfigFile(path).catch(() => undefined);
  const authority = Buffer.from(certificates.authority).toString('base64');
  const entry = <Fields>(fields: Fields): Entry<Fields> => ({ fields, originPath: path });
  const clusters = new Map<string, Entry<ClusterFields>>();
  const users = new Map<string, Entry<UserFields>>();
  const derived = new Map<string, Entry<ContextFields>>();
  for (const { name, secret } of contexts) {
    // Merged with another kubeconfig, an entry of the user's own name would take its place.
    const own = `kubereel-${name}`;
    const namespace = before?.contexts.get(name)?.namespace ?? origin.get(name)?.namespace;
    const server = `https://127.0.0.1:${port}${proxyPath(name)}`;
    clusters.set(own, entry({ server, 'certificate-authority-data': authority }));
    users.set(own, entry({ token: secret }));
    derived.set(name, entry({ cluster: own, user: own, ...(namespace && { namespace }) }));
  }
  const currentContext = chooseCurrent([...derived.keys()], before, current);
  const others = paths ? formatOrigin(paths) : (before?.others ?? {});
  const entries = { contexts: derived, clusters, users, others };
  await writeFileAtomically(path, formatKubeconfig({ entries, currentContext }));
}

/** As it was chosen there; else the user's own; else the only one: of several none is guessed. */
function chooseCurrent(
  names: readonly string[],
  before: KubeconfigFile | undefined,
  current: string | null,
): string {
  const known = [before?.currentContext, current].find((name) => name && names.includes(name));
  return known ?? (names.length === 1 ? (names[0] ?? '') : '');
}
