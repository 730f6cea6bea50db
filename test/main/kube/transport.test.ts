// covers: main/kube/http-client.ts
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import type {
  Credential,
  CredentialOptions,
  CredentialProvider,
} from '../../../main/credentials/credential.ts';
import type { ClusterSettings } from '../../../main/kube/kubeconfig.ts';
import { createTransport, type KubeTransport } from '../../../main/kube/transport.ts';
import {
  type FakeApiBehaviour,
  type FakeApiServer,
  refuseUpgrade,
  sendJson,
  startApiServer,
} from '../../fakes/api-server.ts';
import { createContext, createCredentials, createDialNeeds } from '../../fakes/kube-access.ts';
import { createTestAuthority, type KeyPair, type TestAuthority } from '../../fakes/tls.ts';

const signal = new AbortController().signal;
const opened: { close(): Promise<void> }[] = [];
let authority: TestAuthority;
let serverPair: KeyPair;

beforeAll(async () => {
  authority = await createTestAuthority();
  serverPair = await authority.issue({ commonName: 'api', names: ['127.0.0.1', 'kube.internal'] });
});

afterEach(async () => {
  for (const { close } of opened.splice(0)) await close();
});

async function startTlsServer(behaviour: FakeApiBehaviour = {}): Promise<FakeApiServer> {
  const tls = { cert: serverPair.certificate, key: serverPair.privateKey, ...behaviour.tls };
  const server = await startApiServer({ ...behaviour, tls });
  opened.push(server);
  return server;
}

function connect(
  server: string,
  credentials: CredentialProvider = createCredentials(),
  cluster: Partial<ClusterSettings> = {},
): KubeTransport {
  const trusted = cluster.skipTlsVerify ? {} : { certificateAuthority: authority.certificate };
  const context = createContext(server, { ...trusted, ...cluster });
  const transport = createTransport(
    { ...createDialNeeds(), userAgent: 'kubereel/1.2.3' },
    context,
    credentials,
  );
  opened.push(transport);
  return transport;
}

async function get(transport: KubeTransport, path = '/version'): Promise<{ status: number; text: string }> {
  const { status, body } = await transport.request({ method: 'GET', path, signal });
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return { status, text: Buffer.concat(chunks).toString() };
}

function openSocket(transport: KubeTransport): Promise<WebSocket> {
  return transport.openWebSocket({
    path: '/exec',
    query: new URLSearchParams(),
    protocols: ['v5.channel.k8s.io'],
    signal,
  });
}

