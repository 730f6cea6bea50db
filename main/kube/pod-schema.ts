import * as v from 'valibot';

/** What we read of a pod, as the API sends it (core/v1 types.go); an absent or null field is empty. */
export interface Pod {
  readonly metadata: {
    readonly uid: string;
    readonly name: string;
    readonly namespace: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp: string;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly nodeName: string;
    /** `linux` or `windows`; empty where the pod does not say it. */
    readonly os: { readonly name: string };
    readonly nodeSelector: Readonly<Record<string, string>>;
    readonly containers: readonly Container[];
    readonly initContainers: readonly Container[];
    readonly ephemeralContainers: readonly Container[];
  };
  readonly status: {
    readonly phase: string;
    readonly reason: string;
    readonly containerStatuses: readonly ContainerStatus[];
    readonly initContainerStatuses: readonly ContainerStatus[];
    readonly ephemeralContainerStatuses: readonly ContainerStatus[];
    readonly conditions: readonly PodCondition[];
  };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly restartPolicy: string;
}

export interface ContainerStatus {
  readonly name: string;
  /** With the digest of the image that runs, where the runtime knows it. */
  readonly imageID: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
  readonly state: {
    readonly running?: object | null | undefined;
    readonly waiting?: { readonly reason: string } | null | undefined;
    readonly terminated?: TerminatedState | null | undefined;
  };
}

export interface TerminatedState {
  readonly reason: string;
  readonly exitCode: number;
  readonly signal: number;
}

interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

/** Lenient: all that is not read is left aside. */
const text = v.nullish(v.string(), '');
const count = v.nullish(v.number(), 0);
const flag = v.nullish(v.boolean(), false);

const terminated = v.object({ reason: text, exitCode: count, signal: count });
const container = v.object({ name: v.string(), image: text, restartPolicy: text });
const containerStatus = v.object({
  name: v.string(),
  imageID: text,
  ready: flag,
  started: flag,
  restartCount: count,
  state: v.nullish(
    v.object({
      running: v.nullish(v.object({})),
      waiting: v.nullish(v.object({ reason: text })),
      terminated: v.nullish(terminated),
    }),
    {},
  ),
});
const condition = v.object({ type: v.string(), status: text, reason: text });

export const podSchema: v.GenericSchema<unknown, Pod> = v.object({
  metadata: v.object({
    uid: text,
    name: v.string(),
    namespace: text,
    creationTimestamp: text,
    deletionTimestamp: text,
    annotations: v.nullish(v.record(v.string(), v.string()), {}),
  }),
  spec: v.nullish(
    v.object({
      nodeName: text,
      os: v.nullish(v.object({ name: text }), {}),
      nodeSelector: v.nullish(v.record(v.string(), v.string()), {}),
      containers: v.nullish(v.array(container), []),
      initContainers: v.nullish(v.array(container), []),
      ephemeralContainers: v.nullish(v.array(container), []),
    }),
    {},
  ),
  status: v.nullish(
    v.object({
      phase: text,
      reason: text,
      containerStatuses: v.nullish(v.array(containerStatus), []),
      initContainerStatuses: v.nullish(v.array(containerStatus), []),
      ephemeralContainerStatuses: v.nullish(v.array(containerStatus), []),
      conditions: v.nullish(v.array(condition), []),
    }),
    {},
  ),
});
