// covers: main/commands/can-i.ts
// covers: main/commands/raw.ts
// covers: main/commands/whoami.ts
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createStatus, type FakeApiServer, sendJson, startApiServer } from '../fakes/api-server.ts';
import { type KubectlResult, kubectlPath, runKubectl } from '../fakes/demo-kubectl.ts';
import { kubeconfigFor } from '../fakes/doctor-report.ts';
import { type KubereelResult, runKubereel } from '../fakes/kubereel-cli.ts';
import { createTestAuthority } from '../fakes/tls.ts';

const TOKEN = 'planted-token-of-the-test';
const USER = {
  username: 'anna',
  uid: 'u-1',
  groups: ['dev', 'system:authenticated'],
  extra: { 'scopes/x': ['a', 'b'], audience: ['here'] },
};
const LARGE = Buffer.alloc(3_000_000, 'kubereel ');

let server: FakeApiServer;
let folder: string;
let kubeconfigPath: string;
let allowed: readonly string[] = [];
let reason = '';
let identityVersion = 'v1';
let minor = '36';
let endless: ServerResponse | undefined;

beforeAll(async () => {
  const authority = await createTestAuthority();
  const pair = await authority.issue({ commonName: 'api', names: ['127.0.0.1'] });
  server = await startApiServer({ tls: { cert: pair.certificate, key: pair.privateKey }, answer });
  folder = await mkdtemp(join(tmpdir(), 'kubereel-raw-'));
  kubeconfigPath = join(folder, 'config');
  const cluster = {
    server: server.address,
    'certificate-authority-data': Buffer.from(authority.certificate).toString('base64'),
  };
  await writeFile(kubeconfigPath, JSON.stringify(kubeconfigFor(cluster, { token: TOKEN })));
  const acting = {
    token: TOKEN,
    as: 'ops-bot',
    'as-uid': 'u-9',
    'as-groups': ['ops', 'system:authenticated'],
    'as-user-extra': { 'scopes/x': ['one', 'two'] },
  };
  await writeFile(join(folder, 'acting'), JSON.stringify(kubeconfigFor(cluster, acting)));
  await writeFile(
    join(folder, 'prefixed'),
    JSON.stringify(
      kubeconfigFor({ ...cluster, server: `${server.address}/k8s/clusters/c-1` }, { token: TOKEN }),
    ),
  );
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  allowed = ['get', 'create'];
  reason = '';
  identityVersion = 'v1';
  minor = '36';
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const path = (request.url ?? '').split('?')[0] ?? '';
  if (request.headers.authorization !== `Bearer ${TOKEN}`)
    return refuse(response, 401, 'Unauthorized', 'Unauthorized');
  if (path === '/version') return sendJson(response, 200, { major: '1', minor, gitVersion: `v1.${minor}.0` });
  if (path === '/large') return void response.writeHead(200).end(LARGE);
  if (path === '/endless') {
    endless = response.writeHead(200);
    return void response.write('first\n');
  }
  if (path === '/echo') return sendJson(response, 200, { asked: request.url });
  if (path === '/gzip-me') return sendJson(response, 200, { accepts: 'json' });
  if (path === '/plain-404')
    return void response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
  if (path === '/broken') return void response.writeHead(500, { 'content-type': 'text/plain' }).end('boom');
  if (path === '/secret') {
    return refuse(response, 403, 'Forbidden', 'forbidden: User "anna" cannot get path "/secret"');
  }
  if (path === '/denied-401') return refuse(response, 401, 'Unauthorized', 'Unauthorized');
  if (path === '/api') return sendJson(response, 200, { kind: 'APIVersions', versions: ['v1'] });
  if (path === '/apis')
    return sendJson(response, 200, { kind: 'APIGroupList', apiVersion: 'v1', groups: [] });
  if (path === '/api/v1') return sendJson(response, 200, RESOURCES);
  if (path === `/apis/authentication.k8s.io/${identityVersion}/selfsubjectreviews`) {
    return sendJson(response, 201, {
      kind: 'SelfSubjectReview',
      apiVersion: `authentication.k8s.io/${identityVersion}`,
      status: { userInfo: userFor(request) },
    });
  }
  if (path === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') {
    const isAllowed = allowed.includes(verbOf(body));
    return sendJson(response, 201, {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      status: { allowed: isAllowed, ...(isAllowed ? {} : { reason }) },
    });
  }
  refuse(response, 404, 'NotFound', 'the server could not find the requested resource');
}

/** As the real one: who is impersonated is who we are. */
function userFor({ headersDistinct }: IncomingMessage): typeof USER {
  const [username] = headersDistinct['impersonate-user'] ?? [];
  if (username === undefined) return USER;
  const [uid = ''] = headersDistinct['impersonate-uid'] ?? [];
  const scopes = headersDistinct['impersonate-extra-scopes%2fx'] ?? [];
  const groups = headersDistinct['impersonate-group'] ?? [];
  return { username, uid, groups, extra: { 'scopes/x': scopes, audience: [] } };
}

const RESOURCES = {
  kind: 'APIResourceList',
  groupVersion: 'v1',
  resources: [
    { name: 'pods', namespaced: true, kind: 'Pod', verbs: ['get'] },
    { name: 'pods/exec', namespaced: true, kind: 'PodExecOptions', verbs: ['get', 'create'] },
  ],
};

function refuse(response: ServerResponse, status: number, why: string, message: string): void {
  sendJson(response, status, createStatus(status, why, message));
}

/** kubectl asks in protobuf, where a short string stands as it is; Kubereel in JSON. */
function verbOf(body: Buffer): string {
  const text = body.toString('latin1');
  if (text.startsWith('{')) {
    return (JSON.parse(text) as { spec: { resourceAttributes: { verb: string } } }).spec.resourceAttributes
      .verb;
  }
  return text.includes('\u0003get') ? 'get' : 'create';
}

const raw = (...args: string[]) => runKubereel(kubeconfigPath, ['raw', ...args]);
const sinceOf = async <Result>(work: () => Promise<Result>) => {
  const before = server.requests.length;
  const result = await work();
  return { result, requests: server.requests.slice(before) };
};

/** A run of each path, shared by the tests that look at it: the server says the same at any time. */
const asked = new Map<string, ReturnType<typeof sinceOf<KubereelResult>>>();
function rawOnce(path: string): ReturnType<typeof sinceOf<KubereelResult>> {
  const known = asked.get(path) ?? sinceOf(() => raw(path));
  asked.set(path, known);
  return known;
}

describe('raw', () => {
  test('the body comes as it is, to the last byte of a large one', async () => {
    const { code, stdout, stderr } = (await rawOnce('/large')).result;
    expect({ code, stderr, isSame: stdout.equals(LARGE) }).toEqual({ code: 0, stderr: '', isSame: true });
  });

  test('a body that goes on is written as it comes', async () => {
    const seen = Promise.withResolvers<string>();
    const onOutput = (bytes: Buffer): void => seen.resolve(bytes.toString());
    const running = runKubereel(kubeconfigPath, ['raw', '/endless'], {}, onOutput);
    expect(await seen.promise).toBe('first\n');
    endless?.end('last\n');
    expect(await running).toMatchObject({ code: 0, stdout: Buffer.from('first\nlast\n') });
  });

  test.each([
    ['/secret', 'User "anna" cannot get path "/secret"'],
    ['/plain-404', 'answered 404'],
    ['/broken', 'answered 500'],
    ['/denied-401', 'did not accept the credential: Unauthorized'],
    ['/nowhere', 'the server could not find the requested resource'],
  ])('%s exits with 1 and the server’s words', async (path, words) => {
    const { code, stdout, stderr } = (await rawOnce(path)).result;
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).not.toContain(TOKEN);
  });

  test.each(['version', '//other/version', 'ftp://h/x', ''])('%j is no path', async (path) => {
    const { result, requests } = await sinceOf(() => raw(path));
    expect(result).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is no path of the API server'),
    });
    expect(requests).toHaveLength(0);
  });

  test.each(['/version', '/k8s/clusters/c-1/version'])(
    'behind a prefix %s is asked for with it once',
    async (path) => {
      const { requests } = await sinceOf(() => runKubereel(join(folder, 'prefixed'), ['raw', path]));
      expect(requests.map(({ url }) => url)).toEqual(['/k8s/clusters/c-1/version']);
    },
  );
});

