import { once } from 'node:events';
import { access as exists, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { createLog } from '../../../main/base/log.ts';
import { startDemoCluster } from '../../../main/demo/demo-cluster.ts';
import { findInhabitants } from '../../../main/demo/process-family.ts';
import { askDemo, execPath, openExec, readAccess } from '../../fakes/demo-client.ts';
import { startTestDemo } from '../../fakes/demo-start.ts';

const WEB = 'web-5d9c7b6f4-x2kqp';
const clock = createSystemClock();
const log = createLog({ level: 'silent' });

test.skipIf(process.platform === 'win32')('its kubeconfig is readable by this user alone', async () => {
  const demo = await startTestDemo();
  expect((await stat(demo.kubeconfigPath)).mode & 0o777).toBe(0o600);
  expect(demo.contextName).toBe('kubereel-demo');
  await demo.stop();
});

test('two demos in one folder do not disturb each other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-demo-'));
  const [first, second] = await Promise.all([
    startDemoCluster({ clock, log, folder }),
    startDemoCluster({ clock, log, folder }),
  ]);
  await first.stop();
  expect((await askDemo(await readAccess(second), '/readyz')).text).toBe('ok');
  await second.stop();
  await rm(folder, { recursive: true });
});

test('a pod that is deleted under a session ends it, and is gone', async () => {
  const demo = await startTestDemo();
  const access = await readAccess(demo);
  const command = { command: ['sh'], streams: ['stdin', 'stdout', 'tty'] };
  const shell = await openExec(`${demo.server}${execPath(WEB, command)}`, access);
  await expect.poll(() => shell.output(1).toString()).toContain('$ ');
  await askDemo(access, `/api/v1/namespaces/shop/pods/${WEB}`, { method: 'DELETE' });
  expect((await shell.ended).status).toMatchObject({
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '137' }] },
  });
  await expect
    .poll(async () => (await askDemo(access, `/api/v1/namespaces/shop/pods/${WEB}`)).code)
    .toBe(404);
  await demo.stop();
});

test.skipIf(process.platform === 'win32')(
  'a stop ends shells, watches and all that was started, and leaves no file',
  async () => {
    const demo = await startTestDemo();
    const access = await readAccess(demo);
    const command = ['sh', '-c', 'trap "" HUP TERM; sleep 600 & echo ready; cat'];
    const shells = await Promise.all(
      [
        ['stdin', 'stdout', 'tty'],
        ['stdin', 'stdout'],
      ].map((streams) => openExec(`${demo.server}${execPath(WEB, { command, streams })}`, access)),
    );
    for (const shell of shells) await expect.poll(() => shell.output(1).toString()).toContain('ready');
    const watch = get(`${demo.server}/api/v1/pods?watch=true`, {
      ca: access.authority,
      headers: { Authorization: `Bearer ${access.token}` },
    });
    const [events] = await once(watch, 'response');
    const watchEnded = new Promise((resolve) => events.once('close', resolve));
    events.on('error', () => {}).resume();

    const runs = await readdir(demo.folder);
    await Promise.all([demo.stop(), demo.stop()]);
    for (const shell of shells) expect((await shell.ended).code).toBe(1001);
    await watchEnded;
    expect(runs).toHaveLength(1);
    expect(await findInhabitants(demo.folder)).toEqual([]);
    await expect(exists(demo.kubeconfigPath)).rejects.toThrow('ENOENT');
    await expect(askDemo(access, '/readyz')).rejects.toThrow('ECONNREFUSED');
  },
);

test('stops when the signal aborts, and does not start with an aborted one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-demo-'));
  const stop = new AbortController();
  const demo = await startDemoCluster({ clock, log, folder }, { signal: stop.signal });
  const access = await readAccess(demo);
  stop.abort(new Error('enough'));
  await demo.stop();
  await expect(askDemo(access, '/readyz')).rejects.toThrow('ECONNREFUSED');
  await expect(startDemoCluster({ clock, log, folder }, { signal: stop.signal })).rejects.toThrow('enough');
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});

test('a folder that cannot be made is told as a failed demo', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'kubereel-demo-'));
  const folder = join(parent, 'file');
  await writeFile(folder, '');
  await expect(startDemoCluster({ clock, log, folder })).rejects.toMatchObject({
    code: 'demo-failed',
    message: expect.stringContaining('the demo cluster could not start'),
  });
  await rm(parent, { recursive: true });
});

/** Unhindered, the pipe passes the whole 300 MB in the time that is sampled: piling up anywhere would be seen. */
test('a flooding program and a client that does not read cost little memory', {
  timeout: 60_000,
}, async () => {
  const demo = await startTestDemo();
  const access = await readAccess(demo);
  const path = execPath(WEB, {
    command: ['sh', '-c', 'yes | head -c 300000000'],
    streams: ['stdout', 'stdin'],
  });
  const client = await openExec(`${demo.server}${path}`, access);
  await expect.poll(() => client.output(1).length).toBeGreaterThan(0);
  client.socket.pause();
  const before = client.frames.length;
  const startBytes = process.memoryUsage().rss;
  let highestBytes = 0;
  for (let sample = 0; sample < 20; sample += 1) {
    await clock.sleep(150, { signal: new AbortController().signal });
    highestBytes = Math.max(highestBytes, process.memoryUsage().rss - startBytes);
  }
  expect(highestBytes).toBeLessThan(64 * 1024 * 1024);
  expect(client.frames.length - before).toBeLessThan(200);
  client.socket.terminate();
  await demo.stop();
});