describe('a request', () => {
  test('carries credential, user agent and query, below the path prefix of the server', async () => {
    const server = await startTlsServer();
    const transport = connect(`${server.address}/k8s/c-1`, createCredentials({ authorization: 'Bearer t' }));
    const query = new URLSearchParams({ limit: '500', continue: 'a b' });
    const { body } = await transport.request({ method: 'GET', path: '/api/v1/pods', query, signal });
    for await (const _ of body) {
      // Read to its end.
    }
    const [request] = server.requests;
    expect(request?.url).toBe('/k8s/c-1/api/v1/pods?limit=500&continue=a+b');
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer t',
      'user-agent': 'kubereel/1.2.3',
      accept: 'application/json',
    });
  });

  test('sends its body', async () => {
    let received = '';
    const server = await startTlsServer({
      answer(request, response) {
        request.on('data', (chunk) => {
          received += String(chunk);
        });
        request.on('end', () => sendJson(response, 201, {}));
      },
    });
    const transport = connect(server.address);
    const { status } = await transport.request({ method: 'POST', path: '/x', body: '{"a":1}', signal });
    expect({ status, received }).toEqual({ status: 201, received: '{"a":1}' });
  });

  test('takes a connection that is there, for many in a row', async () => {
    const server = await startTlsServer();
    const transport = connect(server.address);
    for (let i = 0; i < 20; i += 1) await get(transport);
    // The second is made where the first is asked again before it is seen to be free.
    expect(server.connections.length).toBeLessThanOrEqual(2);
  });

  test('does not wait for watches, however many there are', async () => {
    const server = await startTlsServer({
      answer(request, response) {
        if (request.url?.startsWith('/watch')) response.write('\n');
        else sendJson(response, 200, { short: true });
      },
    });
    const transport = connect(server.address);
    const ending = new AbortController();
    const watches = Array.from({ length: 40 }, () =>
      transport.request({ method: 'GET', path: '/watch', mayBeQuiet: true, signal: ending.signal }),
    );
    const bodies = (await Promise.all(watches)).map(({ body }) => body[Symbol.asyncIterator]());
    expect((await get(transport)).text).toBe('{"short":true}');
    ending.abort();
    for (const body of bodies) await expect(body.next()).rejects.toBe(ending.signal.reason);
  });

  test('ends with the reason of its signal', async () => {
    const server = await startTlsServer({ answer: () => {} });
    const controller = new AbortController();
    const asked = connect(server.address).request({ method: 'GET', path: '/', signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });

  test('whose answer breaks off is told as a lost connection', async () => {
    const server = await startTlsServer({
      answer(_request, response) {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => response.destroy());
      },
    });
    await expect(get(connect(server.address))).rejects.toMatchObject({
      code: 'cluster-unreachable',
      message: expect.stringContaining('the connection was cut'),
    });
  });

  test('to an http address carries no credential and asks for none', async () => {
    const server = await startApiServer({ answer: (_request, response) => sendJson(response, 401, {}) });
    opened.push(server);
    const credentials: CredentialProvider = {
      current: () => Promise.reject(new Error('asked')),
      renew: () => Promise.reject(new Error('asked')),
    };
    expect((await get(connect(server.address, credentials))).status).toBe(401);
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });
});

describe('after a 401', () => {
  const stale: Credential = { authorization: 'Bearer old' };
  const fresh: Credential = { authorization: 'Bearer new' };

  function onlyFresh(): FakeApiBehaviour {
    const isFresh = (authorization: string | undefined): boolean => authorization === fresh.authorization;
    return {
      answer: ({ headers }, response) => sendJson(response, isFresh(headers.authorization) ? 200 : 401, {}),
      refuse: ({ headers }, socket) => !isFresh(headers.authorization) && refuseUpgrade(socket, 401, 'no'),
    };
  }

  test('a request is sent once more with a renewed credential', async () => {
    const server = await startTlsServer(onlyFresh());
    const credentials = createCredentials(stale, fresh);
    expect((await get(connect(server.address, credentials))).status).toBe(200);
    expect(credentials.renewals).toBe(1);
  });

  test('a WebSocket is opened once more with a renewed credential', async () => {
    const server = await startTlsServer(onlyFresh());
    const credentials = createCredentials(stale, fresh);
    const socket = await openSocket(connect(server.address, credentials));
    expect(socket.protocol).toBe('v5.channel.k8s.io');
    expect(credentials.renewals).toBe(1);
  });

  test('nothing is sent again where there is nothing newer', async () => {
    const server = await startTlsServer(onlyFresh());
    const transport = connect(server.address, createCredentials(stale));
    expect((await get(transport)).status).toBe(401);
    await expect(openSocket(transport)).rejects.toMatchObject({ name: 'UpgradeRefusal', status: 401 });
    expect(server.requests).toHaveLength(2);
  });

  test('a second 401 is the answer', async () => {
    const server = await startTlsServer(onlyFresh());
    const credentials = createCredentials(stale, { authorization: 'Bearer other' }, fresh);
    expect((await get(connect(server.address, credentials))).status).toBe(401);
    expect(server.requests).toHaveLength(2);
  });

  test('an answer of any length is left behind', async () => {
    const server = await startTlsServer({
      answer({ headers }, response) {
        if (headers.authorization === fresh.authorization) return sendJson(response, 200, {});
        response.writeHead(401);
        const flood = (): void => void response.write(Buffer.alloc(64 * 1024), (error) => error || flood());
        return flood();
      },
    });
    expect((await get(connect(server.address, createCredentials(stale, fresh)))).status).toBe(200);
  });
});

