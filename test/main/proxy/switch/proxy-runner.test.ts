import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listenOnLoopback } from '../../../../main/base/loopback.ts';
import { createLoopbackCertificates } from '../../../../main/base/loopback-certificates.ts';
import {
  answersAsProxy,
  createProxyRunner,
  type ProxyRunner,
} from '../../../../main/proxy/switch/proxy-runner.ts';
import type { ProxyCertificates } from '../../../../main/proxy/switch/proxy-state.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';

const dead = new Set<number>();

function runnerOf(folder: string, processId: number): ProxyRunner {
  const self = { hostName: 'here', processId, processStartedAtMs: 1 };
  return createProxyRunner({
    folder,
    owner: { describe: () => self, isAlive: (owner) => !dead.has(owner.processId) },
  });
}

test('who runs it is known until it says otherwise', async () => {
  const folder = join(await makeCastFolder(), 'proxy');
  const [one, other] = [runnerOf(folder, 1), runnerOf(folder, 2)];
  expect(await other.find()).toBeUndefined();
  await one.announce();
  expect((await other.find())?.processId).toBe(1);
  await one.withdraw();
  expect(await other.find()).toBeUndefined();
});

test('what a process left behind that died says nothing', async () => {
  const folder = await makeCastFolder();
  await runnerOf(folder, 11).announce();
  dead.add(11);
  expect(await runnerOf(folder, 12).find()).toBeUndefined();
});

test('who gives it up late leaves what the next one has said', async () => {
  const folder = await makeCastFolder();
  const [late, next] = [runnerOf(folder, 21), runnerOf(folder, 22)];
  await late.announce();
  await next.announce();
  await late.withdraw();
  expect((await next.find())?.processId).toBe(22);
});

async function listen(certificates: ProxyCertificates): Promise<number> {
  const { certificate, privateKey } = certificates;
  const server: Server = createServer({ cert: certificate, key: privateKey });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return listenOnLoopback(server, 0);
}

test('a proxy is known by its certificate, and nothing else is taken for one', async () => {
  const [own, foreign] = await Promise.all([
    createLoopbackCertificates(Date.now()),
    createLoopbackCertificates(Date.now()),
  ]);
  const port = await listen(own);
  expect(await answersAsProxy({ port, certificates: own })).toBe(true);
  expect(await answersAsProxy({ port, certificates: foreign })).toBe(false);
});

test('a port on which nothing listens is no proxy', async () => {
  const certificates = await createLoopbackCertificates(Date.now());
  const server = createServer({ cert: certificates.certificate, key: certificates.privateKey });
  const port = await listenOnLoopback(server, 0);
  await new Promise((resolve) => server.close(resolve));
  expect(await answersAsProxy({ port, certificates })).toBe(false);
});
