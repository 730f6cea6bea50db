import { afterEach, expect, test, vi } from 'vitest';
import type { DoctorReport } from '../../../preload/contract.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';

let app: TestCore;
afterEach(() => app.end());

test('a run tells its report until it is finished, every row from the start', async () => {
  app = await startTestCore();
  const client = app.connect();
  const reports: DoctorReport[] = [];
  client.on('doctor.changed', (report) => reports.push(report));
  const { runId } = await client.call('doctor.run', { context: 'staging' });
  await vi.waitUntil(() => reports.some(({ isFinished }) => isFinished));
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
