import type { ContextInfo, ContextList } from '../../preload/contract.ts';
import { AppError } from '../base/errors.ts';
import type { DemoSnapshot } from '../demo/demo-switch.ts';
import type { ContextEntry, Kubeconfig } from '../kube/kubeconfig.ts';
import { toProblem } from './problem.ts';
import type { CallsOf, Rooms } from './rooms.ts';

export function answerContexts({ contexts, demo }: Rooms): CallsOf<'contexts.list' | 'demo.start'> {
  return {
    'contexts.list': async () => toContextList(contexts.current(), demo.snapshot()),
    'demo.start': async () => ({ context: await demo.start() }),
  };
}

export function toContextList(kubeconfig: Kubeconfig, demo: DemoSnapshot): ContextList {
  return {
    contexts: kubeconfig.contexts.map((entry) =>
      toContextInfo(entry, entry.originPath === demo.kubeconfigPath),
    ),
    current: kubeconfig.currentContext,
    sources: kubeconfig.sources
      .filter((source) => source.path !== demo.kubeconfigPath)
      .map(({ path, state, error }) => ({ path, state, ...(error ? { problem: toProblem(error) } : {}) })),
    demo: demo.state,
  };
}

function toContextInfo(entry: ContextEntry, isDemo: boolean): ContextInfo {
  const { name, clusterName, userName, namespace, server, originPath } = entry;
  const problem = problemOf(entry);
  return {
    name,
    cluster: clusterName,
    user: userName,
    namespace,
    server,
    kubeconfigPath: originPath,
    isDemo,
    ...(problem ? { problem } : {}),
  };
}

/** What is wrong with an entry already on paper. */
function problemOf({ name, clusterName, server, originPath }: ContextEntry): ContextInfo['problem'] {
  if (server !== '') return undefined;
  return toProblem(
    new AppError(
      'context-unusable',
      `context ${name} names the cluster "${clusterName}", which has no server`,
      {
        hint: `Add that cluster, with its server, to ${originPath}.`,
      },
    ),
  );
}
