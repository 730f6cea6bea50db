import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, createSystemClock } from '../../main/base/clock.ts';
import { createLog } from '../../main/base/log.ts';
import { type DemoCluster, startDemoCluster } from '../../main/demo/demo-cluster.ts';

/** Names of pods in its namespace `shop`, which is the context's own. */
export const DEMO_PODS = {
  web: 'web-5d9c7b6f4-x2kqp',
  checkout: 'checkout-7f8d9c6b5-m4t9z',
  /** Without a shell. */
  payments: 'payments-6b8f5d7c9-h7w2d',
  /** Its phase is Succeeded. */
  catalogImport: 'catalog-import-29301120-q8xvl',
} as const;

/** A demo cluster in a temporary folder. `stop` removes the folder too. */
export async function startTestDemo(
  clock: Clock = createSystemClock(),
): Promise<DemoCluster & { readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-demo-'));
  const demo = await startDemoCluster({ clock, log: createLog({ level: 'silent' }), folder });
  return {
    ...demo,
    folder,
    async stop() {
      await demo.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
