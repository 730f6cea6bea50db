/** What the policy says, as the core tells it: as a whole, and for one shell. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Calls, PolicyAnswer, PolicyState, ShellTarget } from '../preload/contract.ts';
import type { CoreClient } from './core-client.ts';

export interface PolicyStore {
  /** Undefined until somebody has looked at it. */
  readonly state: ReadonlySignal<PolicyState | undefined>;
  load(): Promise<void>;
  /** What would hold for a shell that is opened now. Rejects where the policy cannot be followed. */
  explain(target: ShellTarget): Promise<PolicyAnswer>;
  end(): void;
}

export function createPolicyStore(client: CoreClient): PolicyStore {
  const state = signal<PolicyState | undefined>(undefined);

  async function load(): Promise<void> {
    state.value = await client.call('policy.state', {});
  }

  const stop = client.on('policy.changed', () => {
    // The core is gone, which is told elsewhere.
    if (state.value) load().catch(() => {});
  });
  return {
    state,
    load,
    explain: (target) => client.call('policy.explain', toPlace(target)),
    end: stop,
  };
}

/** As the core asks the policy itself. */
function toPlace({
  context,
  namespace,
  pod,
  container,
  node,
}: ShellTarget): Calls['policy.explain']['input'] {
  if (node) return { context, namespace, pod: `node/${node.name}` };
  return { context, namespace, pod, ...(container ? { container } : {}) };
}
