import * as v from 'valibot';
import { nodeAddress, type PodPlan } from './demo-pods.ts';
import { badRequest, StatusError, unsupportedMediaType } from './status.ts';

const name = v.pipe(v.string(), v.regex(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/));
/** A pod that is made for a node, as a debugging pod is. */
const PodSchema = v.object({
  metadata: v.object({ name, labels: v.optional(v.record(v.string(), v.string()), {}) }),
  spec: v.object({
    nodeName: name,
    restartPolicy: v.literal('Never'),
    containers: v.pipe(v.array(v.object({ name, image: v.string() })), v.length(1)),
  }),
});
/** How a debugging pod enters the node's own files. */
const ENTER_NODE = ['chroot', '/host'];

/** The plan of a pod that a client makes for a node; the demo cluster makes no other. Throws a status. */
export function parseNodePod(namespace: string, body: Uint8Array, contentType: string | undefined): PodPlan {
  if (contentType?.split(';')[0] !== 'application/json') {
    throw new StatusError(unsupportedMediaType('application/json'));
  }
  let pod: v.InferOutput<typeof PodSchema>;
  try {
    pod = v.parse(PodSchema, JSON.parse(new TextDecoder().decode(body)));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new StatusError(badRequest(`the demo cluster makes debugging pods for its nodes only: ${words}`));
  }
  const { metadata, spec } = pod;
  return {
    namespace,
    name: metadata.name,
    labels: metadata.labels,
    node: spec.nodeName,
    ip: nodeAddress(spec.nodeName),
    ageMinutes: 0,
    containers: spec.containers.map((container) => ({ ...container, hasPrograms: true, isNode: true })),
    life: { kind: 'running' },
  };
}

/** The demo's nodes are this machine: what would enter their files is there already. */
export function withoutEntry(command: readonly string[]): readonly string[] {
  const isEntered = ENTER_NODE.every((part, index) => command[index] === part);
  return isEntered ? command.slice(ENTER_NODE.length) : command;
}
