import { toAppError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { deleteNodePod } from './node-shell.ts';
import type { NodeShellLedger } from './node-shell-ledger.ts';
import type { KubeTransport } from './transport.ts';

/** Deletes what earlier runs have left on the nodes of one context. What fails stays for the next time. Never rejects. */
export async function sweepNodePods({
  transport,
  ledger,
  log,
}: {
  readonly transport: KubeTransport;
  readonly ledger: NodeShellLedger;
  readonly log: Log;
}): Promise<void> {
  const { context, server } = transport;
  try {
    for (const lost of await ledger.findLost(context)) {
      if (lost.server !== server) continue;
      await deleteNodePod({ transport }, lost, lost.instance);
      await ledger.forgetLost(lost);
      log.info({ context, namespace: lost.namespace, pod: lost.pod }, 'node shell of an earlier run deleted');
    }
  } catch (error) {
    log.warn(
      { context, error: toAppError(error).message },
      'node shells of an earlier run could not be swept',
    );
  }
}
