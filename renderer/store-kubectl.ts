/** The kubectl commands for what the page shows, each for the user's own platform. */
import type { ReadonlySignal } from '@preact/signals';
import type { AppInfo, ShellTarget } from '../preload/contract.ts';
import { type KubectlPlace, kubectlDebug, kubectlPods, kubectlShell, placeOf } from './kubectl-command.ts';
import type { ContextStore } from './store-contexts.ts';
import type { SettingsStore } from './store-settings.ts';

export interface Kubectl {
  shell(target: ShellTarget): string;
  debug(target: ShellTarget): string;
  /** Null: of all namespaces. */
  pods(context: string, namespace: string | null): string;
}

export interface KubectlNeeds {
  readonly contexts: Pick<ContextStore, 'list'>;
  readonly settings: Pick<SettingsStore, 'state'>;
  readonly info: ReadonlySignal<AppInfo | undefined>;
}

export function createKubectl({ contexts, settings, info }: KubectlNeeds): Kubectl {
  const platform = (): AppInfo['platform'] => info.value?.platform ?? 'linux';
  function place(context: string): KubectlPlace {
    const known = contexts.list.value?.contexts.find((one) => one.name === context);
    return placeOf(context, known);
  }
  return {
    shell: (target) => kubectlShell(place(target.context), target, platform()),
    debug(target) {
      const image = settings.state.value.settings.debugImage;
      return kubectlDebug(place(target.context), target, { image }, platform());
    },
    pods: (context, namespace) => kubectlPods(place(context), namespace, platform()),
  };
}