test('a credential is asked for as by whom the request is made', async () => {
  const asked: (boolean | undefined)[] = [];
  const note = async ({ isUnattended }: CredentialOptions): Promise<Credential> => {
    asked.push(isUnattended);
    return {};
  };
  const credentials: CredentialProvider = { current: note, renew: (_stale, options) => note(options) };
  const server = await startTlsServer({
    answer: (_request, response) => sendJson(response, 401, {}),
    refuse: (_request, socket) => refuseUpgrade(socket, 401, 'no'),
  });
  const transport = connect(server.address, credentials);
  await transport.request({ method: 'GET', path: '/', isUnattended: true, signal });
  await transport
    .openWebSocket({ path: '/', query: new URLSearchParams(), protocols: ['a'], isUnattended: true, signal })
    .catch(() => {});
  await get(transport);
  expect(asked).toEqual([true, true, true, true, false, false]);
});

describe('a client certificate', () => {
  async function startMutualServer(): Promise<FakeApiServer> {
    const nameOf = (socket: unknown): unknown => (socket as TLSSocket).getPeerCertificate().subject?.CN;
    return startTlsServer({
      tls: { requestCert: true, rejectUnauthorized: false, ca: authority.certificate },
      answer: (request, response) => sendJson(response, 200, { user: nameOf(request.socket) }),
      serve: (socket, request) => socket.send(String(nameOf(request.socket))),
    });
  }

  async function issueCredential(commonName: string): Promise<Credential> {
    const { certificate, privateKey } = await authority.issue({ commonName });
    return { clientCertificate: { certificatePem: certificate, keyPem: privateKey } };
  }

  test('proves us on requests and WebSockets, and a new one is used from then on', async () => {
    const server = await startMutualServer();
    const credentials = createCredentials(await issueCredential('ann'), await issueCredential('bob'));
    const transport = connect(server.address, credentials);
    const hear = async (): Promise<string> => {
      const socket = await openSocket(transport);
      const heard = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
      socket.resume();
      return heard;
    };
    expect([(await get(transport)).text, await hear()]).toEqual(['{"user":"ann"}', 'ann']);
    await credentials.renew({}, { signal });
    expect([(await get(transport)).text, await hear()]).toEqual(['{"user":"bob"}', 'bob']);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'that is missing is told in the server’s words: %s',
    async (version) => {
      const server = await startTlsServer({
        tls: { requestCert: true, rejectUnauthorized: true, ca: authority.certificate, maxVersion: version },
      });
      const failure =
        version === 'TLSv1.3'
          ? { code: 'unauthorized', message: `${server.address} did not accept the client certificate` }
          : {
              code: 'cluster-unreachable',
              message: `could not reach ${server.address}: the TLS handshake failed: ssl/tls alert handshake failure`,
              hint: expect.stringContaining('client certificate'),
            };
      await expect(get(connect(server.address))).rejects.toMatchObject(failure);
      await expect(openSocket(connect(server.address))).rejects.toMatchObject(failure);
    },
  );

  test('that does not fit its key is told as such', async () => {
    const server = await startMutualServer();
    const { clientCertificate: ann } = await issueCredential('ann');
    const { clientCertificate: bob } = await issueCredential('bob');
    const mixed = { certificatePem: ann?.certificatePem ?? '', keyPem: bob?.keyPem ?? '' };
    const transport = connect(server.address, createCredentials({ clientCertificate: mixed }));
    await expect(get(transport)).rejects.toMatchObject({ code: 'context-unusable' });
    await expect(openSocket(transport)).rejects.toMatchObject({ code: 'context-unusable' });
  });
});

describe('a server that cannot be trusted or reached', () => {
  /** Requests and WebSockets fail alike. */
  async function expectFailure(transport: KubeTransport, failure: Record<string, unknown>): Promise<void> {
    await expect(get(transport)).rejects.toMatchObject(failure);
    await expect(openSocket(transport)).rejects.toMatchObject(failure);
  }

  test('its certificate is by another authority', async () => {
    const server = await startTlsServer();
    const other = await createTestAuthority('other');
    await expectFailure(connect(server.address, undefined, { certificateAuthority: other.certificate }), {
      code: 'cluster-untrusted',
      message: expect.stringContaining('is not signed by an authority that context staging trusts'),
      hint: expect.stringContaining('certificate-authority'),
    });
  });

  test('its certificate has expired', async () => {
    const pair = await authority.issue({
      commonName: 'old',
      names: ['127.0.0.1'],
      notAfter: new Date(Date.now() - 60_000),
    });
    const server = await startTlsServer({ tls: { cert: pair.certificate, key: pair.privateKey } });
    await expectFailure(connect(server.address), {
      code: 'cluster-untrusted',
      message: expect.stringContaining('has expired'),
    });
  });

  test('its certificate is for another name, unless that is the one to expect', async () => {
    const pair = await authority.issue({ commonName: 'api', names: ['kube.internal'] });
    const server = await startTlsServer({ tls: { cert: pair.certificate, key: pair.privateKey } });
    await expectFailure(connect(server.address), {
      code: 'cluster-untrusted',
      message: `the certificate of ${server.address} is for kube.internal, not for 127.0.0.1`,
      hint: expect.stringContaining('tls-server-name'),
    });
    // By address and by name: the name of a name's host is not what stands in the handshake.
    for (const address of [server.address, `https://localhost:${server.port}`]) {
      const transport = connect(address, undefined, { tlsServerName: 'kube.internal' });
      expect((await get(transport)).status).toBe(200);
      expect((await openSocket(transport)).readyState).toBe(1);
    }
  });

  test('insecure-skip-tls-verify trusts anybody', async () => {
    const server = await startTlsServer();
    const transport = connect(server.address, undefined, { skipTlsVerify: true });
    expect((await get(transport)).status).toBe(200);
    expect((await openSocket(transport)).readyState).toBe(1);
  });

  test('nothing listens there', async () => {
    const server = await startTlsServer();
    await server.close();
    await expectFailure(connect(server.address), {
      code: 'cluster-unreachable',
      message: `could not reach ${server.address}: nothing listens there`,
    });
  });

  test('its name is not known', async () => {
    await expectFailure(connect('https://no-such-host.invalid:6443'), {
      code: 'cluster-unreachable',
      message: expect.stringMatching(/^could not reach https:\/\/no-such-host.invalid:6443: the name /),
    });
  });

  test('it does not speak TLS', async () => {
    const server = await startApiServer({});
    opened.push(server);
    await expectFailure(connect(`https://127.0.0.1:${server.port}`), {
      code: 'cluster-unreachable',
      message: expect.stringContaining('does not speak TLS'),
    });
  });

  test('the authority in the kubeconfig is no certificate: nothing is trusted', async () => {
    const server = await startTlsServer();
    const certificateAuthority = '-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n';
    await expectFailure(connect(server.address, undefined, { certificateAuthority }), {
      code: 'cluster-untrusted',
    });
  });
});

test('after close a request gets a connection of its own, and open WebSockets live on', async () => {
  const server = await startTlsServer({
    serve: (socket) => socket.on('message', (data) => socket.send(data)),
  });
  const transport = connect(server.address);
  await get(transport);
  const socket = await openSocket(transport);
  await transport.close();
  expect((await get(transport)).status).toBe(200);
  const heard = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
  socket.resume();
  socket.send('still here');
  expect(await heard).toBe('still here');
});
