import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { listenOnLoopback } from '../../../../main/base/loopback.ts';
import { findFreePort } from '../../../../main/proxy/switch/free-port.ts';

test('a port that something listens on is passed over', async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  const taken = await listenOnLoopback(server, 0);
  const free = await findFreePort();
  const wanted = [taken, taken, free];
  expect(await findFreePort(() => wanted.shift() ?? free)).toBe(free);
});

test('a machine without a free port is told', async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  const taken = await listenOnLoopback(server, 0);
  await expect(findFreePort(() => taken)).rejects.toMatchObject({ code: 'proxy-failed' });
});

test('what systems give to outgoing connections is left alone', async () => {
  const port = await findFreePort();
  expect(port).toBeGreaterThanOrEqual(20_000);
  expect(port).toBeLessThan(32_768);
});
