import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Check } from '../../../main/doctor/check.ts';
import { type FakeApiServer, startApiServer } from '../../fakes/api-server.ts';
import { answerAsCluster, type ClusterManners, kubeconfigFor } from '../../fakes/doctor-report.ts';
import { runKubereel } from '../../fakes/kubereel-cli.ts';
import { createTestAuthority } from '../../fakes/tls.ts';

const TOKEN = 'planted-token-of-the-test';
let server: FakeApiServer;
let folder: string;
let manners: ClusterManners = {};

beforeAll(async () => {
  const authority = await createTestAuthority();
  const pair = await authority.issue({ commonName: 'api', names: ['127.0.0.1'] });
  server = await startApiServer({
    tls: { cert: pair.certificate, key: pair.privateKey },
    answer: (request, response) => void answerAsCluster(manners, request, response),
  });
  folder = await mkdtemp(join(tmpdir(), 'kubereel-doctor-'));
  const cluster = {
    server: server.address,
    'certificate-authority-data': Buffer.from(authority.certificate).toString('base64'),
  };
  await writeFile(join(folder, 'config'), JSON.stringify(kubeconfigFor(cluster, { token: TOKEN })));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const doctor = (...args: string[]) => runKubereel(join(folder, 'config'), ['doctor', ...args]);

describe('the doctor as a command', () => {
  test('one line a check, and exit code 0 where a shell would open', async () => {
    manners = {};
    const { code, stdout, stderr } = await doctor();
    const lines = stdout.toString().trimEnd().split('\n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines).toHaveLength(8);
    expect(lines.every((line) => line.startsWith('ok       '))).toBe(true);
    expect(lines[5]).toMatch(/^ok {7}Who am I {11}anna$/);
    expect(stdout.toString()).not.toContain(TOKEN);
  });

  test('what is not well comes with its fix and its technical part, and exit code 1', async () => {
    manners = { verbs: ['create'] };
    const { code, stdout } = await doctor('-n', 'data');
    expect(code).toBe(1);
    expect(stdout.toString()).toMatch(
      /^failed {3}May I exec here {4}no: create is allowed, get is denied on pods\/exec in namespace data.*\n {9}fix: Ask an administrator of the cluster for the verb get on pods\/exec in namespace data\.\n {9}get pods\/exec: denied\n {9}create pods\/exec: allowed\n/m,
    );
  });

  test('a context that is not there fails, and the rest is skipped', async () => {
    const { code, stdout } = await doctor('--context', 'prod');
    expect(code).toBe(1);
    expect(stdout.toString()).toMatch(
      /^failed {3}Context .*: prod\n {9}fix: The kubeconfig has: staging\.$/m,
    );
    expect(stdout.toString().match(/^skipped/gm)).toHaveLength(6);
  });

  test('as JSON it is the whole report, and nothing else', async () => {
    manners = { refuses: { status: 401, reason: 'Unauthorized', message: 'Unauthorized' } };
    const { code, stdout } = await doctor('--json', 'pod/web-0');
    const checks = JSON.parse(stdout.toString()) as readonly Check[];
    expect(code).toBe(1);
    expect(checks.map(({ id }) => id)).toEqual([
      'kubeconfig',
      'context',
      'address',
      'tls',
      'credential',
      'who',
      'exec',
      'attach',
    ]);
    expect(checks.find(({ id }) => id === 'who')).toMatchObject({ outcome: 'failed' });
    expect(stdout.toString()).not.toContain(TOKEN);
  });
});
