import type { Clock } from '../base/clock.ts';
import { toAppError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { deleteNodePod } from './node-shell.ts';
import type { NodeShellLedger } from './node-shell-ledger.ts';
import type { KubeTransport } from './transport.ts';

interface Needs {
  readonly transport: KubeTransport;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** A login may come meanwhile, or the network come back. */
const TRIES = 10;
const RETRY_MS = 60_000;

/** As `deleteNodePod`, tried again each minute for ten minutes. Rejects with the last failure or the signal's reason. */
export async function deleteEventually(
  { transport, clock }: Needs,
  place: Parameters<typeof deleteNodePod>[1],
  instance: string,
  options: { signal: AbortSignal },
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deleteNodePod({ transport }, place, instance);
    } catch (error) {
      if (attempt === TRIES) throw error;
      await clock.sleep(RETRY_MS, options);
    }
  }
}

/** Deletes what earlier runs have left on the nodes of one context. What fails stays for the next run. Never rejects. */
export async function sweepNodePods(
  needs: Needs & { readonly ledger: NodeShellLedger; readonly log: Log },
  options: { signal: AbortSignal },
): Promise<void> {
  const { transport, ledger, log } = needs;
  const { context, server } = transport;
  try {
    for (const lost of await ledger.findLost(context)) {
      if (lost.server !== server) continue;
      await deleteEventually(needs, lost, lost.instance, options);
      await ledger.forgetLost(lost);
      log.info({ context, namespace: lost.namespace, pod: lost.pod }, 'node shell of an earlier run deleted');
    }
  } catch (error) {
    if (options.signal.aborted) return;
    log.warn(
      { context, error: toAppError(error).message },
      'node shells of an earlier run could not be swept',
    );
  }
}
