/** Pods as an API server sends them; only what a test says differs from a running one. */
export function createPod(name: string, changes: PodChanges = {}): Record<string, unknown> {
  const { metadata, spec, status } = changes;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      resourceVersion: '1',
      creationTimestamp: '2026-01-02T03:04:05Z',
      ...metadata,
    },
    spec: { nodeName: 'node-1', containers: [{ name: 'app', image: 'app:1' }], ...spec },
    status: {
      phase: 'Running',
      conditions: [
        { type: 'Initialized', status: 'True' },
        { type: 'Ready', status: 'True' },
      ],
      containerStatuses: [createContainerStatus('app', { running: {} })],
      ...status,
    },
  };
}

export interface PodChanges {
  readonly metadata?: Record<string, unknown>;
  readonly spec?: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
}

export function createContainerStatus(
  name: string,
  state: Record<string, unknown>,
  changes: Record<string, unknown> = {},
): Record<string, unknown> {
  return { name, ready: 'running' in state, restartCount: 0, state, ...changes };
}
