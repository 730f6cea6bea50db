// covers: main/kube/access.ts
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { fetchIdentity, reviewAccess, reviewRemoteCommand } from '../../main/kube/access.ts';
import { createStatus, type FakeApiServer, sendJson, startApiServer } from '../fakes/api-server.ts';
import { openTransport } from '../fakes/kube-access.ts';

const { signal } = new AbortController();
const ACCESS_PATH = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const USER = { username: 'anna', uid: 'u-1', groups: ['dev'], extra: { 'scopes/x': ['a', 'b'] } };

let server: FakeApiServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Asked {
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: { readonly spec?: { readonly resourceAttributes?: Record<string, string> } } & Record<
    string,
    unknown
  >;
}

type Answer = { readonly status: number; readonly body: unknown };

/** An API server that answers each POST by a function of path and body; keeps what was asked. */
async function startReviews(answer: (asked: Asked) => Answer) {
  const asked: Asked[] = [];
  server = await startApiServer({
    answer: async (request, response) => {
      const one = await readAsked(request);
      asked.push(one);
      const { status, body } = answer(one);
      sendJson(response, status, body);
    },
  });
  return { asked, transport: openTransport(server.address), server };
}

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return {
    path: request.url ?? '',
    contentType: request.headers['content-type'],
    body: JSON.parse(Buffer.concat(chunks).toString()) as Asked['body'],
  };
}

function allowVerbs(...verbs: string[]): (asked: Asked) => Answer {
  return ({ body }) => {
    const isAllowed = verbs.includes(body.spec?.resourceAttributes?.['verb'] ?? '');
    return { status: 201, body: { status: { allowed: isAllowed, reason: isAllowed ? 'RBAC' : '' } } };
  };
}

function refuse(code: number, reason: string, message: string): () => Answer {
  return () => ({ status: code, body: createStatus(code, reason, message) });
}

describe('db-preflight', () => {
  const target = { namespace: 'shop', pod: 'web-0' } as const;

  test.each([
    { granted: ['get'], get: 'allowed', create: 'denied' },
    { granted: ['create'], get: 'denied', create: 'allowed' },
    { granted: ['get', 'create'], get: 'allowed', create: 'allowed' },
    { granted: [], get: 'denied', create: 'denied' },
  ])('db-preflight: a role with $granted is get $get, create $create, for exec and attach', async (row) => {
    const { transport, asked } = await startReviews(allowVerbs(...row.granted));
    for (const kind of ['exec', 'attach'] as const) {
      const access = await reviewRemoteCommand({ transport }, { kind, ...target }, { signal });
      expect([access.get.verdict, access.create.verdict]).toEqual([row.get, row.create]);
    }
    expect(asked.every(({ path }) => path === ACCESS_PATH)).toBe(true);
    expect(
      asked.map(({ body }) => [
        body.spec?.resourceAttributes?.['verb'],
        body.spec?.resourceAttributes?.['subresource'],
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['get', 'exec'],
        ['create', 'exec'],
        ['get', 'attach'],
        ['create', 'attach'],
      ]),
    );
  });

  test('db-preflight: the question names the pod, its namespace and its group as kubectl does', async () => {
    const { transport, asked } = await startReviews(allowVerbs());
    await reviewRemoteCommand({ transport }, { kind: 'exec', ...target }, { signal });
    expect(asked[0]).toMatchObject({
      contentType: 'application/json',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: {
          resourceAttributes: {
            group: '',
            resource: 'pods',
            subresource: 'exec',
            namespace: 'shop',
            name: 'web-0',
          },
        },
      },
    });
  });

  test('db-preflight: without a pod no name is asked for', async () => {
    const { transport, asked } = await startReviews(allowVerbs());
    await reviewRemoteCommand({ transport }, { kind: 'exec', namespace: 'shop' }, { signal });
    expect(asked[0]?.body.spec?.resourceAttributes).not.toHaveProperty('name');
  });

  test.each([
    [
      403,
      'Forbidden',
      'selfsubjectaccessreviews.authorization.k8s.io is forbidden: User "u" cannot create …',
    ],
    [404, 'NotFound', 'the server could not find the requested resource'],
    [500, 'InternalError', 'the authorizer is not well'],
  ])(
    'db-preflight: a review endpoint that answers %i makes it unknown, never denied',
    async (code, reason, words) => {
      const { transport } = await startReviews(refuse(code, reason, words));
      const access = await reviewRemoteCommand({ transport }, { kind: 'exec', ...target }, { signal });
      expect(access.get).toEqual({ verdict: 'unknown', reason: expect.stringContaining(words) });
      expect(access.create.verdict).toBe('unknown');
    },
  );

  test('db-preflight: a credential that is not taken is an error, and so is a server that is not there', async () => {
    const question = { verb: 'get', resource: 'pods', subresource: 'exec', namespace: 'x' };
    const first = await startReviews(refuse(401, 'Unauthorized', 'Unauthorized'));
    await expect(reviewAccess({ transport: first.transport }, question, { signal })).rejects.toMatchObject({
      code: 'unauthorized',
    });
    await first.server.close();
    await expect(
      reviewAccess({ transport: openTransport(first.server.address) }, question, { signal }),
    ).rejects.toMatchObject({ code: 'cluster-unreachable' });
  });

  test('db-preflight: reason and evaluation error are both told', async () => {
    const { transport } = await startReviews(() => ({
      status: 201,
      body: { status: { allowed: false, reason: 'no role', evaluationError: 'webhook down' } },
    }));
    const question = { verb: 'get', resource: 'pods', namespace: 'x' };
    expect(await reviewAccess({ transport }, question, { signal })).toEqual({
      verdict: 'denied',
      reason: 'no role - webhook down',
    });
  });
});

