import type { ContainerFacts } from '../kube/pod-info.ts';

/** What a record says of where a shell runs: what opening it has brought to light. */
export interface ShellFacts extends Partial<ContainerFacts> {
  /** What was made for it: a debug container that looks at `target`, or a pod for a shell of its node. */
  readonly origin?: { readonly kind: 'debug'; readonly target: string } | { readonly kind: 'node' };
}
