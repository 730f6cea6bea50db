import * as v from 'valibot';
import type { ContainerPlan } from './demo-pods.ts';
import type { ContainerSpec, ContainerState, ContainerStatus, Pod } from './kube-objects.ts';
import { badRequest, invalid, StatusError, unsupportedMediaType } from './status.ts';

/** What `kubectl debug` sends; of it we keep what a shell of this machine can have. */
const ContainerSchema = v.object({
  name: v.pipe(v.string(), v.regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)),
  image: v.pipe(v.string(), v.minLength(1)),
  command: v.exactOptional(v.array(v.string())),
  args: v.exactOptional(v.array(v.string())),
  stdin: v.exactOptional(v.boolean()),
  tty: v.exactOptional(v.boolean()),
  targetContainerName: v.exactOptional(v.string()),
  securityContext: v.exactOptional(v.record(v.string(), v.unknown())),
});
const PatchSchema = v.object({ spec: v.object({ ephemeralContainers: v.array(ContainerSchema) }) });
const PATCH_TYPE = 'application/strategic-merge-patch+json';

/** The containers that a patch adds to a pod. Throws the status with which a real API server refuses it. */
export function parseEphemeralPatch(
  pod: Pod,
  body: Uint8Array,
  contentType: string | undefined,
): ContainerSpec[] {
  if (contentType?.split(';')[0] !== PATCH_TYPE) throw new StatusError(unsupportedMediaType(PATCH_TYPE));
  const added = parseContainers(body);
  const taken = new Set(
    [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])].map(
      ({ name }) => name,
    ),
  );
  for (const { name, targetContainerName } of added) {
    const refuse = (field: string, words: string): never => {
      throw new StatusError(invalid('Pod', pod.metadata.name, `spec.ephemeralContainers[0].${field}`, words));
    };
    if (taken.has(name)) refuse('name', `Duplicate value: ${JSON.stringify(name)}`);
    const isTarget = pod.spec.containers.some((container) => container.name === targetContainerName);
    if (targetContainerName !== undefined && !isTarget) {
      refuse('targetContainerName', `Not found: ${JSON.stringify(targetContainerName)}`);
    }
  }
  return added.map((container) => ({ ...container, imagePullPolicy: 'IfNotPresent' }));
}

function parseContainers(body: Uint8Array): v.InferOutput<typeof ContainerSchema>[] {
  try {
    return v.parse(PatchSchema, JSON.parse(new TextDecoder().decode(body))).spec.ephemeralContainers;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new StatusError(badRequest(`the patch of ephemeral containers is not understood: ${words}`));
  }
}

/** The pod with new containers that are still to start. */
export function withEphemeralContainers(pod: Pod, added: readonly ContainerSpec[]): Pod {
  return {
    ...pod,
    spec: { ...pod.spec, ephemeralContainers: [...(pod.spec.ephemeralContainers ?? []), ...added] },
    status: {
      ...pod.status,
      ephemeralContainerStatuses: [
        ...(pod.status.ephemeralContainerStatuses ?? []),
        ...added.map((container) => buildWaiting(container)),
      ],
    },
  };
}

/** The pod with another state of one of them. */
export function withEphemeralState(pod: Pod, name: string, state: ContainerState): Pod {
  const statuses = (pod.status.ephemeralContainerStatuses ?? []).map((status) =>
    status.name === name ? { ...status, state } : status,
  );
  return { ...pod, status: { ...pod.status, ephemeralContainerStatuses: statuses } };
}

/** What runs where somebody attaches to it. */
export function planEphemeral({ name, image, command, args, tty }: ContainerSpec): ContainerPlan {
  const own = [...(command ?? ['sh']), ...(args ?? [])];
  return { name, image, hasPrograms: true, isInteractive: tty === true, command: own };
}

function buildWaiting({ name, image }: ContainerSpec): ContainerStatus {
  return {
    name,
    image,
    imageID: '',
    containerID: '',
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason: 'ContainerCreating' } },
    lastState: {},
  };
}
