/** The parts of Kubernetes' objects that the demo cluster serves. Times are RFC 3339 with whole seconds. */

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: boolean;
  readonly blockOwnerDeletion: boolean;
}

export interface Namespace {
  readonly kind: 'Namespace';
  readonly apiVersion: 'v1';
  readonly metadata: ObjectMeta;
  readonly spec: { readonly finalizers: readonly string[] };
  readonly status: { readonly phase: 'Active' };
}

export interface Pod {
  readonly kind: 'Pod';
  readonly apiVersion: 'v1';
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
  readonly status: PodStatus;
}

export interface PodSpec {
  readonly containers: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly ephemeralContainers?: readonly ContainerSpec[];
  readonly nodeName: string;
  readonly restartPolicy: 'Always' | 'Never';
  readonly serviceAccountName: string;
  readonly dnsPolicy: 'ClusterFirst';
  /** Always there, as every API server sets it; kubectl debug counts on it. */
  readonly securityContext: Readonly<Record<string, never>>;
  readonly terminationGracePeriodSeconds: number;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: 'IfNotPresent';
  readonly ports?: readonly { readonly containerPort: number; readonly protocol: 'TCP' }[];
  readonly stdin?: boolean;
  readonly tty?: boolean;
  /** Of an ephemeral container, as are those below. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly targetContainerName?: string;
  readonly securityContext?: Readonly<Record<string, unknown>>;
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

export interface PodStatus {
  readonly phase: PodPhase;
  readonly hostIP: string;
  readonly podIP: string;
  readonly podIPs: readonly { readonly ip: string }[];
  readonly startTime: string;
  readonly qosClass: 'Burstable';
  readonly conditions: readonly PodCondition[];
  readonly containerStatuses: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
}

export interface PodCondition {
  readonly type: 'PodScheduled' | 'Initialized' | 'ContainersReady' | 'Ready';
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly lastProbeTime: null;
  readonly lastTransitionTime: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly containerID: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
  readonly state: ContainerState;
  readonly lastState: ContainerState;
}

/** At most one of them is set; none means that there was no such state. */
export interface ContainerState {
  readonly running?: { readonly startedAt: string };
  readonly waiting?: { readonly reason: string; readonly message?: string };
  readonly terminated?: {
    readonly exitCode: number;
    readonly reason: string;
    readonly startedAt: string;
    readonly finishedAt: string;
    readonly containerID: string;
  };
}
