import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { DoctorReport } from '../../../preload/contract.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { kubeconfigFor } from '../../fakes/doctor-report.ts';
import { until } from '../../fakes/until.ts';

let app: TestCore;
afterEach(() => app.end());

test('a run tells its report until it is finished, every row from the start', async () => {
  app = await startTestCore();
  const client = app.connect();
  const reports: DoctorReport[] = [];
  client.on('doctor.changed', (report) => reports.push(report));
  const { runId } = await client.call('doctor.run', { context: 'staging' });
  await until(() => reports.some(({ isFinished }) => isFinished));
  expect(reports.every((report) => report.runId === runId && report.checks.length === 8)).toBe(true);
  expect(reports.at(-1)?.checks[0]).toMatchObject({ id: 'kubeconfig', outcome: 'failed' });
  expect(reports.filter(({ isFinished }) => isFinished)).toHaveLength(1);
});

test('a run that was stopped says no more, and stopping it again does no harm', async () => {
  app = await startTestCore();
  const client = app.connect();
  const reports: DoctorReport[] = [];
  client.on('doctor.changed', (report) => reports.push(report));
  const { runId } = await client.call('doctor.run', { context: 'staging' });
  await client.call('doctor.stop', { runId });
  const told = reports.length;
  await client.call('doctor.stop', { runId });
  expect(reports).toHaveLength(told);
});

test('input that is no question is refused', async () => {
  app = await startTestCore();
  await expect(app.connect().call('doctor.run', { context: '' })).rejects.toMatchObject({
    code: 'bad-input',
  });
});

test('a cluster that is well is well, and a page that leaves takes its runs with it', async () => {
  app = await startTestCore();
  const client = app.connect();
  const { context } = await client.call('demo.start', {});
  const reports: DoctorReport[] = [];
  client.on('doctor.changed', (report) => reports.push(report));
  await client.call('doctor.run', { context, namespace: 'shop' });
  await until(() => reports.some(({ isFinished }) => isFinished));
  expect(reports.at(-1)).toMatchObject({ context, wouldOpen: true });
  const other = app.connect();
  await other.call('doctor.run', { context });
  other.close();
});

test('more runs than a page can show are refused with what to do', async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-doctor-'));
  const path = join(folder, 'config');
  const server = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  await writeFile(path, JSON.stringify(kubeconfigFor({ server })));
  app = await startTestCore({ KUBECONFIG: path });
  const client = app.connect();
  const runs = Array.from({ length: 9 }, () => client.call('doctor.run', { context: 'staging' }));
  const outcomes = await Promise.allSettled(runs);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
  expect(outcomes.at(-1)).toMatchObject({
    reason: { code: 'bad-input', hint: expect.stringContaining('Wait') },
  });
  client.close();
  silent.close();
  await rm(folder, { recursive: true, force: true });
});
