import { AppError } from '../base/errors.ts';
import type { Kubeconfig, KubeconfigSource, ResolvedContext } from '../kube/kubeconfig.ts';
import { detailOf, ok, type Result, toFinding } from './check.ts';

/** Which files there are, and what the merge of them holds. A broken one fails, as it does for kubectl. */
export function checkKubeconfig(kubeconfig: Kubeconfig): Result<Kubeconfig> {
  const { sources, contexts, currentContext } = kubeconfig;
  const detail = detailOf(
    ...sources.map(describeSource),
    `contexts: ${contexts.length}, current-context: ${currentContext ?? 'none'}`,
  );
  const broken = sources.find(({ state }) => state === 'failed');
  // The others are loaded all the same: what comes after is worth a look.
  if (broken) return { finding: { ...toFinding(broken.error), ...detail }, found: kubeconfig };
  const loaded = sources.filter(({ state }) => state === 'loaded');
  if (loaded.length === 0) {
    return {
      finding: {
        outcome: 'failed',
        message: `there is no kubeconfig: looked for ${sources.map(({ path }) => path).join(', ') || 'nothing'}`,
        hint: 'Get one from whoever runs the cluster, or set KUBECONFIG to where it is.',
        ...detail,
      },
    };
  }
  const missing = sources.length - loaded.length;
  const files = loaded.length === 1 ? loaded[0]?.path : `${loaded.length} files merged`;
  const skipped = missing === 0 ? '' : `, ${missing} missing and skipped`;
  return { finding: ok(`${files}${skipped}`, detail), found: kubeconfig };
}

function describeSource({ path, state, error }: KubeconfigSource): string {
  return `${state}: ${path}${error ? ` (${error.message})` : ''}`;
}

/** The chosen context, its cluster and its user, by kubectl's rules. */
export async function checkContext(
  {
    kubeconfig,
    resolve,
  }: {
    readonly kubeconfig: Kubeconfig;
    readonly resolve: (kubeconfig: Kubeconfig, context: string) => Promise<ResolvedContext>;
  },
  wanted: string | undefined,
): Promise<Result<ResolvedContext>> {
  const name = wanted ?? kubeconfig.currentContext;
  if (!name) {
    throw new AppError('context-unknown', 'no context is chosen, and the kubeconfig has no current-context', {
      hint: 'Name one with --context, or set one with kubectl config use-context.',
    });
  }
  const context = await resolve(kubeconfig, name).catch((error: unknown) => {
    throw withKnownNames(error, kubeconfig);
  });
  const entry = kubeconfig.entries.contexts.get(name);
  const userName = entry?.fields.user ?? '';
  const { cluster, namespace, impersonation } = context;
  return {
    finding: ok(`${name}: cluster ${cluster.name}, ${userName === '' ? 'no user' : `user ${userName}`}`, {
      ...detailOf(
        `context from ${entry?.originPath ?? ''}`,
        describeOrigin('cluster', cluster.name, kubeconfig.entries.clusters.get(cluster.name)?.originPath),
        userName === ''
          ? 'no user: requests are anonymous'
          : describeOrigin('user', userName, kubeconfig.entries.users.get(userName)?.originPath),
        `namespace ${namespace}`,
        impersonation && `acts as ${impersonation.user}`,
      ),
    }),
    found: context,
  };
}

function describeOrigin(kind: string, name: string, originPath: string | undefined): string {
  return originPath === undefined
    ? `${kind} ${name}: not in the kubeconfig`
    : `${kind} ${name} from ${originPath}`;
}

function withKnownNames(error: unknown, { contexts }: Kubeconfig): unknown {
  if (!(error instanceof AppError) || error.code !== 'context-unknown' || contexts.length === 0) return error;
  const names = contexts.map(({ name }) => name).join(', ');
  return new AppError(error.code, error.message, { hint: `The kubeconfig has: ${names}.`, cause: error });
}
