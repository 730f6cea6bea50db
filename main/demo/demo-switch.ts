import { toAppError } from '../base/errors.ts';
import { createEmitter, type Event } from '../base/event.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { DemoCluster } from './demo-cluster.ts';

/** The demo cluster as something that can be switched on. */
export interface DemoSwitch {
  snapshot(): DemoSnapshot;
  /** Starts it where it does not run; resolves with its context's name once that is in the list of contexts. */
  start(): Promise<string>;
  readonly onChanged: Event<DemoSnapshot>;
}

export interface DemoSnapshot {
  readonly state: 'off' | 'starting' | 'running' | 'failed';
  /** Null unless it runs. */
  readonly kubeconfigPath: string | null;
}

export interface DemoSwitchNeeds {
  startCluster(): Promise<DemoCluster>;
  /** Its kubeconfig stands: the contexts are to be read again. */
  onRunning(): Promise<void>;
}

export function createDemoSwitch(needs: DemoSwitchNeeds, life: Lifetime): DemoSwitch {
  const changed = createEmitter<DemoSnapshot>();
  let current: DemoSnapshot = { state: 'off', kubeconfigPath: null };
  let starting: Promise<string> | undefined;

  function move(next: DemoSnapshot): void {
    current = next;
    changed.fire(current);
  }

  async function startOnce(): Promise<string> {
    move({ state: 'starting', kubeconfigPath: null });
    try {
      const cluster = await needs.startCluster();
      life.own(() => cluster.stop());
      // Running before its contexts are read: whoever reads them asks whether they are the demo's.
      current = { state: 'running', kubeconfigPath: cluster.kubeconfigPath };
      await needs.onRunning();
      changed.fire(current);
      return cluster.contextName;
    } catch (error) {
      starting = undefined;
      move({ state: 'failed', kubeconfigPath: null });
      throw toAppError(error);
    }
  }

  return {
    snapshot: () => current,
    start() {
      starting ??= startOnce();
      return starting;
    },
    onChanged: changed.event,
  };
}
