/** The contract's words about pods. */

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

export interface PodInfo {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly phase: PodPhase;
  /** What `kubectl get pods` shows in STATUS: `Running`, `CrashLoopBackOff`, `Terminating`, … */
  readonly status: string;
  readonly readyContainers: number;
  readonly totalContainers: number;
  readonly restarts: number;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
  readonly node: string | null;
  /** In the pod's order; ephemeral and init containers after the others. */
  readonly containers: readonly ContainerInfo[];
  /** kubectl's choice: annotation, else the first. */
  readonly defaultContainer: string;
}

export interface ContainerInfo {
  readonly name: string;
  readonly kind: 'container' | 'init' | 'ephemeral';
  readonly image: string;
  readonly state: 'running' | 'waiting' | 'terminated' | 'unknown';
}
