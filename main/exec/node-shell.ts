import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { Log } from '../base/log.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import { waitForContainer } from '../kube/container-wait.ts';
import {
  checkNode,
  createNodePod,
  deleteNodePod,
  NODE_SHELL_CONTAINER,
  type NodeShellRequest,
  nameNodePod,
  ON_NODE,
} from '../kube/node-shell.ts';
import type { NodeShellLedger } from '../kube/node-shell-ledger.ts';
import { deleteEventually } from '../kube/node-shell-sweep.ts';
import type { KubeTransport } from '../kube/transport.ts';
import type { OpenDebugOptions } from './debug.ts';
import { type ExecStream, openExecStream } from './exec-stream.ts';
import { guardPod } from './pod-guard.ts';
import type { ShellPlace } from './shell.ts';
import type { ShellFacts } from './shell-facts.ts';

/** A command as root of a node. */
export interface NodeTarget extends NodeShellRequest {
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

export interface OpenedNodeShell {
  /** `ended` resolves when the pod is deleted, or is left to the sweep of the next run. */
  readonly stream: ExecStream;
  readonly pod: string;
  readonly container: string;
  readonly place: ShellPlace;
  readonly facts: ShellFacts;
}

export interface NodeShellNeeds {
  readonly transport: KubeTransport;
  readonly clock: Clock;
  readonly log: Log;
  /** Until its end a deletion that failed is tried again. */
  readonly life: Pick<Lifetime, 'signal'>;
  readonly ledger: NodeShellLedger;
}

/** Makes a privileged pod on the node, runs the command in the node's own files, and deletes the pod behind it. */
export async function openNodeShell(
  needs: NodeShellNeeds,
  target: NodeTarget,
  size: TerminalSize,
  { onProgress, signal }: OpenDebugOptions,
): Promise<OpenedNodeShell> {
  const { transport, clock, ledger } = needs;
  const { node, namespace, command, stdin, tty } = target;
  await checkNode(needs, node, { signal });
  const pod = nameNodePod(node);
  const remove = await noteNodePod(needs, { namespace, pod });
  try {
    const podUid = await createNodePod(needs, pod, { ...target, instance: ledger.instance }, { signal });
    onProgress(`pod ${pod} is made on node ${node}, with ${target.image}`);
    const place = { namespace, pod, container: NODE_SHELL_CONTAINER };
    const started = await waitForContainer({ transport, clock }, place, onProgress, { signal });
    if (started.kind === 'terminated') throw createEnded(target, started.reason, started.message);
    const request = { kind: 'exec', ...place, command: [...ON_NODE, ...command], stdin, tty } as const;
    const stream = await openExecStream(needs, request, { size, signal });
    guardPod(needs, { ...place, podUid }, stream);
    const removed = stream.ended.then(remove);
    return {
      stream: {
        ...stream,
        ended: stream.ended.then(async (end) => {
          await removed;
          return end;
        }),
        async close() {
          await stream.close();
          await removed;
        },
      },
      pod,
      container: NODE_SHELL_CONTAINER,
      place: { server: transport.server, podUid },
      facts: { podUid, node, image: target.image, origin: { kind: 'node' } },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * Written down before there is anything to delete. Resolves with what deletes it, which never rejects; after a
 * failure it goes on behind its caller's back, and the next run sweeps what is left at the end of this one.
 */
async function noteNodePod(
  { transport, clock, log, life, ledger }: NodeShellNeeds,
  place: { readonly namespace: string; readonly pod: string },
): Promise<() => Promise<void>> {
  const { context, server } = transport;
  const entry = { ...place, context, server, createdAtMs: clock.nowMs() };
  await ledger.add(entry);
  return async () => {
    try {
      await deleteNodePod({ transport }, place, ledger.instance);
      await ledger.remove(entry);
    } catch (error) {
      tell(error, 'node shell not deleted yet');
      // Not awaited: nobody waits for ten minutes, and every failure is told.
      deleteEventually({ transport, clock }, place, ledger.instance, life)
        .then(() => ledger.remove(entry))
        .catch((last) => tell(last, 'node shell left to the next run'));
    }
  };

  function tell(error: unknown, what: string): void {
    log.warn({ ...place, error: toAppError(error).message }, what);
  }
}

function createEnded({ node, image }: NodeTarget, reason: string, message: string): AppError {
  return new AppError('exec-failed', `the pod on node ${node} ended before its shell could open: ${reason}`, {
    hint: `The image ${image} needs the programs sleep and chroot: take one like busybox.`,
    ...(message === '' ? {} : { detail: message }),
  });
}
