import type { Core } from '../compose.ts';
import { listPods } from '../kube/pods.ts';
import type { CommandIo } from './io.ts';
import { formatAge, formatTable } from './table.ts';

export interface PodsOptions {
  readonly context: string;
  /** null: all namespaces */
  readonly namespace: string | null;
  readonly json: boolean;
}

/** Lists pods as `kubectl get pods` does. */
export async function runPods(
  core: Core,
  { context, namespace, json }: PodsOptions,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const transport = await core.contexts.transport(context);
  const pods = await listPods({ transport }, { namespace }, { signal });
  if (json) {
    await io.write(`${JSON.stringify(pods, null, 2)}\n`);
    return 0;
  }
  if (pods.length === 0) {
    await io.writeError(
      namespace === null ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`,
    );
    return 0;
  }
  const now = core.clock.nowMs();
  const rows = pods.map((pod) => [
    ...(namespace === null ? [pod.namespace] : []),
    pod.name,
    `${pod.readyContainers}/${pod.totalContainers}`,
    pod.status,
    String(pod.restarts),
    formatAge(now - pod.createdAtMs),
  ]);
  const heads = ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE'];
  await io.write(formatTable(namespace === null ? ['NAMESPACE', ...heads] : heads, rows));
  return 0;
}
