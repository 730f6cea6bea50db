import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { runExec } from '../../../main/commands/exec.ts';
import type { Core } from '../../../main/compose.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { kubeconfigFor } from '../../fakes/doctor-report.ts';
import { type ExecCluster, startExecCluster } from '../../fakes/exec-cluster.ts';
import { createPipeIo } from '../../fakes/kubereel-here.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../fakes/temporary-folder.ts';

let cluster: ExecCluster;
let folder: TemporaryFolder;
let stage: TestCore;

beforeEach(async () => {
  cluster = await startExecCluster({
    pods: { 'web-1': { spec: { containers: [{ name: 'app', image: 'i' }] } } },
  });
  folder = await makeTemporaryFolder('relay');
  const path = join(folder.path, 'config');
  await writeFile(path, JSON.stringify(kubeconfigFor({ server: cluster.address }, {})));
  stage = await startTestCore({ KUBECONFIG: path });
});
afterEach(async () => {
  await stage.end();
  await cluster.close();
  await folder.remove();
});

test('Ctrl-C while the record is being begun ends the remote command and closes the record', async () => {
  const { core } = stage;
  const interrupted = new AbortController();
  const interruptedCore: Core = {
    ...core,
    newCastWriter(...begin) {
      interrupted.abort(new AppError('cancelled', 'interrupted'));
      return core.newCastWriter(...begin);
    },
  };
  const place = { context: 'staging', namespace: 'shop', pod: 'web-1' };
  // Of its own accord it never ends.
  const work = { ...place, command: ['screen'], stdin: false, tty: false, podTimeoutMs: 0 };
  expect(await runExec(interruptedCore, work, createPipeIo().io, interrupted)).toBe(130);
  expect(await (await core.library()).list()).toMatchObject([{ pod: 'web-1', state: 'closed' }]);
});
