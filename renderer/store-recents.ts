/** The targets that were opened, the latest first. All pure. */
import type { ShellTarget } from '../preload/contract.ts';

/** The contract's own limit. */
const MOST_RECENTS = 50;

export function withRecent(recents: readonly ShellTarget[], target: ShellTarget): readonly ShellTarget[] {
  const key = targetKey(target);
  return [target, ...recents.filter((other) => targetKey(other) !== key)].slice(0, MOST_RECENTS);
}

/** The same for the same place in the same container. */
export function targetKey(target: ShellTarget): string {
  return JSON.stringify([
    target.context,
    target.namespace,
    target.pod,
    target.container ?? null,
    target.command ?? null,
  ]);
}

/** `web-7f9 / app`: pod and container, as tabs and lists name a target. */
export function targetName(target: Pick<ShellTarget, 'pod' | 'container'>): string {
  return target.container === undefined ? target.pod : `${target.pod} / ${target.container}`;
}
