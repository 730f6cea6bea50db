import type { PodInfo } from './pod-info.ts';

/** Gathers changes of pods and tells them together: a rollout changes hundreds of pods in a second. */
export interface PodChanges {
  put(pod: PodInfo): void;
  remove(uid: string): void;
  /** Tells what is gathered now. */
  flush(): void;
  /** Forgets what is gathered. */
  drop(): void;
}

/** Below what a person sees as a delay, above what a burst of a controller takes. */
const GATHER_MS = 100;

export function gatherPodChanges(
  tell: (change: { readonly upserted: readonly PodInfo[]; readonly removed: readonly string[] }) => void,
): PodChanges {
  const upserted = new Map<string, PodInfo>();
  const removed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    const change = { upserted: [...upserted.values()], removed: [...removed] };
    drop();
    if (change.upserted.length > 0 || change.removed.length > 0) tell(change);
  }

  function drop(): void {
    clearTimeout(timer);
    timer = undefined;
    upserted.clear();
    removed.clear();
  }

  return {
    put(pod) {
      removed.delete(pod.uid);
      upserted.set(pod.uid, pod);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    remove(uid) {
      upserted.delete(uid);
      removed.add(uid);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    flush,
    drop,
  };
}
