// covers: main/bridge/sessions.ts
// covers: main/compose-delivery.ts
// covers: preload/contract-delivery.ts
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoCluster } from '../../../main/demo/demo-cluster.ts';
import type { ContractClient } from '../../../preload/client.ts';
import type { SessionInfo } from '../../../preload/contract.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { startTestDemo } from '../../fakes/demo-start.ts';
import { type ForeignRecorder, startForeignRecorder } from '../../fakes/foreign-recorder.ts';
import { until } from '../../fakes/until.ts';

/** Shells of the app under a policy with a recorder, as a page is told of them. */
let demo: DemoCluster;
beforeAll(async () => {
  demo = await startTestDemo();
});
afterAll(() => demo.stop());

const TARGET = { context: 'kubereel-demo', namespace: 'shop', pod: 'web-5d9c7b6f4-x2kqp' };

interface Stage extends TestCore {
  readonly page: ContractClient;
  /** As the page was told of it last. */
  session(): SessionInfo | undefined;
}

async function openShell(recorder: ForeignRecorder, said: string): Promise<Stage> {
  const core = await startTestCore({ KUBECONFIG: demo.kubeconfigPath });
  const tokenFile = join(core.home, 'token');
  await writeFile(tokenFile, 'sesame\n');
  const named = `{ kind: tsrecorder, url: "${recorder.address}", name: vault, tokenFile: "${tokenFile}" }`;
  const rule = `{ name: all, recorders: [${named}], ${said} }`;
  await writeFile(join(core.home, 'policy.yaml'), `version: 1\nrules: [${rule}]\n`);
  const page = core.connect();
  let last: SessionInfo | undefined;
  page.on('sessions.changed', (session) => {
    last = session;
  });
  await page.call('sessions.open', { target: TARGET, size: { cols: 80, rows: 24 } });
  return { ...core, page, session: () => last };
}

function deliveryOf({ session }: Stage) {
  const recording = session()?.recording;
  return recording && 'delivery' in recording ? recording.delivery : undefined;
}

const VAULT = (recorder: ForeignRecorder) => ({
  kind: 'tsrecorder',
  url: recorder.address,
  name: 'vault',
});

test('a page is told that a recorder takes its shell, how far it is, and that it has it', async () => {
  const recorder = await startForeignRecorder();
  const stage = await openShell(recorder, 'atStart: closed');
  try {
    await until(() => {
      const delivery = deliveryOf(stage);
      return delivery?.kind === 'live' && (delivery.ackedBytes ?? 0) > 0;
    });
    // Where its token stands is no page's business.
    expect(deliveryOf(stage)).toMatchObject({ recorder: VAULT(recorder) });
    expect(JSON.stringify(stage.session())).not.toContain('tokenFile');
    expect(recorder.deliveries[0]?.headers['authorization']).toBe('Bearer sesame');
    const { sessionId } = stage.session() ?? { sessionId: '' };
    await stage.page.call('sessions.close', { sessionId });
    await until(() => deliveryOf(stage)?.kind === 'delivered');
    expect(stage.session()).toMatchObject({ state: { kind: 'ended' }, recording: { kind: 'stored' } });
    expect(recorder.deliveries).toMatchObject([{ state: 'whole', problems: [] }]);
  } finally {
    await stage.end();
  }
});

test('a page is told that it is lost, why, and when the shell ends for it', async () => {
  const recorder = await startForeignRecorder();
  const stage = await openShell(recorder, 'midway: closed, graceSeconds: 3600');
  try {
    await until(() => deliveryOf(stage)?.kind === 'live' && recorder.deliveries.length > 0);
    await recorder.kill();
    await until(() => deliveryOf(stage)?.kind === 'owed');
    expect(deliveryOf(stage)).toEqual({
      kind: 'owed',
      sinceMs: expect.any(Number),
      endsAtMs: expect.any(Number),
      attempts: [
        {
          recorder: VAULT(recorder),
          problem: expect.objectContaining({ code: 'recorder-lost', message: expect.any(String) }),
        },
      ],
    });
    expect(stage.session()?.state.kind).toBe('live');
  } finally {
    await stage.end();
  }
});

test('an app that quits closes its shells, and what is not confirmed by then is when it is started again', async () => {
  const recorder = await startForeignRecorder();
  const stage = await openShell(recorder, 'midway: closed');
  let again: TestCore | undefined;
  try {
    await until(() => deliveryOf(stage)?.kind === 'live');
    const recording = stage.session()?.recording;
    const id = recording && 'recordingId' in recording ? recording.recordingId : '';
    await stage.core.end();
    again = await startTestCore({ KUBEREEL_HOME: stage.home, KUBECONFIG: demo.kubeconfigPath });
    const { store } = await again.core.uploads();
    await until(() => store.isDelivered(id));
    const cast = await readFile(join(stage.core.paths.recordings, `${id}.cast`));
    expect(recorder.deliveries.at(-1)).toMatchObject({ state: 'whole' });
    expect(recorder.deliveries.at(-1)?.sha256).toBe(createHash('sha256').update(cast).digest('hex'));
  } finally {
    await again?.end();
    await stage.end();
  }
});