describe('db-whoami', () => {
  function answerFrom(version: string): (asked: Asked) => Answer {
    return ({ path }) =>
      path === `/apis/authentication.k8s.io/${version}/selfsubjectreviews`
        ? { status: 201, body: { status: { userInfo: USER } } }
        : {
            status: 404,
            body: createStatus(404, 'NotFound', 'the server could not find the requested resource'),
          };
  }

  test.each([
    ['v1', ['v1']],
    ['v1beta1', ['v1', 'v1beta1']],
    ['v1alpha1', ['v1', 'v1beta1', 'v1alpha1']],
  ])('db-whoami: a server with %s is asked %j', async (version, tried) => {
    const { transport, asked } = await startReviews(answerFrom(version));
    expect(await fetchIdentity({ transport }, { signal })).toEqual(USER);
    expect(asked.map(({ path }) => path)).toEqual(
      tried.map((one) => `/apis/authentication.k8s.io/${one}/selfsubjectreviews`),
    );
    expect(asked.at(-1)?.body).toMatchObject({
      apiVersion: `authentication.k8s.io/${version}`,
      kind: 'SelfSubjectReview',
    });
  });

  test('db-whoami: a server that has none of them says so once', async () => {
    const { transport, asked } = await startReviews(answerFrom('v2'));
    await expect(fetchIdentity({ transport }, { signal })).rejects.toMatchObject({
      code: 'not-found',
      hint: expect.stringContaining('1.26'),
    });
    expect(asked).toHaveLength(3);
  });

  test('db-whoami: a refusal is not asked around', async () => {
    const { transport, asked } = await startReviews(refuse(403, 'Forbidden', 'no'));
    await expect(fetchIdentity({ transport }, { signal })).rejects.toMatchObject({ code: 'forbidden' });
    expect(asked).toHaveLength(1);
  });

  test('db-whoami: a user without groups, uid or extra is whole', async () => {
    const { transport } = await startReviews(() => ({
      status: 201,
      body: { status: { userInfo: { username: 'x', groups: null } } },
    }));
    expect(await fetchIdentity({ transport }, { signal })).toEqual({
      username: 'x',
      uid: '',
      groups: [],
      extra: {},
    });
  });
});