describe('whoami', () => {
  test('db-whoami: as JSON, whole', async () => {
    const { code, stdout } = await runKubereel(kubeconfigPath, ['whoami', '--json']);
    expect({ code, identity: JSON.parse(stdout.toString()) }).toEqual({ code: 0, identity: USER });
  });

  test('db-whoami: who is impersonated is shown, and so is that it is', async () => {
    const { code, stdout } = await runKubereel(join(folder, 'acting'), ['whoami', '--json']);
    expect({ code, identity: JSON.parse(stdout.toString()) }).toEqual({
      code: 0,
      identity: {
        username: 'ops-bot',
        uid: 'u-9',
        groups: ['ops', 'system:authenticated'],
        extra: { 'scopes/x': ['one', 'two'], audience: [] },
      },
    });
    const doctor = await runKubereel(join(folder, 'acting'), ['doctor']);
    expect(doctor.stdout.toString()).toMatch(/^ok +Who am I +ops-bot, as the context impersonates$/m);
    expect(doctor.code).toBe(0);
  });

  test('db-whoami: a server without it is an error that says so', async () => {
    identityVersion = 'v9';
    const { code, stderr } = await runKubereel(kubeconfigPath, ['whoami']);
    expect(code).toBe(1);
    expect(stderr).toContain('does not tell who we are');
  });
});

