// covers: main/compose-announcement.ts
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { SessionInfo } from '../../preload/contract.ts';
import { sendJson, startApiServer } from '../fakes/api-server.ts';
import { startTestCore } from '../fakes/core.ts';
import { startForeignRecorder } from '../fakes/foreign-recorder.ts';
import { createPod } from '../fakes/kube-pods.ts';
import { createTestAuthority, type KeyPair, type TestAuthority } from '../fakes/tls.ts';
import { until } from '../fakes/until.ts';

/** Requests to an API server of which a recorder is told before, from the kubeconfig to both of them. */

interface RecordedEvent {
  readonly userAgent: string;
  readonly request: { readonly method: string; readonly path: string; readonly body: string };
  readonly kubernetes: { readonly Verb: string; readonly Subresource: string; readonly Name: string };
  readonly source: { readonly node: string };
}

const TOKEN = 'a-very-secret-token';
const SIZE = { cols: 80, rows: 24 };
const TARGET = { context: 'prod', namespace: 'shop', pod: 'web-0', container: 'app' };
const EXEC = '/api/v1/namespaces/shop/pods/web-0/exec';
let authority: TestAuthority;
let pair: KeyPair;
/** Closed from the last to the first. */
const opened: (() => Promise<void>)[] = [];

beforeAll(async () => {
  authority = await createTestAuthority();
  pair = await authority.issue({ commonName: 'api', names: ['127.0.0.1'] });
});

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** `seen`: each request at the API server, with what the recorder had been told by then. */
async function openStage(apiRequests: string, match = '{}') {
  const recorder = await startForeignRecorder();
  const events = recorder.events as readonly RecordedEvent[];
  const seen: { line: string; isCredentialled: boolean; isTold: boolean }[] = [];
  const note = ({
    method,
    url,
    headers,
  }: Pick<Request, 'method' | 'url'> & { headers: NodeJS.Dict<unknown> }) => {
    const line = `${method} ${url}`;
    const isCredentialled = headers['authorization'] === `Bearer ${TOKEN}`;
    const isTold = events.some(({ request }) => `${request.method} ${request.path}` === line);
    seen.push({ line, isCredentialled, isTold });
  };
  const server = await startApiServer({
    tls: { cert: pair.certificate, key: pair.privateKey },
    answer(request, response) {
      note(request as never);
      if (request.url?.startsWith('/api/v1/namespaces/shop/pods/web-0'))
        sendJson(response, 200, createPod('web-0'));
      else sendJson(response, 200, {});
    },
    serve(socket, request) {
      note(request as never);
      socket.send(Buffer.from('\u0001hello'));
    },
  });
  opened.push(server.close);
  const app = await startTestCore();
  opened.push(app.end);
  const authorities = Buffer.from(authority.certificate).toString('base64');
  await writeFile(
    join(app.home, 'none'),
    `contexts: [{ name: prod, context: { cluster: c, user: u } }]
clusters: [{ name: c, cluster: { server: "${server.address}", certificate-authority-data: ${authorities} } }]
users: [{ name: u, user: { token: ${TOKEN} } }]
`,
  );
  await writeFile(
    join(app.home, 'policy.yaml'),
    `version: 1
rules:
  - name: all
    match: ${match}
    apiRequests: ${apiRequests}
    recorders: [{ kind: tsrecorder, url: "${recorder.address}", name: vault }]
`,
  );
  await app.core.contexts.reload();
  const page = app.connect();

  /** Resolves when it is live or has ended. */
  async function openShell(): Promise<SessionInfo> {
    const { sessionId } = await page.call('sessions.open', { target: TARGET, size: SIZE });
    return until(async () => {
      const session = (await page.call('sessions.list', {})).find((one) => one.sessionId === sessionId);
      return session !== undefined && session.state.kind !== 'opening' && session;
    });
  }
  return { ...app, page, recorder, events, seen, openShell };
}

