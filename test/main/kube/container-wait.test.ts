import { afterEach, expect, test } from 'vitest';
import { fetchContainerEnd, waitForContainer } from '../../../main/kube/container-wait.ts';
import { type FakeApiServer, sendJson, startApiServer } from '../../fakes/api-server.ts';
import { createHurriedClock, createNotFound } from '../../fakes/debug-api.ts';
import { openTransport } from '../../fakes/kube-access.ts';

const { signal } = new AbortController();
const PLACE = { namespace: 'shop', pod: 'web', container: 'debugger' };
const RUNNING = statusOf({ running: {} });

let server: FakeApiServer;
afterEach(() => server.close());

function statusOf(state: object): object {
  return { phase: 'Running', ephemeralContainerStatuses: [{ name: 'debugger', state }] };
}

/** Answers each read with the next status, the last one for ever; a number is cut off. */
async function start(...statuses: (object | 'cut' | 'gone')[]) {
  server = await startApiServer({
    answer(_request, response) {
      const status = statuses.length > 1 ? statuses.shift() : statuses[0];
      if (status === 'cut') response.destroy();
      else if (status === 'gone') sendJson(response, 404, createNotFound('web'));
      else sendJson(response, 200, { status });
    },
  });
  return { transport: openTransport(server.address), clock: createHurriedClock() };
}

async function wait(...statuses: (object | 'cut' | 'gone')[]) {
  const told: string[] = [];
  const needs = await start(...statuses);
  const started = await waitForContainer(needs, PLACE, (words) => told.push(words), { signal });
  return { told, started };
}

test('a container that the kubelet has not seen yet is waited for', async () => {
  const { started, told } = await wait(
    { phase: 'Pending' },
    {},
    { phase: 'Running', containerStatuses: null },
    RUNNING,
  );
  expect(started).toEqual({ kind: 'running' });
  expect(told).toEqual([]);
});

test('another container that runs is not the one', async () => {
  const other = { phase: 'Running', containerStatuses: [{ name: 'app', state: { running: {} } }] };
  const { started } = await wait(other, statusOf({ terminated: { exitCode: 2, reason: 'Error' } }));
  expect(started).toEqual({ kind: 'terminated', exitCode: 2, reason: 'Error', message: '' });
});

test('a cluster that is away for a moment does not end the wait', async () => {
  const { started, told } = await wait('cut', RUNNING);
  expect(started).toEqual({ kind: 'running' });
  expect(told).toHaveLength(1);
});

test('a pod that is deleted meanwhile ends it', async () => {
  await expect(wait(statusOf({ waiting: { reason: 'ContainerCreating' } }), 'gone')).rejects.toMatchObject({
    code: 'pod-not-found',
    message: 'pod shop/web was deleted while its container started',
  });
});

test('a pod that its node refuses ends it, with the node’s words', async () => {
  const refused = { phase: 'Failed', reason: 'OutOfpods', message: 'Node didn’t have enough resource: pods' };
  await expect(wait({ phase: 'Pending' }, refused)).rejects.toMatchObject({
    code: 'exec-failed',
    message: expect.stringContaining('enough resource: pods'),
    detail: 'OutOfpods',
  });
});

test('a cancelled wait rejects with the reason', async () => {
  const needs = await start(statusOf({ waiting: { reason: 'ContainerCreating' } }));
  const leaving = new AbortController();
  const waiting = waitForContainer(needs, PLACE, () => leaving.abort(new Error('left')), {
    signal: leaving.signal,
  });
  await expect(waiting).rejects.toThrow('left');
});

test('an end is asked for until the kubelet tells it, and given up after ten seconds', async () => {
  const needs = await start(
    RUNNING,
    RUNNING,
    statusOf({ terminated: { exitCode: 137, reason: 'OOMKilled' } }),
  );
  expect(await fetchContainerEnd(needs, PLACE, { signal })).toMatchObject({
    exitCode: 137,
    reason: 'OOMKilled',
  });
  await server.close();
  expect(await fetchContainerEnd(await start(RUNNING), PLACE, { signal })).toBeUndefined();
});

test('an end that may not be asked for stays unknown', async () => {
  expect(await fetchContainerEnd(await start('gone'), PLACE, { signal })).toBeUndefined();
});