describe('can-i', () => {
  const canI = (...args: string[]) => runKubereel(kubeconfigPath, ['can-i', ...args]);

  test.each([
    { verbs: ['get', 'create'], on: '36', code: 0, says: /^yes\n$/ },
    { verbs: ['get'], on: '36', code: 1, says: /^no - get is allowed, create is denied/ },
    { verbs: ['get'], on: '34', code: 0, says: /^yes\n$/ },
    {
      verbs: ['create'],
      on: '34',
      code: 1,
      says: /^no - create is allowed, get is denied .* a WebSocket needs get\n$/,
    },
    { verbs: [], on: '36', code: 1, says: /^no - neither get nor create/ },
  ])('db-preflight: $verbs on 1.$on exits with $code', async ({ verbs, on, code, says }) => {
    allowed = verbs;
    minor = on;
    const result = await canI('exec', 'pod/web-0');
    expect(result.code).toBe(code);
    expect(result.stdout.toString()).toMatch(says);
    expect(result.stderr).toMatch(
      /get pods\/exec: (allowed|denied)[\s\S]*create pods\/exec: (allowed|denied)/,
    );
  });

  test('what is neither exec nor attach is refused', async () => {
    const { code, stderr } = await canI('fly', 'web-0');
    expect(code).toBe(1);
    expect(stderr).toContain('exec, attach');
  });
});

describe.skipIf(!kubectlPath)('beside kubectl', () => {
  test.each([
    '/version',
    '/echo?a=b&c=d%20e',
    '/large',
    '/plain-404',
    '/broken',
    '/secret',
    '/denied-401',
    '/nowhere',
  ])('raw %s: the same body, exit code and request', async (path) => {
    const theirs = await sinceOf(() => runKubectl(kubeconfigPath, ['get', '--raw', path]));
    const ours = await rawOnce(path);
    expect(ours.result.code).toBe(theirs.result.code);
    expect(ours.result.stdout.equals(theirs.result.stdout)).toBe(true);
    const linesOf = (requests: readonly IncomingMessage[]) =>
      requests
        .filter(
          ({ url, headers }) => !headers['user-agent']?.startsWith('kubectl-dispatcher') || url === path,
        )
        .map(({ method, url, headers }) => `${method} ${url} ${headers.authorization}`);
    expect(linesOf(ours.requests)).toEqual(linesOf(theirs.requests).slice(-1));
  });

  test.each(['v1', 'v1beta1', 'v1alpha1'])(
    'db-whoami: whoami of a server with %s prints the same',
    async (version) => {
      identityVersion = version;
      const theirs = await sinceOf(() => runKubectl(kubeconfigPath, ['auth', 'whoami']));
      const ours = await sinceOf(() => runKubereel(kubeconfigPath, ['whoami']));
      expect(ours.result.code).toBe(theirs.result.code);
      expect(ours.result.stdout.toString()).toBe(theirs.result.stdout.toString());
      const paths = (requests: readonly IncomingMessage[]) =>
        requests.map(({ url }) => url).filter((url) => url?.includes('selfsubjectreviews'));
      expect(paths(ours.requests)).toEqual(paths(theirs.requests));
    },
  );

  test('db-whoami: impersonation is sent and shown as kubectl does', async () => {
    const theirs = await sinceOf(() => runKubectl(join(folder, 'acting'), ['auth', 'whoami']));
    const ours = await sinceOf(() => runKubereel(join(folder, 'acting'), ['whoami']));
    expect(ours.result.stdout.toString()).toBe(theirs.result.stdout.toString());
    const impersonation = (requests: readonly IncomingMessage[]) =>
      Object.entries(requests.at(-1)?.headersDistinct ?? {}).filter(([name]) =>
        name.startsWith('impersonate'),
      );
    expect(new Map(impersonation(ours.requests))).toEqual(new Map(impersonation(theirs.requests)));
  });

  /** kubectl asks about one verb: its answer is the same whatever else is allowed. */
  const answers = new Map<string, Promise<KubectlResult>>();
  function askKubectl(verb: string): Promise<KubectlResult> {
    const question = `${verb} ${allowed.includes(verb)}`;
    const args = ['auth', 'can-i', verb, 'pods/web-0', '--subresource=exec'];
    const known = answers.get(question) ?? runKubectl(kubeconfigPath, args);
    answers.set(question, known);
    return known;
  }

  test.each([{ verbs: ['get', 'create'] }, { verbs: ['get'] }, { verbs: ['create'] }, { verbs: [] }])(
    'db-preflight: can-i with $verbs is yes only where kubectl says yes to both verbs',
    async ({ verbs }) => {
      allowed = verbs;
      reason = 'no role of yours has it';
      const theirs = [];
      for (const verb of ['get', 'create']) {
        theirs.push(await askKubectl(verb));
      }
      const ours = await runKubereel(kubeconfigPath, ['can-i', 'exec', 'web-0']);
      expect(ours.code).toBe(theirs.every(({ code }) => code === 0) ? 0 : 1);
      const firstWord = (stdout: Buffer): string => stdout.toString().split(/\s/)[0] ?? '';
      expect(firstWord(ours.stdout)).toBe(
        theirs.every(({ stdout }) => firstWord(stdout) === 'yes') ? 'yes' : 'no',
      );
      expect(ours.stderr.includes(reason)).toBe(verbs.length < 2);
    },
  );
});
