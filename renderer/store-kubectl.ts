/** The kubectl commands for what the page shows, each for the user's own platform. */
import type { ReadonlySignal } from '@preact/signals';
import type { AppInfo, ShellTarget } from '../preload/contract.ts';
import {
  type KubectlPlace,
  kubectlDebug,
  kubectlExec,
  kubectlNode,
  kubectlPods,
  placeOf,
} from './kubectl-command.ts';
import type { ContextStore } from './store-contexts.ts';

export interface Kubectl {
  shell(target: ShellTarget): string;
  debug(target: ShellTarget): string;
  /** Null: of all namespaces. */
  pods(context: string, namespace: string | null): string;
}

export interface KubectlNeeds {
  readonly contexts: Pick<ContextStore, 'list'>;
  readonly info: ReadonlySignal<AppInfo | undefined>;
}

export function createKubectl({ contexts, info }: KubectlNeeds): Kubectl {
  const platform = (): AppInfo['platform'] => info.value?.platform ?? 'linux';
  function place(context: string): KubectlPlace {
    const known = contexts.list.value?.contexts.find((one) => one.name === context);
    return placeOf(context, known);
  }
  return {
    shell(target) {
      const { context, namespace, node } = target;
      if (node) return kubectlNode(place(context), { namespace, node }, platform());
      return (target.debug ? kubectlDebug : kubectlExec)(place(context), target, platform());
    },
    debug: (target) => kubectlDebug(place(target.context), target, platform()),
    pods: (context, namespace) => kubectlPods(place(context), namespace, platform()),
  };
}
