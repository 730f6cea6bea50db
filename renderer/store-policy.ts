/** What the policy says, as the core tells it: as a whole, and for one shell. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Calls, PolicyAnswer, PolicyState, ShellTarget, UntoldRequests } from '../preload/contract.ts';
import type { CoreClient } from './core-client.ts';

export interface PolicyStore {
  /** Undefined until somebody has looked at it. */
  readonly state: ReadonlySignal<PolicyState | undefined>;
  /** As of the last load. */
  readonly untold: ReadonlySignal<readonly UntoldRequests[]>;
  load(): Promise<void>;
  /** What would hold for a shell that is opened now. Rejects where the policy cannot be followed. */
  explain(target: ShellTarget): Promise<PolicyAnswer>;
  end(): void;
}

export function createPolicyStore(client: CoreClient): PolicyStore {
  const state = signal<PolicyState | undefined>(undefined);
  const untold = signal<readonly UntoldRequests[]>([]);

  async function load(): Promise<void> {
    const [policy, requests] = await Promise.all([
      client.call('policy.state', {}),
      client.call('policy.untold', {}),
    ]);
    state.value = policy;
    untold.value = requests;
  }

  const stop = client.on('policy.changed', () => {
    // The core is gone, which is told elsewhere.
    if (state.value) load().catch(() => {});
  });
  return {
    state,
    untold,
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
