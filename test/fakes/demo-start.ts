import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock } from '../../main/base/clock.ts';
import { createLog } from '../../main/base/log.ts';
import { type DemoCluster, startDemoCluster } from '../../main/demo/demo-cluster.ts';

/** A demo cluster in a temporary folder. `stop` removes the folder too. */
export async function startTestDemo(): Promise<DemoCluster & { readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-demo-'));
  const demo = await startDemoCluster({
    clock: createSystemClock(),
    log: createLog({ level: 'silent' }),
    folder,
  });
  return {
    ...demo,
    folder,
    async stop() {
      await demo.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