test('required: opening a shell tells the recorder of each request before the API server sees it', async () => {
  const { openShell, events, seen } = await openStage('required');
  expect((await openShell()).state.kind).toBe('live');
  const upgrade = seen.find(({ line }) => line.startsWith(`GET ${EXEC}?`));
  expect(upgrade).toMatchObject({ isTold: true, isCredentialled: true });
  expect(seen.filter(({ isTold }) => !isTold)).toEqual([]);
  const exec = events.find(({ kubernetes }) => kubernetes.Subresource === 'exec');
  expect(exec).toMatchObject({
    type: 'kubernetes-api-request',
    userAgent: expect.stringMatching(/^kubereel\//),
    request: { method: 'GET', queryParameters: { container: ['app'], stdin: ['true'], tty: ['true'] } },
    kubernetes: { IsResourceRequest: true, Verb: 'get', Resource: 'pods', Namespace: 'shop', Name: 'web-0' },
    source: { node: expect.stringMatching(/./), nodeUser: expect.stringMatching(/./) },
  });
  expect(JSON.stringify(events)).not.toContain(TOKEN);
});

test('required: with the recorder killed the API server is asked for nothing, and the tab says who answered what', async () => {
  const { openShell, recorder, seen, core } = await openStage('required');
  await recorder.kill();
  const { state } = await openShell();
  expect(state).toMatchObject({
    kind: 'ended',
    end: {
      kind: 'failed',
      problem: {
        code: 'delivery-required',
        message: expect.stringMatching(
          /was not sent, as a recorder has to be told of it before, and none was:\n1\. recorder vault .* nothing listens there$/,
        ),
        hint: expect.stringMatching(/^The policy says so: rule "all", .*policy\.yaml:5\.$/),
      },
    },
  });
  expect(seen).toEqual([]);
  expect(core.untoldRequests()).toEqual([]);
});

test('told: with the recorder killed the shell opens, and the state says what no recorder was told of', async () => {
  const { openShell, recorder, seen, page } = await openStage('told');
  await recorder.kill();
  expect((await openShell()).state.kind).toBe('live');
  expect(seen.some(({ line }) => line.startsWith(`GET ${EXEC}?`))).toBe(true);
  const sent = seen.length;
  const untold = await page.call('policy.untold', {});
  expect(untold).toMatchObject([
    { context: 'prod', reasons: [expect.stringMatching(/^recorder vault .* nothing listens there/)] },
  ]);
  expect(untold[0]?.count).toBeGreaterThanOrEqual(sent);
});

test('untold: the recorder gets the recording, and no event', async () => {
  const { openShell, recorder } = await openStage('untold');
  expect((await openShell()).state.kind).toBe('live');
  await until(() => recorder.deliveries.length > 0);
  expect(recorder.requests.filter((line) => line.includes('/v2/event'))).toEqual([]);
});

test('a rule that names a namespace is for requests within it', async () => {
  const { core, events } = await openStage('required', '{ namespace: shop, pod: web-* }');
  const transport = await core.contexts.transport('prod');
  const { signal } = new AbortController();
  const pods = '/api/v1/namespaces/shop/pods';
  for (const path of [
    '/version',
    '/api/v1/pods',
    pods,
    `${pods}/db-0`,
    `${pods}/web-0`,
    '/api/v1/namespaces/shop',
  ]) {
    await transport.request({ method: 'GET', path, signal });
  }
  const body = '{"spec":{"resourceAttributes":{"namespace":"shop"}}}';
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  await transport.request({ method: 'POST', path, body, signal });
  expect(events.map(({ request }) => request.path)).toEqual([`${pods}/web-0`]);
});

test('under a policy that cannot be followed a cluster is asked for nothing', async () => {
  const { core, home, seen } = await openStage('required');
  await writeFile(join(home, 'policy.yaml'), 'version: 1\nrules: [{ name: all, apiRequests: tld }]\n');
  const transport = await core.contexts.transport('prod');
  const asking = transport.request({ method: 'GET', path: '/version', signal: new AbortController().signal });
  await expect(asking).rejects.toMatchObject({
    code: 'policy-invalid',
    message: expect.stringMatching(
      /^nothing is asked of a cluster until the policy is mended: .*policy\.yaml:2:/,
    ),
  });
  expect(seen).toEqual([]);
});

test('a context that has left the kubeconfig is told of as before, where something of it is still open', async () => {
  const { core, home, events, seen } = await openStage('required');
  const transport = await core.contexts.transport('prod');
  await writeFile(join(home, 'none'), 'contexts: []\n');
  await core.contexts.reload();
  const path = '/api/v1/namespaces/shop/pods/helper';
  await transport.request({ method: 'DELETE', path, signal: new AbortController().signal });
  expect(seen).toEqual([{ line: `DELETE ${path}`, isCredentialled: true, isTold: true }]);
  expect(events.map(({ kubernetes }) => kubernetes.Verb)).toEqual(['delete']);
});
