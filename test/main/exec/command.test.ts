import { afterEach, expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { type OpenedCommand, openCommand } from '../../../main/exec/command.ts';
import { createStatus, type FakeApiServer, sendJson, startApiServer } from '../../fakes/api-server.ts';
import { openTransport } from '../../fakes/kube-access.ts';
import { createPod, type PodChanges } from '../../fakes/kube-pods.ts';

const TWO_CONTAINERS = { spec: { containers: ['app', 'log'].map((name) => ({ name, image: 'i' })) } };
const annotated = (container: string): PodChanges => ({
  ...TWO_CONTAINERS,
  metadata: { annotations: { 'kubectl.kubernetes.io/default-container': container } },
});

let server: FakeApiServer;
afterEach(() => server.close());

async function open(pod: PodChanges | undefined, container?: string): Promise<OpenedCommand> {
  server = await startApiServer({
    answer(_request, response) {
      if (pod) sendJson(response, 200, createPod('web', pod));
      else sendJson(response, 404, createStatus(404, 'NotFound', 'pods "web" not found'));
    },
  });
  const target = { namespace: 'shop', pod: 'web', command: ['ls'], stdin: false, tty: false };
  return openCommand(
    { transport: openTransport(server.address), clock: createSystemClock() },
    { ...target, ...(container ? { container } : {}) },
    { cols: 80, rows: 24 },
    { signal: new AbortController().signal },
  );
}

/** The container that the server was asked for. */
function askedContainer(): string | null {
  return new URL(server.requests.at(-1)?.url ?? '', 'http://h').searchParams.get('container');
}

test('a container that is named is not looked for first', async () => {
  const opened = await open(undefined, 'log');
  expect(opened).toMatchObject({ container: 'log', choices: '' });
  expect(server.requests).toHaveLength(1);
  await opened.stream.close();
});

test('the only container needs no word', async () => {
  const opened = await open({});
  expect(opened).toMatchObject({ container: 'app', choices: '' });
  expect(askedContainer()).toBe('app');
  await opened.stream.close();
});

test('the first of several is chosen, with the others told', async () => {
  const opened = await open(TWO_CONTAINERS);
  expect(opened).toMatchObject({ container: 'app', choices: 'app, log' });
  await opened.stream.close();
});

test('the annotation is kubectl’s choice', async () => {
  const opened = await open(annotated('log'));
  expect(opened).toMatchObject({ container: 'log', choices: '' });
  expect(askedContainer()).toBe('log');
  await opened.stream.close();
});

test('an annotation for a container that there is not is an error with the choices', async () => {
  const pod = annotated('nope');
  const initContainers = [{ name: 'setup', image: 'i' }];
  await expect(open({ ...pod, spec: { ...pod.spec, initContainers } })).rejects.toMatchObject({
    code: 'container-unknown',
    message: 'container nope is not valid for pod web out of: app, log, setup (init)',
  });
});

test.each(['Succeeded', 'Failed'])('a pod that is %s is refused before anything is opened', async (phase) => {
  await expect(open({ status: { phase } })).rejects.toMatchObject({
    code: 'pod-completed',
    message: `cannot exec into a container in a completed pod; current phase is ${phase}`,
  });
  expect(server.requests).toHaveLength(1);
});

test('a pod that is not there is said so', async () => {
  await expect(open(undefined)).rejects.toMatchObject({ code: 'pod-not-found' });
});
