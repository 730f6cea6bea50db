// covers: main/compose-upload.ts
// covers: main/upload/upload-trial.ts
// covers: preload/contract-uploads.ts
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { UploadChange } from '../../../preload/contract-uploads.ts';
import { startTestCore } from '../../fakes/core.ts';
import {
  type ForeignBehaviour,
  type ForeignRecorder,
  startForeignRecorder,
} from '../../fakes/foreign-recorder.ts';
import { recordSession } from '../../fakes/recordings.ts';
import { until } from '../../fakes/until.ts';
import { addressOf, makeJob } from '../../fakes/uploads.ts';

/** Our casts lack what recorders of tailnets want in the first line, unless they were recorded for one. */
function startRecorder(changes: Partial<ForeignBehaviour> = {}): Promise<ForeignRecorder> {
  return startForeignRecorder({ isStrict: false, ...changes });
}

test('a page sees what is owed, has it tried again, and sees it delivered', async () => {
  const recorder = await startRecorder({ refusal: { status: 401, body: 'who are you?' } });
  const test = await startTestCore();
  try {
    const { recordingId } = await recordSession(test.core.paths.recordings);
    const { store } = await test.core.uploads();
    const page = test.connect();
    const changes: UploadChange[] = [];
    page.on('uploads.changed', (change) => changes.push(change));
    expect(await page.call('uploads.list', {})).toEqual({ jobs: [], unreadable: [] });
    expect(await page.call('uploads.get', { recordingId })).toEqual({ kind: 'none' });
    await store.create(makeJob(recordingId, [{ ...addressOf(recorder, 'audit'), tokenFile: '/nowhere' }]));
    const { jobs } = await page.call('uploads.list', {});
    expect(jobs).toMatchObject([
      { recordingId, recorders: [{ kind: 'tsrecorder', url: recorder.address, name: 'audit' }], failures: 0 },
    ]);
    expect(jobs[0]?.recorders[0]).not.toHaveProperty('tokenFile');
    // Its token cannot be read: that is for somebody to mend.
    await until(async () => {
      const standing = await page.call('uploads.get', { recordingId });
      return standing.kind === 'owed' && standing.job.state.kind === 'stopped';
    });
    await store.change(recordingId, (job) => ({ ...job, recorders: [addressOf(recorder, 'audit')] }));
    recorder.behaviour.refusal = undefined;
    await page.call('uploads.retry', {});
    await until(() => changes.some((change) => change.kind === 'removed'));
    expect(await page.call('uploads.get', { recordingId })).toMatchObject({
      kind: 'delivered',
      recorder: { name: 'audit' },
      bytes: recorder.deliveries[0]?.bytes.length,
    });
    expect(await page.call('library.get', { recordingId })).toMatchObject({ isDelivered: true });
  } finally {
    await test.end();
  }
});

test('what is owed of a recording goes with it, or when somebody drops it', async () => {
  const test = await startTestCore();
  try {
    const { store } = await test.core.uploads();
    const [first, second] = [
      await recordSession(test.core.paths.recordings),
      await recordSession(test.core.paths.recordings),
    ];
    const page = test.connect();
    await page.call('library.list', {});
    const recorders = [{ kind: 'tsrecorder', url: '127.0.0.1:1' }] as const;
    for (const { recordingId } of [first, second]) await store.create(makeJob(recordingId, recorders));
    expect(await page.call('library.get', { recordingId: first.recordingId })).toMatchObject({
      isOwed: true,
    });
    const rules = { days: 0, quotaBytes: 1 };
    const { drops, kept } = await page.call('library.prune', { isDryRun: true, rules });
    expect([drops, kept.map(({ protection }) => protection)]).toEqual([[], ['owed', 'owed']]);
    await page.call('library.remove', { recordingId: first.recordingId });
    await page.call('uploads.drop', { recordingIds: [second.recordingId] });
    expect(await page.call('uploads.list', {})).toEqual({ jobs: [], unreadable: [] });
    await expect(page.call('uploads.drop', { recordingIds: [second.recordingId] })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await page.call('library.get', { recordingId: second.recordingId })).not.toHaveProperty('isOwed');
  } finally {
    await test.end();
  }
});

test('a recorder of the policy is tried by its name, step by step', async () => {
  const recorder = await startRecorder();
  const test = await startTestCore();
  try {
    const page = test.connect();
    const policy = [
      'version: 1',
      'rules:',
      '  - name: all',
      '    recorders:',
      `      - { kind: tsrecorder, name: audit, url: "${recorder.address}" }`,
      '',
    ];
    await writeFile(join(test.home, 'policy.yaml'), policy.join('\n'));
    const trial = await page.call('uploads.test', { recorder: { nameOrUrl: 'audit' } });
    expect(trial).toMatchObject({
      recorder: { kind: 'tsrecorder', name: 'audit', url: recorder.address },
      receipt: { bytes: recorder.deliveries[0]?.bytes.length },
    });
    expect(trial.steps.map(({ step, problem }) => [step, problem])).toEqual([
      ['check', undefined],
      ['open', undefined],
      ['send', undefined],
      ['confirm', undefined],
    ]);
    const [header = '', ...events] = String(recorder.deliveries[0]?.bytes).split('\n');
    expect(JSON.parse(header)).toMatchObject({ version: 2, kubernetes: { PodName: 'test-recording' } });
    expect(events.join()).toContain('Kubereel test recording');
    recorder.behaviour.fullAfterBytes = 10;
    const full = await page.call('uploads.test', { recorder: { nameOrUrl: recorder.url } });
    expect(full.steps.at(-1)?.problem).toMatchObject({ code: 'recorder-failed' });
    expect(full).not.toHaveProperty('receipt');
  } finally {
    await test.end();
  }
});

test('a recorder that nobody named, or that holds a password, is none', async () => {
  const test = await startTestCore();
  try {
    const page = test.connect();
    const sendTo = (nameOrUrl: string) => page.call('uploads.test', { recorder: { nameOrUrl } });
    await expect(sendTo('audit')).rejects.toMatchObject({ code: 'not-found' });
    const refused = sendTo('https://:s3cret@127.0.0.1:1');
    await expect(refused).rejects.toMatchObject({ code: 'bad-input' });
    await expect(refused).rejects.not.toThrow('s3cret');
  } finally {
    await test.end();
  }
});
